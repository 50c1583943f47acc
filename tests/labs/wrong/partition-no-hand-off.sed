/slice_input(upper/{
N
d
}
