#pragma once

#include <condition_variable>
#include <mutex>

namespace plumbline::test {

// The right to move, one for each thread that may be given it. Not a std::binary_semaphore, which spins before it
// sleeps: in vain, for whoever will release it needs the processor.
class baton {
 public:
  void release() {
    {
      const std::lock_guard holding(mutex_);
      here_ = true;
    }
    arrived_.notify_one();
  }
  void acquire() {
    std::unique_lock holding(mutex_);
    arrived_.wait(holding, [this] { return here_; });
    here_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  bool here_ = false;
};

}  // namespace plumbline::test
