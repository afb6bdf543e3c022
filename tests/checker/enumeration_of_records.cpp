#include "enumeration_of_records.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace plumbline::oracle::test {
namespace {

class enumerator {
 public:
  enumerator(const record_sizes& sizes, const std::function<void(history&)>& visit) : sizes_(sizes), visit_(visit) {
    made_.senders = sizes.senders;
    for (std::uint32_t number = 0; number < sizes.senders; ++number) {
      handles_.push_back({.number = number});
    }
  }

  void extend() {
    if (!made_.operations.empty()) {
      history shown = made_;  // the visitor may change it
      visit_(shown);
    }
    if (made_.operations.size() < sizes_.operations) {
      begin_on_receiver();
      begin_on_senders();
    }
    for (std::size_t i = 0; i < made_.operations.size(); ++i) {
      if (made_.operations[i].end == operation::never) {
        end(i);
      }
    }
  }

 private:
  using kinds = std::initializer_list<operation_kind>;

  struct handle {
    std::uint32_t number = 0;
    std::size_t open = 0;  // operations on it
  };

  bool is_timed_out(operation_kind kind) const {
    return !sizes_.timed && (kind == operation_kind::send_for || kind == operation_kind::recv_for);
  }

  void begin(operation o) {
    o.begin = ++now_;
    made_.operations.push_back(o);
    extend();
    made_.operations.pop_back();
    --now_;
  }

  void begin_on_receiver() {
    if (receiver_in_use_ || receiver_dropped_) {
      return;
    }
    receiver_in_use_ = true;
    for (const operation_kind kind : kinds{operation_kind::recv, operation_kind::try_recv, operation_kind::recv_for}) {
      if (!is_timed_out(kind)) {
        begin({.thread = receiver_thread, .kind = kind});
      }
    }
    if (sizes_.drops) {
      receiver_dropped_ = true;
      begin({.thread = receiver_thread, .kind = operation_kind::drop_receiver});
      receiver_dropped_ = false;
    }
    receiver_in_use_ = false;
  }

  void begin_on_senders() {
    for (std::size_t h = 0; h < handles_.size(); ++h) {
      const std::uint32_t number = handles_[h].number;
      const std::uint32_t thread = free_thread();
      ++handles_[h].open;
      ++last_value_;
      for (const operation_kind kind :
           kinds{operation_kind::send, operation_kind::try_send, operation_kind::send_for}) {
        if (!is_timed_out(kind)) {
          begin({.thread = thread, .handle = number, .kind = kind, .value = last_value_});
        }
      }
      --last_value_;
      if (sizes_.clones) {
        begin({.thread = thread, .handle = number, .kind = operation_kind::clone, .value = next_handle_++});
        --next_handle_;
      }
      if (sizes_.drops && --handles_[h].open == 0) {
        const std::vector<handle> before = handles_;
        handles_.erase(handles_.begin() + static_cast<std::ptrdiff_t>(h));
        begin({.thread = thread, .handle = number, .kind = operation_kind::drop_sender});
        handles_ = before;
        continue;
      }
      if (!sizes_.drops) {
        --handles_[h].open;
      }
    }
  }

  std::uint32_t free_thread() const {
    std::uint32_t thread = 0;
    const auto uses = [&](const operation& o) { return o.end == operation::never && o.thread == thread; };
    while (std::ranges::any_of(made_.operations, uses)) {
      ++thread;
    }
    return thread;
  }

  void end(std::size_t i) {
    const operation open = made_.operations[i];
    const std::vector<handle> before = handles_;
    if (is_receiver_operation(open.kind)) {
      receiver_in_use_ = false;
    } else if (open.kind != operation_kind::drop_sender) {
      --std::ranges::find(handles_, open.handle, &handle::number)->open;
    }
    if (open.kind == operation_kind::clone) {
      handles_.push_back({.number = static_cast<std::uint32_t>(open.value)});
    }
    for (const outcome result : {outcome::ok, outcome::full, outcome::empty, outcome::timeout, outcome::disconnected}) {
      if (!can_end_with(open.kind, result)) {
        continue;
      }
      if (is_recv(open.kind) && result == outcome::ok) {
        for (std::uint64_t value = 1; value <= last_value_ + 1; ++value) {
          end_with(i, result, value);
        }
      } else {
        end_with(i, result, open.value);
      }
    }
    made_.operations[i] = open;
    handles_ = before;
    if (is_receiver_operation(open.kind)) {
      receiver_in_use_ = true;
    }
  }

  void end_with(std::size_t i, outcome result, std::uint64_t value) {
    operation& o = made_.operations[i];
    o.end = ++now_;
    o.result = result;
    o.value = value;
    extend();
    --now_;
    made_.operations[i].end = operation::never;
    made_.operations[i].result = outcome::pending;
  }

  static constexpr std::uint32_t receiver_thread = 1000;

  const record_sizes sizes_;
  const std::function<void(history&)>& visit_;
  history made_;
  std::vector<handle> handles_;  // whose drop has not begun
  std::uint64_t now_ = 0;
  std::uint64_t last_value_ = 0;
  std::uint64_t next_handle_ = 10;
  bool receiver_in_use_ = false;
  bool receiver_dropped_ = false;
};

}  // namespace

void for_each_record(const record_sizes& sizes, const std::function<void(history&)>& visit) {
  enumerator(sizes, visit).extend();
}

}  // namespace plumbline::oracle::test
