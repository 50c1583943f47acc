/step->rank > 0/{
N
s/.*\n\( *recv_forward\)/\1/
}
