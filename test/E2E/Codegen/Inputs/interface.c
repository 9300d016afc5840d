/* The interface from C: prints what the network makes of zeros. */
#include "net.h"
#include <stdint.h>
#include <stdio.h>

static unsigned char memory[NET_ARENA_BYTES + 64];
static float input[NET_INPUT_0_BYTES / sizeof(float)];
static float output[NET_OUTPUT_0_BYTES / sizeof(float)];

int main(void) {
  const void *inputs[1];
  void *outputs[1];
  size_t i;
  const size_t alignment = net_arena_alignment();
  unsigned char *arena = memory + (alignment - (uintptr_t)memory % alignment) % alignment;
  if (alignment > 64 || net_arena_bytes() != NET_ARENA_BYTES)
    return 1;
  inputs[0] = input;
  outputs[0] = output;
  if (net_run(arena, inputs, outputs) != 0)
    return 1;
  for (i = 0; i < NET_OUTPUT_0_BYTES / sizeof(float); ++i)
    printf("%a\n", output[i]);
  return 0;
}
