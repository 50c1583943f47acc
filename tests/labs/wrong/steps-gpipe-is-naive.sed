/^exercise_gpipe_step/,$ {
/go_up/{
s/;$/,/
n
d
}
}
