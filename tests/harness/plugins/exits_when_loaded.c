/* A library that ends the process while it is being loaded. */
#include <plumbline/plugin.h>
#include <unistd.h>

__attribute__((constructor)) static void leave(void) { _exit(0); }

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) {
  (void)index;
  return 0;
}
