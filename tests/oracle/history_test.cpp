// What is wrong with a record itself: malformed() finds each thing that a well-formed history must not have, and names
// the operation; and finds nothing else.

#include "plumbline/oracle/history.hpp"

#include <gtest/gtest.h>

#include "build_history.hpp"

namespace plumbline::oracle::test {
namespace {

TEST(Malformed, SaysNothingOfAWellFormedHistory) {
  EXPECT_EQ(malformed(history_of({}, {})), "");
  EXPECT_EQ(malformed(history_of({.senders = 2}, {send(1, 1, 4), send(2, 2, open, 1), recv(1, 3, 5), clone(7, 6, 7),
                                                  send(3, 8, 9, 7), drop_sender(7, 10, 11), drop_receiver(12, 13)})),
            "");
}

TEST(Malformed, AllowsOperationsOfAThreadToTouch) {
  history h = history_of({}, {send(1, 1, 2), recv(1, 2, 3), drop_receiver(3, 4)});
  h.operations[1].thread = h.operations[2].thread = h.operations[0].thread;
  EXPECT_EQ(malformed(h), "");
}

struct wrong_history {
  const char* complaint = nullptr;
  history record;
};

TEST(Malformed, NamesTheOperationThatIsWrong) {
  history backwards = history_of({}, {send(1, 5, 6)});
  backwards.operations[0].end = 4;
  history unsorted = history_of({}, {send(1, 5, 6), send(2, 7, 8)});
  std::swap(unsorted.operations[0], unsorted.operations[1]);
  history half_pending = history_of({}, {send(1, 5, 6)});
  half_pending.operations[0].result = outcome::pending;
  history two_at_once = history_of({}, {send(1, 1, 5), send(2, 2, 3)});
  two_at_once.operations[1].thread = two_at_once.operations[0].thread;
  history on_pending = history_of({}, {send(1, 1, open), send(2, 2, 3)});
  on_pending.operations[1].thread = on_pending.operations[0].thread;

  const wrong_history all[] = {
      {"operation 0 (send, thread 0) ends before it begins", backwards},
      {"operation 1 (send, thread 0) begins before the one that is listed before it", unsorted},
      {"operation 0 (send, thread 0) is either pending or has an end, not both", half_pending},
      {"operation 0 (send, thread 0) cannot end with `full`", history_of({}, {send(1, outcome::full, 1, 2)})},
      {"operation 0 (recv, thread 1000) cannot end with `empty`", history_of({}, {recv(outcome::empty, 1, 2)})},
      {"operation 1 (send, thread 0) begins while another operation of its thread is open", two_at_once},
      {"operation 1 (send, thread 0) begins while another operation of its thread is open", on_pending},
      {"operation 1 (recv, thread 1000) begins while another operation of its thread is open",
       history_of({}, {recv(1, 1, 4), recv(2, 2, 5)})},
      {"operation 1 (recv, thread 1000) uses the receiver after its drop began",
       history_of({}, {drop_receiver(1, 2), recv(1, 3, 4)})},
      {"operation 0 (send, thread 3) uses handle 3, which does not exist then", history_of({}, {send(1, 1, 2, 3)})},
      {"operation 1 (send, thread 3) uses handle 3, which does not exist then",
       history_of({}, {clone(3, 1, 4), send(1, 2, 5, 3)})},
      {"operation 0 (clone, thread 0) makes handle 0, which exists already", history_of({}, {clone(0, 1, 4)})},
      {"operation 1 (send, thread 0) uses handle 0 after its drop began",
       history_of({}, {drop_sender(0, 1, 2), send(1, 3, 4)})},
      {"operation 1 (drop_sender, thread 100) drops handle 0 while another operation on it is open",
       history_of({}, {send(1, 1, 4), drop_sender(0, 3, 5)})},
      {"operation 1 (send, thread 0) sends the value 1 a second time: values have to differ",
       history_of({}, {send(1, 1, 2), send(1, 3, 4)})},
  };
  for (const wrong_history& one : all) {
    EXPECT_EQ(malformed(one.record), one.complaint);
  }
}

TEST(Malformed, FindsTwoUsersOfTheReceiver) {
  history h = history_of({}, {recv(1, 1, 4), recv(2, 2, 5)});
  h.operations[1].thread = 7;
  EXPECT_EQ(malformed(h), "operation 1 (recv, thread 7) begins while another operation of the receiver is open");
}

}  // namespace
}  // namespace plumbline::oracle::test
