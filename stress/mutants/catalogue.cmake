# The broken cores. cmake/core_mutant.cmake says what an entry means; docs/model-checking.md how to add one.

# ---- Who is woken, and when

plumbline_mutant(last_drop_is_silent
  FIND [=[
        return;
      }
    }
    not_empty_.notify_one();]=]
  REPLACE [=[
        return;
      }
    }]=]
  BREAKS WAKE-RECV
  ORIGIN "the last sender's drop wakes nobody, so a receiver that waits sleeps for ever (a lost disconnect: flume, Poco, Go's cond-based queues)"
  KILLED_BY relacy property)

plumbline_mutant(last_drop_wakes_senders
  FIND [=[
        return;
      }
    }
    not_empty_.notify_one();]=]
  REPLACE [=[
        return;
      }
    }
    not_full_.notify_one();]=]
  BREAKS WAKE-RECV
  ORIGIN "the last sender's drop notifies the condition variable of the other side"
  KILLED_BY relacy property)

plumbline_mutant(last_drop_notifies_first
  FIND [=[
  void drop_sender() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    {
      const lock holding(mutex_);
      if (--senders_() > 0) {  // [spec: DropSender]
        return;
      }
    }
    not_empty_.notify_one();]=]
  REPLACE [=[
  void drop_sender() noexcept PLUMBLINE_EXCLUDES(mutex_) {
    not_empty_.notify_one();
    const lock holding(mutex_);
    --senders_();  // [spec: DropSender]]=]
  BREAKS WAKE-RECV
  ORIGIN "the wake-up is sent before the change it tells of, so the receiver may look too early and sleep again"
  KILLED_BY relacy)

plumbline_mutant(receiver_drop_wakes_one
  FIND "not_full_.notify_all();"
  REPLACE "not_full_.notify_one();"
  BREAKS WAKE-SEND
  ORIGIN "the receiver's drop wakes one of the senders that wait; the others sleep for ever (std::sync::mpsc test send4)"
  KILLED_BY relacy property)

plumbline_mutant(receiver_drop_forgets_senders
  FIND "not_full_.notify_all();"
  REPLACE ""
  BREAKS WAKE-SEND
  ORIGIN "the receiver's drop wakes no sender that waits for room"
  KILLED_BY relacy property)

plumbline_mutant(receiver_drop_forgets_offers
  FIND "offered.from->answered.notify_one();"
  REPLACE "static_cast<void>(offered);"
  BREAKS WAKE-SEND
  ORIGIN "the receiver's drop forgets the senders in a rendezvous (Boost.Fiber #181)"
  KILLED_BY relacy property)

plumbline_mutant(send_is_silent
  FIND "not_empty_.notify_one();  // there is only one"
  REPLACE ""
  BREAKS WAKE-RECV
  ORIGIN "a send wakes nobody"
  KILLED_BY relacy property)

plumbline_mutant(send_notifies_first
  FIND [=[
    bool room_is_left = false;
    {]=]
  REPLACE [=[
    bool room_is_left = false;
    not_empty_.notify_one();
    if (true) {
      const lock holding(mutex_);
      if (receiver_alive_() && room()) {
        store(mine);
        return outcome::done;
      }
    }
    {]=]
  BREAKS WAKE-RECV
  ORIGIN "the wake-up is sent before the value is there"
  KILLED_BY relacy)

plumbline_mutant(send_asks_too_early
  FIND [=[
      while (receiver_alive_() && !room()) {
        if (!may_wait(deadline)) {
          return outcome::gave_up;  // [spec: SendGivesUp]
        }
        if (capacity_ == 0) {
          return send_offer(mine, deadline);
        }
        sleep(not_full_, deadline);  // [spec: SendWaits]
      }
      if (!receiver_alive_()) {
        return outcome::disconnected;  // [spec: SendFails]
      }
      store(mine);  // [spec: SendStores]
      receiver_waits = receiver_waiting_();]=]
  REPLACE [=[
      receiver_waits = receiver_waiting_();
      while (receiver_alive_() && !room()) {
        if (!may_wait(deadline)) {
          return outcome::gave_up;
        }
        if (capacity_ == 0) {
          return send_offer(mine, deadline);
        }
        sleep(not_full_, deadline);
      }
      if (!receiver_alive_()) {
        return outcome::disconnected;
      }
      store(mine);]=]
  BREAKS WAKE-RECV
  ORIGIN "whether the receiver waits is asked before the send waits itself: by the time that the value is there, it may wait as well"
  KILLED_BY relacy unit)

plumbline_mutant(no_memory_wakes_nobody
  FIND [=[
      not_full_.notify_one();
      throw;]=]
  REPLACE [=[
      throw;]=]
  BREAKS WAKE-SEND
  ORIGIN "a send that was woken for the room there is runs out of memory, and does not wake the next one"
  KILLED_BY memory)

plumbline_mutant(recv_is_silent
  FIND "not_full_.notify_one();  // one sender, who wakes the next if there is more room by then"
  REPLACE ""
  BREAKS WAKE-SEND
  ORIGIN "a receive makes room and wakes no sender"
  KILLED_BY relacy property)

plumbline_mutant(room_is_not_passed_on
  FIND "not_full_.notify_one();  // the next sender, if one waits"
  REPLACE ""
  BREAKS WAKE-SEND
  ORIGIN "a receive wakes a sender only if the channel was full, and who is woken does not wake the next: two places, two sleepers, and one of them sleeps on (a wake-up only on the way from full to not full)"
  KILLED_BY relacy unit)

plumbline_mutant(offer_taken_in_silence
  FIND "from->answered.notify_one();  // its sender"
  REPLACE ""
  BREAKS WAKE-SEND
  ORIGIN "a receive takes an offered value and does not tell its sender"
  KILLED_BY relacy property)

plumbline_mutant(offer_published_before_it_can_be_woken
  FIND [=[
    bool room_is_left = false;
    {]=]
  REPLACE [=[
    bool room_is_left = false;
    std::shared_ptr<offer> offered;
    {
      const lock holding(mutex_);
      if (capacity_ == 0 && receiver_alive_() && !room() && may_wait(deadline)) {
        offered = std::make_shared<offer>();
        queue_().emplace_back(std::move(mine), offered);
      }
    }
    if (offered) {
      const lock holding(mutex_);
      do {
        sleep(offered->answered, deadline);
      } while (!offered->taken && receiver_alive_() && may_wait(deadline));
      if (offered->taken) {
        return outcome::done;
      }
      const auto place = std::ranges::find(queue_(), offered, &message::from);
      mine = std::move(place->value);
      queue_().erase(place);
      return receiver_alive_() ? outcome::gave_up : outcome::disconnected;
    }
    {]=]
  BREAKS WAKE-SEND
  ORIGIN "an offer is published, and only then does its sender see to it that it can be woken; who takes it in between wakes nobody (kanal 774a05f, 5bdc772)"
  KILLED_BY relacy)

plumbline_mutant(one_condition_variable
  FIND "condition_variable not_full_;"
  REPLACE "condition_variable& not_full_ = not_empty_;"
  BREAKS WAKE-RECV WAKE-SEND
  ORIGIN "one condition variable for two reasons to wait, and notify_one: the wake-up goes to the wrong side (cpp-channel; deadlocks if 2 * capacity < threads)"
  KILLED_BY relacy)

# ---- Conditions and their order

plumbline_mutant(capacity_one_too_many
  FIND "return queue_().size() < (capacity_ == 0"
  REPLACE "return queue_().size() <= (capacity_ == 0"
  BREAKS CAPACITY RENDEZVOUS
  ORIGIN "off by one in the test for room (heapless #583, PhotonLibOS #203)"
  KILLED_BY relacy unit property)

plumbline_mutant(disconnected_before_buffer
  FIND [=[
      if (queue_().empty()) {
        return outcome::disconnected;  // [spec: RecvFails]]=]
  REPLACE [=[
      if (senders_() == 0) {
        return outcome::disconnected;  // [spec: RecvFails]]=]
  BREAKS NO-LOSS RECV-DISCONNECTED
  ORIGIN "a receive asks whether the senders are gone before it looks into the buffer (rust #34711)"
  KILLED_BY relacy unit property)

plumbline_mutant(disconnected_after_an_old_look
  FIND [=[
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is used by one thread at a time");]=]
  REPLACE [=[
    bool was_empty = false;
    {
      const lock holding(mutex_);
      was_empty = queue_().empty();
    }
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is used by one thread at a time");
      if (was_empty && senders_() == 0) {
        return outcome::disconnected;
      }]=]
  BREAKS NO-LOSS RECV-DISCONNECTED
  ORIGIN "the buffer is looked at, then in another critical section the senders, and not the buffer again (crossfire-rs #70, nexus #737, flume 5a17b3b)"
  KILLED_BY relacy)

plumbline_mutant(recv_sleeps_after_an_old_look
  FIND [=[
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is used by one thread at a time");]=]
  REPLACE [=[
    bool nothing = false;
    {
      const lock holding(mutex_);
      nothing = queue_().empty() && senders_() > 0 && may_wait(deadline);
    }
    {
      const lock holding(mutex_);
      require(!receiver_waiting_(), "a receiver is used by one thread at a time");
      if (nothing) {
        receiver_waiting_() = true;
        sleep(not_empty_, deadline);
        receiver_waiting_() = false;
      }]=]
  BREAKS WAKE-RECV
  ORIGIN "between the look and the sleep the mutex is free, so what happens then wakes nobody (cpp-channel #37, folly NotificationQueue ed684e769)"
  KILLED_BY relacy)

plumbline_mutant(try_send_ignores_the_receivers_drop
  FIND "while (receiver_alive_() && !room()) {"
  REPLACE "while ((receiver_alive_() || deadline == now_or_never) && !room()) {"
  BREAKS SEND-DISCONNECTED
  ORIGIN "try_send says full when the receiver is gone, so a sender that polls does so for ever (kanal 184be1e)"
  KILLED_BY unit)

plumbline_mutant(send_waits_once
  FIND "while (receiver_alive_() && !room()) {"
  REPLACE "if (receiver_alive_() && !room()) {"
  BREAKS CAPACITY
  ORIGIN "if for while around a wait: the room is taken by another sender before the woken one has the mutex"
  KILLED_BY relacy)

plumbline_mutant(recv_waits_once
  FIND "while (queue_().empty() && senders_() > 0) {"
  REPLACE "if (queue_().empty() && senders_() > 0) {"
  BREAKS RECV-DISCONNECTED
  ORIGIN "if for while around a wait: a spurious wake-up is taken for a disconnect"
  KILLED_BY relacy)

plumbline_mutant(offer_waits_once
  FIND "while (!offered->taken && receiver_alive_() && may_wait(deadline)) {"
  REPLACE "if (!offered->taken && receiver_alive_() && may_wait(deadline)) {"
  BREAKS SEND-DISCONNECTED RENDEZVOUS
  ORIGIN "if for while around a wait: a spurious wake-up ends a rendezvous"
  KILLED_BY relacy)

plumbline_mutant(send_succeeds_without_receiver
  FIND [=[
      if (!receiver_alive_()) {
        return outcome::disconnected;  // [spec: SendFails]
      }]=]
  REPLACE ""
  BREAKS SEND-DISCONNECTED
  ORIGIN "a send does not ask whether the receiver is there, and the value is never heard of again (crossbeam #1121)"
  KILLED_BY relacy unit property)

plumbline_mutant(any_drop_disconnects
  FIND "if (--senders_() > 0) {"
  REPLACE "if ((senders_() = 0) > 0) {"
  BREAKS RECV-DISCONNECTED NO-LOSS
  ORIGIN "the drop of any sender, not of the last one, disconnects"
  KILLED_BY relacy unit property)

plumbline_mutant(clone_is_not_counted
  FIND "++senders_();"
  REPLACE "static_cast<void>(senders_());"
  BREAKS RECV-DISCONNECTED NO-LOSS
  ORIGIN "a clone does not count, so the drop of the first of two senders disconnects"
  KILLED_BY relacy unit property)

# ---- The clock

plumbline_mutant(recv_asks_the_clock_first
  FIND "      while (queue_().empty() && senders_() > 0) {"
  REPLACE [=[
      if (deadline != now_or_never && !may_wait(deadline)) {
        return outcome::gave_up;
      }
      while (queue_().empty() && senders_() > 0) {]=]
  BREAKS TIMEOUT-CLEAN
  ORIGIN "the deadline is tested before the buffer, so an expired receive leaves a value that is there (crossbeam ac4a5039)"
  KILLED_BY relacy unit property)

plumbline_mutant(recv_times_out_without_a_last_look
  FIND "receiver_waiting_() = false;"
  REPLACE [=[receiver_waiting_() = false;
        if (!may_wait(deadline)) {
          return outcome::gave_up;
        }]=]
  BREAKS TIMEOUT-CLEAN
  ORIGIN "after the wait the clock is asked before the buffer, so a value that came in time is not seen (neosmart/pevents #2)"
  KILLED_BY relacy)

plumbline_mutant(spurious_wake_is_timeout
  FIND "receiver_waiting_() = false;"
  REPLACE [=[receiver_waiting_() = false;
        if (deadline != for_ever && queue_().empty() && senders_() > 0) {
          return outcome::gave_up;
        }]=]
  BREAKS TIMEOUT-CLEAN
  ORIGIN "whatever ends a timed wait is taken for its timeout, a spurious wake-up too, so the timeout is early"
  KILLED_BY relacy)

plumbline_mutant(never_rests_at_its_deadline
  FIND "Sync::clock::now() < deadline);"
  REPLACE "Sync::clock::now() <= deadline);"
  BREAKS WAKE-RECV WAKE-SEND
  ORIGIN "at the very instant of its deadline a timed wait is neither over nor asleep: it goes round and round until the clock goes on"
  KILLED_BY relacy walks)

plumbline_mutant(timed_out_offer_stays
  FIND [=[
    mine = std::move(place->value);
    queue_().erase(place);  // [spec: OfferWithdrawn]]=]
  REPLACE [=[
    mine = parcel<T>(std::move(place->value).unwrap());]=]
  BREAKS TIMEOUT-CLEAN RENDEZVOUS INTEGRITY LIFETIME
  ORIGIN "an offer that is given up stays in the queue, and a later receive takes it (kanal, flume: hand-over to a waiter that timed out)"
  KILLED_BY relacy unit property)

# ---- Values

plumbline_mutant(failed_send_loses_value
  FIND [=[
  outcome send(parcel<T>& mine, time_point deadline) PLUMBLINE_EXCLUDES(mutex_) {]=]
  REPLACE [=[
  outcome send(parcel<T>& callers, time_point deadline) PLUMBLINE_EXCLUDES(mutex_) {
    parcel<T> mine(std::move(callers).unwrap());]=]
  BREAKS SEND-DISCONNECTED
  ORIGIN "a send takes the value before it knows that it can send it, and gives an empty shell back when it fails"
  KILLED_BY relacy unit property)

plumbline_mutant(lifo
  FIND [=[
      message& oldest = queue_().front();  // [spec: RecvTakes]
      taken.emplace(std::move(oldest.value));
      from = std::move(oldest.from);
      queue_().pop_front();]=]
  REPLACE [=[
      message& youngest = queue_().back();
      taken.emplace(std::move(youngest.value));
      from = std::move(youngest.from);
      queue_().pop_back();]=]
  BREAKS FIFO SENDER-ORDER
  ORIGIN "the youngest value is received first (flume 2a1551d put one value back at the wrong end)"
  KILLED_BY relacy unit property)

plumbline_mutant(timed_send_goes_in_front
  FIND "store(mine);  // [spec: SendStores]"
  REPLACE [=[
      if (deadline == for_ever) {
        store(mine);
      } else {
        queue_().emplace_front(std::move(mine), nullptr);
      }]=]
  BREAKS FIFO SENDER-ORDER
  ORIGIN "on one path only, a value is put in at the wrong end (flume 2a1551d)"
  KILLED_BY property)

plumbline_mutant(rendezvous_buffers_one
  FIND "(capacity_ == 0 ? std::size_t{receiver_waiting_()} : capacity_);"
  REPLACE "(capacity_ == 0 ? std::size_t{1} : capacity_);"
  BREAKS RENDEZVOUS
  ORIGIN "capacity 0 behaves like capacity 1: a send returns before anybody has the value"
  KILLED_BY relacy unit property)

plumbline_mutant(rendezvous_two_for_one_receiver
  FIND "return queue_().size() < (capacity_ == 0 ? std::size_t{receiver_waiting_()} : capacity_);"
  REPLACE "return capacity_ == 0 ? receiver_waiting_() : queue_().size() < capacity_;"
  BREAKS RENDEZVOUS
  ORIGIN "a receiver that waits is room for any number of values, not for one (tylertreat/chan #24)"
  KILLED_BY relacy property)

plumbline_mutant(receiver_waits_for_ever
  FIND "        receiver_waiting_() = false;"
  REPLACE ""
  BREAKS RENDEZVOUS
  ORIGIN "a receive that timed out leaves word that it waits (rust #39364)"
  KILLED_BY relacy unit)

plumbline_mutant(buffer_outlives_receiver
  FIND "discarded_->swap(queue_());"
  REPLACE "not_full_.notify_all(); return;"
  BREAKS LIFETIME
  ORIGIN "what is buffered when the receiver goes lives until the last sender goes (rust #107466, crossbeam #1121)"
  KILLED_BY relacy unit property)

plumbline_mutant(buffer_is_leaked
  FIND "discarded_.reset();"
  REPLACE "static_cast<void>(new messages(*std::move(discarded_)));"
  BREAKS LIFETIME
  ORIGIN "what is buffered when the receiver goes is never destroyed (crossbeam-channel #1084)"
  KILLED_BY relacy asan)

plumbline_mutant(offer_is_leaked
  FIND "const auto offered = std::make_shared<offer>();"
  REPLACE "const auto offered = *new std::shared_ptr<offer>(std::make_shared<offer>());"
  BREAKS LIFETIME
  ORIGIN "each rendezvous that has to wait loses the memory of its offer"
  KILLED_BY relacy asan)

plumbline_mutant(size_counts_offers
  FIND "return capacity_ == 0 ? 0 : queue_().size();"
  REPLACE "return queue_().size();"
  BREAKS CAPACITY
  ORIGIN "size() counts the values of senders that wait (JCTools #297: size > capacity)"
  KILLED_BY relacy)

# ---- The critical section

plumbline_mutant(size_without_the_mutex
  FIND [=[
    const lock holding(mutex_);
    return capacity_ == 0]=]
  REPLACE [=[
    return capacity_ == 0]=]
  BREAKS CAPACITY
  ORIGIN "an observer reads the queue without the mutex: a data race (RxJava #4005, tokio #6602)"
  KILLED_BY relacy tsan)

plumbline_mutant(buffer_destroyed_under_the_mutex
  FIND "discarded_->swap(queue_());"
  REPLACE "queue_().clear();"
  BREAKS LIFETIME
  ORIGIN "values are destroyed while the mutex is held, so a destructor that uses the channel deadlocks (CPython bpo-14976, kanal a3810ba)"
  KILLED_BY relacy unit)

plumbline_mutant(clone_without_the_mutex
  FIND [=[
    const lock holding(mutex_);
    ++senders_();]=]
  REPLACE [=[
    ++senders_();]=]
  BREAKS RECV-DISCONNECTED
  ORIGIN "the count of senders is changed without the mutex: a data race"
  KILLED_BY relacy tsan)

plumbline_mutant(unwrapped_under_the_mutex
  FIND "taken.emplace(std::move(oldest.value));"
  REPLACE "taken.emplace(std::move(oldest.value).unwrap());"
  BREAKS LIFETIME
  ORIGIN "a receive moves the value out while it holds the mutex, where code of the value's type may not run: it may use the channel (kanal a3810ba)"
  KILLED_BY relacy unit)

plumbline_mutant(moved_before_there_is_memory
  FIND "queue_().emplace_back(std::move(mine), nullptr);"
  REPLACE "queue_().push_back({std::move(mine), nullptr});"
  BREAKS LIFETIME
  ORIGIN "a value is moved on its way into the queue before there is memory for it: without any, it is destroyed while the mutex is held"
  KILLED_BY memory)

plumbline_mutant(anything_is_bytes
  FILE detail/parcel.hpp
  FIND [=[
std::is_trivially_copyable_v<T> && std::is_trivially_move_constructible_v<T> &&
                                   std::is_trivially_move_assignable_v<T> &&]=]
  REPLACE [=[
std::is_move_assignable_v<T> &&]=]
  BREAKS LIFETIME
  ORIGIN "a value with a destructor is kept like one that is bytes, so it is moved and destroyed while the mutex is held (kanal a3810ba)"
  KILLED_BY relacy unit)

plumbline_mutant(offer_of_the_sender_alone
  FIND "const auto offered = std::make_shared<offer>();"
  REPLACE [=[offer here;
    const std::shared_ptr<offer> offered(&here, [](offer*) {});]=]
  BREAKS LIFETIME
  ORIGIN "an offer lies on the stack of its sender, who may have returned when the receiver tells it: use of a dead stack frame"
  KILLED_BY relacy)

# ---- What is there and what is said

plumbline_mutant(taken_value_stays
  FIND [=[
      taken.emplace(std::move(oldest.value));
      from = std::move(oldest.from);
      queue_().pop_front();]=]
  REPLACE [=[
      taken.emplace(std::move(oldest.value).unwrap());
      from = std::move(oldest.from);]=]
  BREAKS INTEGRITY
  ORIGIN "a value is handed out and stays in the queue, so it is received again (tylertreat/chan #24: a second recv reads the same slot)"
  KILLED_BY relacy unit)

plumbline_mutant(capacity_one_too_few
  FIND "return queue_().size() < (capacity_ == 0"
  REPLACE "return queue_().size() + (capacity_ > 1) < (capacity_ == 0"
  BREAKS FULL-HONEST CAPACITY
  ORIGIN "the last place is never used, so full is said with one place left (PhotonLibOS #203, Boost.Fiber's buffered channel)"
  KILLED_BY unit)

plumbline_mutant(last_value_held_back
  FIND "while (queue_().empty() && senders_() > 0) {"
  REPLACE "while (queue_().size() <= 1 && senders_() > 0) {"
  BREAKS EMPTY-HONEST WAKE-RECV
  ORIGIN "one value is taken for none, so empty is said beside it (oneTBB #782: a difference of positions that is off by one)"
  KILLED_BY relacy unit)

# ---- Around the core

plumbline_mutant(deadline_overflows
  FILE detail/deadline.hpp
  FIND [=[
  if (wide(patience) >= wide(time_point::max() - now)) {
    return time_point::max();
  }]=]
  REPLACE ""
  BREAKS TIMEOUT-CLEAN
  ORIGIN "now + patience overflows, so who is most patient times out at once (crossbeam #795, flume #167, kanal 68bb153)"
  KILLED_BY relacy unit)

plumbline_mutant(deadline_cuts_short_patience
  FILE detail/deadline.hpp
  FIND "return now + std::chrono::ceil<ticks>(patience);"
  REPLACE "return now + std::chrono::floor<std::chrono::milliseconds>(patience);"
  BREAKS TIMEOUT-CLEAN
  ORIGIN "a patience below a millisecond is cut to none (Redisson #716, moodycamel 2149d48)"
  KILLED_BY unit)

plumbline_mutant(iterator_forgets_its_value
  FILE receiver.hpp
  FIND "current_.reset();  // first:"
  REPLACE "std::construct_at(&current_);  // first:"
  BREAKS LIFETIME
  ORIGIN "an iterator's step makes the next value over the last one, which is never destroyed (Boost.Fiber #258)"
  KILLED_BY relacy unit)
