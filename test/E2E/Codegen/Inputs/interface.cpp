// The same as interface.c by the typed interface of C++.
#include "net.h"
#include <cstdio>

alignas(64) static unsigned char arena[NET_ARENA_BYTES];
static float input[NET_INPUT_0_BYTES / sizeof(float)], output[NET_OUTPUT_0_BYTES / sizeof(float)];

int main() {
  if (net::run(arena, input, output) != 0)
    return 1;
  for (const float value : output)
    std::printf("%a\n", static_cast<double>(value));
  return 0;
}
