/* The C interface by which a channel written in any language is put under Plumbline's oracle.
 *
 * A shared library exports one function, plumbline_plugin_channel, and is judged by
 *     plumbline stress --plugin ./libmine.so
 * docs/adapters.md shows a whole plug-in. C11 and C++. Nothing but this header is needed.
 */
#ifndef PLUMBLINE_PLUGIN_H
#define PLUMBLINE_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. It changes whenever a plug-in that was built against an older one could not be used.
 */
#define PLUMBLINE_PLUGIN_ABI 1u

/* As a capacity: no bound. */
#define PLUMBLINE_UNBOUNDED UINT64_MAX

/* Senders have the numbers 0 to PLUMBLINE_MAX_SENDERS - 1, clones included; a number is used once in a channel's life.
 */
#define PLUMBLINE_MAX_SENDERS 8u

/* How an operation ended. */
typedef int32_t plumbline_outcome;
#define PLUMBLINE_OK 1
#define PLUMBLINE_FULL 2         /* try_send: there was no room, and nothing was sent */
#define PLUMBLINE_EMPTY 3        /* try_recv: there was no value */
#define PLUMBLINE_TIMEOUT 4      /* send_for, recv_for: time ran out, and nothing was sent or received */
#define PLUMBLINE_DISCONNECTED 5 /* the other end is gone (for a receive: and every value has been received) */
/* Added (|) to the outcome of a send that failed: the channel gave a value back, and it is not the one that was sent.
 */
#define PLUMBLINE_VALUE_CHANGED 0x100

/* One channel. What it is is the plug-in's affair. */
typedef struct plumbline_channel plumbline_channel;

/* What a plug-in says of one kind of channel, and how to use it. It lives as long as the library is loaded.
 *
 * An operation that the channel lacks is NULL. That declares it: the oracle does not use it. Needed are create,
 * destroy, one way to send and one to receive; if disconnect is "both", drop_sender and drop_receiver; if it is
 * "receiver", drop_sender.
 *
 * Threads: calls on one channel come from several threads at once. But one sender is used by one thread at a time, and
 * so is the receiver; create comes before all calls, destroy after them. No call may throw, unwind or exit.
 */
typedef struct plumbline_plugin {
  uint32_t abi;  /* PLUMBLINE_PLUGIN_ABI, as the plug-in was compiled. It stays the first member in every version. */
  uint32_t size; /* sizeof(plumbline_plugin), as the plug-in was compiled */

  const char* name;    /* as it is called on the command line: "my-channel" */
  const char* version; /* of the channel: "1.0.3" */

  /* The contract that the channel declares, in the words of docs/contract.md. NULL means the first, strongest word. */
  const char* order;      /* "linearizable", "per-sender", "unordered" */
  const char* empty;      /* "honest", "head-of-line", "weak" */
  const char* full;       /* "honest", "spurious" */
  const char* capacity;   /* "exact", "at-least", "unbounded" */
  const char* disconnect; /* "both", "receiver", "none" */

  /* What the channel can be made with: unbounded (if not 0), and smallest to largest (if largest >= smallest). 0 is
   * rendezvous: a send succeeds only together with the receive that takes its value. */
  uint32_t unbounded;
  uint32_t reserved; /* 0 */
  uint64_t smallest_capacity;
  uint64_t largest_capacity;

  /* Makes a channel with the senders 0 … senders-1. `capacity` is one of those above, or PLUMBLINE_UNBOUNDED. Returns
   * NULL if it cannot. */
  plumbline_channel* (*create)(uint64_t capacity, uint32_t senders);
  /* Ends a channel; ends left are dropped with it. */
  void (*destroy)(plumbline_channel* channel);

  /* Operations of a sender. `nanoseconds` is the patience of the call: it never gives up earlier. */
  plumbline_outcome (*send)(plumbline_channel* channel, uint32_t sender, uint64_t value);     /* waits for room */
  plumbline_outcome (*try_send)(plumbline_channel* channel, uint32_t sender, uint64_t value); /* does not wait */
  plumbline_outcome (*send_for)(plumbline_channel* channel, uint32_t sender, uint64_t value, uint64_t nanoseconds);
  void (*clone)(plumbline_channel* channel, uint32_t sender, uint32_t new_sender); /* new_sender: its number, unused */
  void (*drop_sender)(plumbline_channel* channel, uint32_t sender);

  /* Operations of the receiver. *value is written if the result is PLUMBLINE_OK. */
  plumbline_outcome (*recv)(plumbline_channel* channel, uint64_t* value);
  plumbline_outcome (*try_recv)(plumbline_channel* channel, uint64_t* value);
  plumbline_outcome (*recv_for)(plumbline_channel* channel, uint64_t* value, uint64_t nanoseconds);
  void (*drop_receiver)(plumbline_channel* channel);
} plumbline_plugin;

#if defined(__GNUC__) || defined(__clang__)
#define PLUMBLINE_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define PLUMBLINE_PLUGIN_EXPORT
#endif

/* The function that a plug-in exports. A library may hold several kinds of channel: it is asked for 0, 1, 2, … until it
 * returns NULL. Index 0 is never NULL. */
PLUMBLINE_PLUGIN_EXPORT const plumbline_plugin* plumbline_plugin_channel(uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
