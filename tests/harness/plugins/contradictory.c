/* Plug-ins whose declarations do not fit together; WHICH says how. */
#include <plumbline/plugin.h>

static plumbline_channel* create(uint64_t capacity, uint32_t senders) {
  (void)capacity;
  (void)senders;
  return 0;
}
static void destroy(plumbline_channel* channel) { (void)channel; }
#if WHICH != 3
static plumbline_outcome send_value(plumbline_channel* channel, uint32_t sender, uint64_t value) {
  (void)channel;
  (void)sender;
  (void)value;
  return PLUMBLINE_OK;
}
#endif
static plumbline_outcome recv_value(plumbline_channel* channel, uint64_t* value) {
  (void)channel;
  *value = 0;
  return PLUMBLINE_OK;
}

static const plumbline_plugin table = {
    .abi = PLUMBLINE_PLUGIN_ABI,
    .size = sizeof(plumbline_plugin),
    .name = "contradictory",
    .version = "1",
#if WHICH == 0 /* both ends hear of each other, but none can be dropped */
    .disconnect = "both",
#elif WHICH == 4 /* the receiver hears of the senders, but they cannot be dropped */
    .disconnect = "receiver",
#else
    .disconnect = "none",
#endif
#if WHICH == 1 /* unbounded, with a bound */
    .capacity = "unbounded",
#endif
#if WHICH == 2 /* a word that there is not */
    .order = "chronological",
#endif
    .smallest_capacity = 1,
    .largest_capacity = 8,
    .create = create,
    .destroy = destroy,
#if WHICH != 3 /* no way to send */
    .send = send_value,
#endif
    .recv = recv_value,
};

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) { return index == 0 ? &table : 0; }
