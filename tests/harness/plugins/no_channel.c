/* A plug-in without a channel. */
#include <plumbline/plugin.h>

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) {
  (void)index;
  return 0;
}
