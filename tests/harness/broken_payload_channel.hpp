#pragma once
// A plain channel, one mutex and its values behind it, with one of the bugs that no number shows: each needs a payload
// that is a fault of its own. Shares no code with the reference. Without a fault it keeps the whole contract.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "plumbline/oracle/adapter.hpp"

namespace broken {

using namespace plumbline::oracle;

enum class payload_fault {
  none,
  loses_what_throws,         // none, too: a receive whose payload throws has taken it from the channel
  gives_up_on_its_mutex,     // try_recv says `empty` if it finds the mutex taken a hundred times
  destroys_under_its_mutex,  // the receiver's drop destroys what is left while it holds the mutex
  moves_256_bytes,           // takes a value out with memcpy, of as many bytes as the author thought of
  puts_a_header_in_front,    // a value lies behind 64 bytes for something else, whatever its alignment
  one_too_many,              // one value more than fits: any payload shows it
  counts_what_threw,         // a place is taken before the value is moved into it, and stays taken if that throws
};

template <payload_fault Fault>
struct with {
  template <class Payload>
  class channel {
   public:
    static constexpr contract promises{};
    static constexpr capacities sizes{.unbounded = true, .smallest = 1, .largest = capacities::any};
    static constexpr payload_set payloads = all_payloads;

    channel(capacity places, std::uint32_t senders) : capacity_(places), senders_(senders) {}

    // (There is no send that waits: then no fault makes one wait for ever.)
    attempt try_send(std::uint32_t, std::uint64_t value) {
      Payload sent(value);
      auto fresh = std::make_shared<place>();
      std::unique_lock lock(mutex_);
      if (!receiver_alive_) {
        return refused(outcome::disconnected, sent.value());
      }
      if (capacity_ && taken_places_ >= *capacity_ + (Fault == payload_fault::one_too_many ? 1U : 0U)) {
        return refused(outcome::full, sent.value());
      }
      if (Fault == payload_fault::counts_what_threw) {
        ++taken_places_;
      }
      fresh->put(std::move(sent));
      values_.push_back(std::move(fresh));
      if (Fault != payload_fault::counts_what_threw) {
        ++taken_places_;
      }
      lock.unlock();
      not_empty_.notify_one();
      return outcome::ok;
    }

    attempt recv() {
      std::unique_lock lock(mutex_);
      not_empty_.wait(lock, [&] { return !values_.empty() || senders_ == 0; });
      return take(lock);
    }
    attempt try_recv() {
      std::unique_lock lock(mutex_, std::defer_lock);
      for (int tries = 0; Fault == payload_fault::gives_up_on_its_mutex && !lock.try_lock(); ++tries) {
        if (tries == 100) {
          return outcome::empty;
        }
      }
      if (!lock.owns_lock()) {
        lock.lock();
      }
      return take(lock);
    }

    void clone(std::uint32_t, std::uint32_t) {
      const std::scoped_lock lock(mutex_);
      ++senders_;
    }
    void drop_sender(std::uint32_t) {
      const std::scoped_lock lock(mutex_);
      --senders_;
      not_empty_.notify_all();
    }
    void drop_receiver() {
      std::deque<std::shared_ptr<place>> left;  // destroyed after the lock is released
      const std::scoped_lock lock(mutex_);
      receiver_alive_ = false;
      if constexpr (Fault == payload_fault::destroys_under_its_mutex) {
        values_.clear();
      } else {
        left.swap(values_);
      }
    }

   private:
    // Where one value lies.
    class place {
     public:
      place() = default;
      place(const place&) = delete;
      place& operator=(const place&) = delete;
      ~place() {
        if (holds_) {
          value().~Payload();
        }
      }

      void put(Payload&& from) {
        new (at()) Payload(std::move(from));
        holds_ = true;
      }
      Payload& value() { return *std::launder(reinterpret_cast<Payload*>(at())); }
      void was_copied_out() { holds_ = false; }

     private:
      static constexpr std::size_t header = Fault == payload_fault::puts_a_header_in_front ? 64 : 0;
      std::byte* at() { return &bytes_[header]; }
      bool holds_ = false;
      alignas(std::max(alignof(Payload), std::size_t{64})) std::byte bytes_[header + sizeof(Payload)];
    };

    attempt take(std::unique_lock<std::mutex>& lock) {
      if (values_.empty()) {
        return senders_ == 0 ? outcome::disconnected : outcome::empty;
      }
      const std::shared_ptr<place> first = values_.front();
      const auto take_out = [&] {  // and what is destroyed from now on is outside the mutex
        values_.pop_front();
        --taken_places_;
        lock.unlock();
      };
      if constexpr (Fault == payload_fault::loses_what_throws) {
        take_out();
        Payload taken(std::move(first->value()));
        return received(taken.value());
      } else if constexpr (Fault == payload_fault::moves_256_bytes) {
        take_out();
        alignas(Payload) std::byte bytes[sizeof(Payload)] = {};
        std::memcpy(bytes, static_cast<void*>(&first->value()), std::min<std::size_t>(sizeof(Payload), 256));
        first->was_copied_out();
        Payload& taken = *std::launder(reinterpret_cast<Payload*>(bytes));
        const attempt said = received(taken.value());
        taken.~Payload();
        return said;
      } else {
        Payload taken(std::move(first->value()));  // before the place is given up: this may throw
        take_out();
        return received(taken.value());
      }
    }

    const capacity capacity_;
    std::mutex mutex_;
    std::condition_variable not_empty_;
    std::deque<std::shared_ptr<place>> values_;
    std::size_t taken_places_ = 0;
    std::uint32_t senders_;
    bool receiver_alive_ = true;
  };
};

}  // namespace broken
