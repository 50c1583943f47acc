/send_to(rank, 1/{
h
d
}
/recv_from(rank, 1/G
