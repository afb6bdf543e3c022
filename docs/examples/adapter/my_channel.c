/* A channel in C under the oracle, and a whole plug-in: a ring of values, a mutex, a condition variable for each side.
 */
#include <plumbline/plugin.h>
#include <pthread.h>
#include <stdlib.h>

struct plumbline_channel {
  pthread_mutex_t mutex;
  pthread_cond_t not_empty, not_full;
  uint64_t capacity, count, first;
  uint32_t senders;
  int receiver_alive;
  uint64_t values[]; /* as many as the capacity */
};

static plumbline_channel* create(uint64_t capacity, uint32_t senders) {
  plumbline_channel* channel = calloc(1, sizeof *channel + capacity * sizeof channel->values[0]);
  if (channel != NULL) {
    pthread_mutex_init(&channel->mutex, NULL);
    pthread_cond_init(&channel->not_empty, NULL);
    pthread_cond_init(&channel->not_full, NULL);
    channel->capacity = capacity;
    channel->senders = senders;
    channel->receiver_alive = 1;
  }
  return channel;
}

static void destroy(plumbline_channel* channel) {
  pthread_cond_destroy(&channel->not_full);
  pthread_cond_destroy(&channel->not_empty);
  pthread_mutex_destroy(&channel->mutex);
  free(channel);
}

static plumbline_outcome send_value(plumbline_channel* channel, uint32_t sender, uint64_t value) {
  (void)sender;
  pthread_mutex_lock(&channel->mutex);
  while (channel->receiver_alive && channel->count == channel->capacity) {
    pthread_cond_wait(&channel->not_full, &channel->mutex);
  }
  plumbline_outcome outcome = PLUMBLINE_DISCONNECTED;
  if (channel->receiver_alive) {
    channel->values[(channel->first + channel->count++) % channel->capacity] = value;
    pthread_cond_signal(&channel->not_empty);
    outcome = PLUMBLINE_OK;
  }
  pthread_mutex_unlock(&channel->mutex);
  return outcome;
}

static plumbline_outcome receive(plumbline_channel* channel, uint64_t* value, int wait) {
  pthread_mutex_lock(&channel->mutex);
  while (wait && channel->count == 0 && channel->senders > 0) {
    pthread_cond_wait(&channel->not_empty, &channel->mutex);
  }
  plumbline_outcome outcome = channel->senders > 0 ? PLUMBLINE_EMPTY : PLUMBLINE_DISCONNECTED;
  if (channel->count > 0) {
    *value = channel->values[channel->first];
    channel->first = (channel->first + 1) % channel->capacity;
    --channel->count;
    pthread_cond_signal(&channel->not_full);
    outcome = PLUMBLINE_OK;
  }
  pthread_mutex_unlock(&channel->mutex);
  return outcome;
}
static plumbline_outcome recv_value(plumbline_channel* channel, uint64_t* value) { return receive(channel, value, 1); }
static plumbline_outcome try_recv(plumbline_channel* channel, uint64_t* value) { return receive(channel, value, 0); }

static void drop_sender(plumbline_channel* channel, uint32_t sender) {
  (void)sender;
  pthread_mutex_lock(&channel->mutex);
  if (--channel->senders == 0) {
    pthread_cond_signal(&channel->not_empty);
  }
  pthread_mutex_unlock(&channel->mutex);
}

static void drop_receiver(plumbline_channel* channel) {
  pthread_mutex_lock(&channel->mutex);
  channel->receiver_alive = 0;
  pthread_cond_broadcast(&channel->not_full);
  pthread_mutex_unlock(&channel->mutex);
}

/* What is left out is NULL, and says that the channel lacks it: try_send, send_for, recv_for, clone. */
static const plumbline_plugin table = {
    .abi = PLUMBLINE_PLUGIN_ABI,
    .size = sizeof(plumbline_plugin),
    .name = "c-ring",
    .version = "1.0",
    .smallest_capacity = 1,
    .largest_capacity = 1024,
    .create = create,
    .destroy = destroy,
    .send = send_value,
    .drop_sender = drop_sender,
    .recv = recv_value,
    .try_recv = try_recv,
    .drop_receiver = drop_receiver,
};

const plumbline_plugin* plumbline_plugin_channel(uint32_t index) { return index == 0 ? &table : NULL; }
