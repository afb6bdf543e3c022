/* A library that hangs while it is being loaded. */
#include <plumbline/plugin.h>
#include <unistd.h>

__attribute__((constructor)) static void stay(void) {
  for (;;) {
    pause();
  }
}

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) {
  (void)index;
  return 0;
}
