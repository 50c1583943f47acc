/^    forward(/{
h
d
}
/ send_forward(/G
