#include "../tests/labs/solutions/1f1b.c"
