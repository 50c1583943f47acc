/^        take(step, up)/{
h
d
}
/send_backward/G
