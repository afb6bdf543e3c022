// GoogleTest's main, with a watchdog: a test that does not end is a failure with a name, not a silent time limit of
// whoever started the program. The limit is a fail-safe; no test depends on it. PLUMBLINE_HANG_SECONDS changes it.

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

namespace {

class watchdog : public testing::EmptyTestEventListener {
 public:
  explicit watchdog(std::chrono::seconds limit) : limit_(limit) {}

 private:
  void OnTestStart(const testing::TestInfo& test) override {
    const std::lock_guard holding(mutex_);
    running_ = std::string(test.test_suite_name()) + '.' + test.name();
    ended_ = false;
    waiting_ = std::jthread([this] { watch(); });
  }

  void OnTestEnd(const testing::TestInfo&) override {
    {
      const std::lock_guard holding(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    waiting_ = {};
  }

  void watch() {
    std::unique_lock holding(mutex_);
    if (!changed_.wait_for(holding, limit_, [this] { return ended_; })) {
      std::fprintf(stdout, "[  HANGS   ] %s has not ended after %lld s\n", running_.c_str(),
                   static_cast<long long>(limit_.count()));
      std::fflush(stdout);
      std::_Exit(1);
    }
  }

  const std::chrono::seconds limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string running_;
  bool ended_ = true;
  std::jthread waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // Death tests start the program anew: a fork would copy the threads' locks, but not the threads.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const char* const limit = std::getenv("PLUMBLINE_HANG_SECONDS");
  testing::UnitTest::GetInstance()->listeners().Append(
      new watchdog(std::chrono::seconds(limit != nullptr ? std::atoi(limit) : 120)));  // owned by GoogleTest
  return RUN_ALL_TESTS();
}
