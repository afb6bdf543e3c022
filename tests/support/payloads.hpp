#pragma once
// Payloads that tell on the channel that carries them.

#include <cstddef>
#include <functional>
#include <utility>

namespace plumbline::test {

// Counts its objects: `alive` must be 0 once all of a test's values are gone, and each value that was made is destroyed
// exactly once if `values` is 0 as well (a value is what is not moved from). Neither copied, nor assigned, nor made
// from nothing. The counts are the caller's, so that they are guarded by whatever guards the caller's data.
template <class Count = std::size_t>
struct life_counts {
  Count objects{};  // constructed and not destroyed
  Count values{};   // of these, not moved from
  Count moves{};
};

template <class Count = std::size_t>
class tracked {
 public:
  tracked(life_counts<Count>& counts, int id) noexcept : counts_(&counts), id_(id) {
    ++counts_->objects;
    ++counts_->values;
  }
  tracked(tracked&& other) noexcept : counts_(other.counts_), id_(std::exchange(other.id_, moved_from)) {
    ++counts_->objects;
    ++counts_->moves;
  }
  tracked(const tracked&) = delete;
  tracked& operator=(tracked&&) = delete;
  tracked& operator=(const tracked&) = delete;
  ~tracked() {
    --counts_->objects;
    if (id_ != moved_from) {
      --counts_->values;
    }
  }

  int id() const noexcept { return id_; }

 private:
  static constexpr int moved_from = -1;
  life_counts<Count>* counts_;
  int id_;
};

// Calls `when_destroyed` at the end of the value's life, and not for moved-from remains.
class last_words {
 public:
  explicit last_words(std::function<void()> when_destroyed) noexcept : when_destroyed_(std::move(when_destroyed)) {}
  last_words(last_words&& other) noexcept : when_destroyed_(std::exchange(other.when_destroyed_, nullptr)) {}
  last_words& operator=(last_words&&) = delete;
  ~last_words() {
    if (when_destroyed_) {
      when_destroyed_();
    }
  }

 private:
  std::function<void()> when_destroyed_;
};

// Uses the channel whenever it is moved, assigned or destroyed, with a value in it or none.
class meddler {
 public:
  explicit meddler(const std::function<void()>& meddle) : meddle_(&meddle) { (*meddle_)(); }
  meddler(meddler&& other) noexcept : meddle_(other.meddle_) { (*meddle_)(); }
  meddler& operator=(meddler&& other) noexcept {
    meddle_ = other.meddle_;
    (*meddle_)();
    return *this;
  }
  ~meddler() { (*meddle_)(); }

 private:
  const std::function<void()>* meddle_;
};

}  // namespace plumbline::test
