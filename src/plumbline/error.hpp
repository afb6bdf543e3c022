#pragma once
// Why an operation did not do what it was asked to. Each operation has an enumeration of its own, so an outcome that
// it cannot have cannot be spelled (after Rust's SendError, TrySendError, SendTimeoutError, RecvError, …).

namespace plumbline {

// recv(), iteration. RECV-DISCONNECTED: every sender is gone and nothing is buffered; so it stays.
enum class recv_error { disconnected };

// try_recv(). EMPTY-HONEST: at some instant of the call nothing was buffered, and a sender was there.
enum class try_recv_error { empty, disconnected };

// recv_for(), recv_until(). TIMEOUT-CLEAN: the deadline has passed, and at some instant since nothing was buffered.
enum class recv_timeout_error { timeout, disconnected };

// SEND-DISCONNECTED: the receiver is gone; so it stays.
enum class send_failure { disconnected };

// FULL-HONEST: at some instant of the call there was no room. With capacity 0: no receiver was waiting.
enum class try_send_failure { full, disconnected };

// TIMEOUT-CLEAN: the deadline has passed, and at some instant since there was no room.
enum class send_timeout_failure { timeout, disconnected };

// A value that was not sent, given back as it came, and why. Whoever gets one owns the value: nobody receives it.
template <class T, class Failure>
struct unsent {
  T value;
  Failure reason;
};

template <class T>
using send_error = unsent<T, send_failure>;
template <class T>
using try_send_error = unsent<T, try_send_failure>;
template <class T>
using send_timeout_error = unsent<T, send_timeout_failure>;

}  // namespace plumbline
