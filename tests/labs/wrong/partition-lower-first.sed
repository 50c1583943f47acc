/slice_backward(upper/{
h
d
}
/slice_backward(lower/G
