/* A plug-in of a version of plumbline/plugin.h that is still to come. */
#include <plumbline/plugin.h>

static const plumbline_plugin table = {
    .abi = PLUMBLINE_PLUGIN_ABI + 1, .size = sizeof(plumbline_plugin), .name = "tomorrow"};

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) { return index == 0 ? &table : 0; }
