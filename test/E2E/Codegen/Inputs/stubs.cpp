// Stands for the parts of a program for three targets: each says which it is.
#include "net.h"
#include <cstdio>

extern "C" {
int net_generic_run(void *, const void *const *, void *const *) { return 10; }
int net_x86_64_v3_run(void *, const void *const *, void *const *) { return 13; }
int net_x86_64_v4_vnni_run(void *, const void *const *, void *const *) { return 14; }
}

int main() {
  const int first = net_run(nullptr, nullptr, nullptr), second = net_run(nullptr, nullptr, nullptr);
  std::printf("%d then %d\n", first, second);
  return 0;
}
