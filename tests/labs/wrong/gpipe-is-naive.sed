/ACTION_FORWARD/{
s/;$/,/
n
d
}
