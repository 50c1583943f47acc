/* fuzz.h -- what libFuzzer, or replay.c in its place, calls with each input. */
#ifndef PIPELAB_TESTS_FUZZ_FUZZ_H
#define PIPELAB_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process if the program does not stand the bytes. Returns 0. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
