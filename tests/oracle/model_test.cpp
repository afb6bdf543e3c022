// The sequential channel, rule by rule: which outcomes it allows in which state, what it does to the state, and that
// each rule that is taken out of force allows exactly what it had forbidden.

#include "plumbline/oracle/model.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "build_history.hpp"

namespace plumbline::oracle::test {
namespace {

using states = std::vector<channel_state>;

const terms unbounded = {};
const terms two_places = {.promised = {}, .capacity = 2};
const terms meeting = {.promised = {}, .capacity = 0};

channel_state with(std::vector<buffered> buffer, std::vector<std::uint32_t> senders = {0, 1}, bool receiver = true) {
  return {.buffer = std::move(buffer), .senders = std::move(senders), .receiver_alive = receiver};
}
terms promising(contract promised, capacity places = {}) { return {.promised = promised, .capacity = places}; }
terms lacking(rule r, const terms& t) {
  return {.promised = t.promised, .capacity = t.capacity, .in_force = t.in_force.without(r)};
}
operation pending(operation o) {
  o.result = outcome::pending;
  o.end = open;
  return o;
}

// The operation's time stamps are of no interest to the model.
bool allows(const terms& t, const channel_state& s, const operation& o) { return !step(t, s, o).empty(); }

const channel_state empty = with({});
const channel_state one = with({{7, 0}});
const channel_state both = with({{7, 0}, {8, 1}});

TEST(Model, StartsEmptyWithItsSenders) { EXPECT_EQ(initial_state(2), with({}, {0, 1})); }

TEST(Model, SendPutsItsValueAtTheBack) { EXPECT_EQ(step(unbounded, one, send(8, 1, 2, 1)), states{both}); }

TEST(Model, RecvTakesTheFrontAndNothingElse) {
  EXPECT_EQ(step(unbounded, both, recv(7, 1, 2)), states{with({{8, 1}})});
  EXPECT_TRUE(step(unbounded, both, recv(8, 1, 2)).empty());
  EXPECT_TRUE(step(unbounded, empty, recv(7, 1, 2)).empty());
}

TEST(Model, OrderPerSenderOffersTheFrontOfEachSender) {
  const terms t = promising({.order = order::per_sender});
  const channel_state s = with({{7, 0}, {9, 0}, {8, 1}});
  EXPECT_TRUE(allows(t, s, recv(7, 1, 2)));
  EXPECT_TRUE(allows(t, s, recv(8, 1, 2)));
  EXPECT_FALSE(allows(t, s, recv(9, 1, 2)));
}

TEST(Model, UnorderedOffersEverything) {
  const terms t = promising({.order = order::unordered});
  for (const std::uint64_t value : {7U, 8U, 9U}) {
    EXPECT_TRUE(allows(t, with({{7, 0}, {8, 1}, {9, 0}}), recv(value, 1, 2)));
  }
}

TEST(Model, ForgetsAnOrderThatIsNotPromised) {
  const terms per_sender = promising({.order = order::per_sender});
  const channel_state one_way = step(per_sender, step(per_sender, empty, send(8, 1, 2, 1))[0], send(7, 1, 2, 0))[0];
  const channel_state other_way = step(per_sender, step(per_sender, empty, send(7, 1, 2, 0))[0], send(8, 1, 2, 1))[0];
  EXPECT_EQ(one_way, other_way);
  const terms unordered = promising({.order = order::unordered});
  EXPECT_EQ(step(unordered, step(unordered, empty, send(8, 1, 2, 0))[0], send(7, 1, 2, 0)),
            step(unordered, step(unordered, empty, send(7, 1, 2, 0))[0], send(8, 1, 2, 0)));
}

TEST(Model, WithoutFifoSendersAreKeptApartAndWithoutSenderOrderNothingIs) {
  const channel_state s = with({{7, 0}, {9, 0}, {8, 1}});
  EXPECT_TRUE(allows(lacking(rule::fifo, unbounded), s, recv(8, 1, 2)));
  EXPECT_FALSE(allows(lacking(rule::fifo, unbounded), s, recv(9, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::sender_order, unbounded), s, recv(9, 1, 2)));
}

TEST(Model, NeverHoldsMoreThanItsCapacity) {
  EXPECT_TRUE(allows(two_places, one, send(9, 1, 2)));
  EXPECT_FALSE(allows(two_places, both, send(9, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::capacity, two_places), both, send(9, 1, 2)));
  EXPECT_TRUE(allows(promising({.capacity = bound::at_least}, 2), both, send(9, 1, 2)));
  EXPECT_TRUE(allows(promising({.capacity = bound::unbounded}, 2), both, send(9, 1, 2)));
}

TEST(Model, SaysFullOnlyWhenItIs) {
  const operation full = try_send(9, outcome::full, 1, 2);
  EXPECT_EQ(step(two_places, both, full), states{both});
  EXPECT_FALSE(allows(two_places, one, full));
  EXPECT_FALSE(allows(unbounded, both, full));
  EXPECT_TRUE(allows(lacking(rule::full_honest, two_places), one, full));
  EXPECT_TRUE(allows(promising({.full = fullness::spurious}, 2), one, full));
  EXPECT_FALSE(allows(promising({.full = fullness::spurious}), one, full));
  EXPECT_TRUE(allows(promising({.capacity = bound::at_least}, 2), both, full));
  EXPECT_FALSE(allows(promising({.capacity = bound::at_least}, 2), one, full));
  EXPECT_FALSE(allows(promising({.capacity = bound::unbounded}, 2), both, full));
}

TEST(Model, SaysEmptyOnlyWhenItIs) {
  const operation nothing = try_recv(outcome::empty, 1, 2);
  EXPECT_EQ(step(unbounded, empty, nothing), states{empty});
  EXPECT_FALSE(allows(unbounded, one, nothing));
  EXPECT_TRUE(allows(lacking(rule::empty_honest, unbounded), one, nothing));
}

TEST(Model, TimesOutOnlyWhenThereWasNothingToDo) {
  EXPECT_EQ(step(unbounded, empty, recv_for(outcome::timeout, 1, 2)), states{empty});
  EXPECT_FALSE(allows(unbounded, one, recv_for(outcome::timeout, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::timeout_clean, unbounded), one, recv_for(outcome::timeout, 1, 2)));
  EXPECT_EQ(step(two_places, both, send_for(9, outcome::timeout, 1, 2)), states{both});
  EXPECT_FALSE(allows(two_places, one, send_for(9, outcome::timeout, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::timeout_clean, two_places), one, send_for(9, outcome::timeout, 1, 2)));
}

TEST(Model, TellsTheReceiverOfDisconnectionWhenDrainedAndThenSaysNothingElse) {
  const channel_state left = with({{7, 0}}, {});
  const channel_state drained = with({}, {});
  const operation gone = recv(outcome::disconnected, 1, 2);
  EXPECT_EQ(step(unbounded, drained, gone), states{drained});
  EXPECT_FALSE(allows(unbounded, empty, gone));
  EXPECT_FALSE(allows(unbounded, left, gone));
  EXPECT_TRUE(allows(unbounded, left, recv(7, 1, 2)));
  EXPECT_FALSE(allows(unbounded, drained, try_recv(outcome::empty, 1, 2)));
  EXPECT_FALSE(allows(unbounded, drained, recv_for(outcome::timeout, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::recv_disconnected, unbounded), empty, gone));
  EXPECT_TRUE(allows(lacking(rule::recv_disconnected, unbounded), drained, try_recv(outcome::empty, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::no_loss, unbounded), left, gone));
  EXPECT_FALSE(allows(lacking(rule::no_loss, unbounded), one, gone));
}

TEST(Model, TellsSendersOfDisconnectionAndThenSaysNothingElse) {
  const channel_state alone = with({}, {0}, false);
  const operation gone = send(7, outcome::disconnected, 1, 2);
  EXPECT_EQ(step(unbounded, alone, gone), states{alone});
  EXPECT_FALSE(allows(unbounded, empty, gone));
  EXPECT_FALSE(allows(unbounded, alone, send(7, 1, 2)));
  EXPECT_FALSE(allows(meeting, alone, try_send(7, outcome::full, 1, 2)));
  EXPECT_FALSE(allows(meeting, alone, send_for(7, outcome::timeout, 1, 2)));
  for (const operation& o : {gone, send(7, 1, 2)}) {
    EXPECT_TRUE(allows(lacking(rule::send_disconnected, unbounded), o.result == outcome::ok ? alone : empty, o));
  }
  EXPECT_TRUE(allows(lacking(rule::send_disconnected, meeting), alone, try_send(7, outcome::full, 1, 2)));
}

TEST(Model, WithoutDisconnectionNobodyHearsOfIt) {
  const terms t = promising({.disconnect = disconnection::none});
  const channel_state deserted = with({}, {});
  EXPECT_FALSE(allows(t, deserted, recv(outcome::disconnected, 1, 2)));
  EXPECT_TRUE(allows(t, deserted, try_recv(outcome::empty, 1, 2)));
  EXPECT_FALSE(allows(t, with({}, {0}, false), send(7, outcome::disconnected, 1, 2)));
  EXPECT_TRUE(allows(t, with({}, {0}, false), send(7, 1, 2)));
  EXPECT_EQ(step(t, one, drop_receiver(1, 2)), states{with({{7, 0}}, {0, 1}, false)});
}

TEST(Model, WithDisconnectionOfTheReceiverAloneSendersDoNotHearOfIt) {
  const terms t = promising({.disconnect = disconnection::receiver});
  const channel_state deserted = with({}, {});
  EXPECT_TRUE(allows(t, deserted, recv(outcome::disconnected, 1, 2)));
  EXPECT_FALSE(allows(t, deserted, try_recv(outcome::empty, 1, 2)));
  EXPECT_FALSE(allows(t, with({}, {0}, false), send(7, outcome::disconnected, 1, 2)));
  EXPECT_TRUE(allows(t, with({}, {0}, false), send(7, 1, 2)));
  EXPECT_EQ(step(t, one, drop_receiver(1, 2)), states{with({{7, 0}}, {0, 1}, false)});
  EXPECT_TRUE(should_have_returned(t, deserted, pending(recv(0, 1, 2)), false));
}

TEST(Model, HandlesComeAndGo) {
  EXPECT_EQ(step(unbounded, empty, clone(5, 1, 2, 1)), states{with({}, {0, 1, 5})});
  EXPECT_FALSE(allows(unbounded, empty, clone(1, 1, 2, 0)));
  EXPECT_EQ(step(unbounded, one, drop_sender(0, 1, 2)), states{with({{7, 0}}, {1})});
  EXPECT_FALSE(allows(unbounded, with({}, {1}), drop_sender(0, 1, 2)));
  EXPECT_FALSE(allows(unbounded, with({}, {1}), send(7, 1, 2, 0)));
  EXPECT_EQ(step(unbounded, one, drop_receiver(1, 2)), states{with({}, {0, 1}, false)});
  EXPECT_FALSE(allows(unbounded, with({}, {0}, false), drop_receiver(1, 2)));
  EXPECT_FALSE(allows(unbounded, with({{7, 0}}, {0}, false), recv(7, 1, 2)));
}

TEST(Model, AtCapacityZeroNothingIsEverBuffered) {
  EXPECT_FALSE(allows(meeting, empty, send(7, 1, 2)));
  EXPECT_TRUE(allows(lacking(rule::rendezvous, meeting), empty, send(7, 1, 2)));
  EXPECT_TRUE(allows(meeting, empty, try_send(7, outcome::full, 1, 2)));
  EXPECT_TRUE(allows(meeting, empty, send_for(7, outcome::timeout, 1, 2)));
  EXPECT_TRUE(allows(meeting, empty, try_recv(outcome::empty, 1, 2)));
}

TEST(Model, AtCapacityZeroASendAndAReceiveMeet) {
  EXPECT_EQ(step(meeting, empty, send(7, 1, 2), recv(7, 1, 2)), states{empty});
  EXPECT_FALSE(step(meeting, empty, send(7, 1, 2), try_recv(7, 1, 2)).empty());
  EXPECT_FALSE(step(meeting, empty, try_send(7, outcome::ok, 1, 2), recv(7, 1, 2)).empty());
  EXPECT_TRUE(step(meeting, empty, try_send(7, outcome::ok, 1, 2), try_recv(7, 1, 2)).empty());
  EXPECT_TRUE(step(meeting, empty, send(7, 1, 2), recv(8, 1, 2)).empty());
  EXPECT_TRUE(step(meeting, with({}, {0}, false), send(7, 1, 2), recv(7, 1, 2)).empty());
  EXPECT_TRUE(step(two_places, empty, send(7, 1, 2), recv(7, 1, 2)).empty());
  EXPECT_FALSE(step(meeting, empty, pending(send(7, 1, 2)), recv(7, 1, 2)).empty());
  EXPECT_FALSE(step(meeting, empty, send(7, 1, 2), pending(recv(0, 1, 2))).empty());
  EXPECT_TRUE(step(meeting, empty, pending(send(7, 1, 2)), pending(recv(0, 1, 2))).empty());
}

TEST(Model, APendingReceiveMayTakeAnyValueThatCouldBeReceived) {
  EXPECT_EQ(step(unbounded, both, pending(recv(0, 1, 2))), states{with({{8, 1}})});
  EXPECT_EQ(step(promising({.order = order::unordered}), both, pending(recv(0, 1, 2))),
            (states{with({{8, 1}}), with({{7, 0}})}));
  EXPECT_EQ(step(unbounded, empty, pending(send(7, 1, 2))), states{one});
}

TEST(Model, WithoutNoLossAValueMayBeGoneAtOnce) {
  EXPECT_EQ(step(lacking(rule::no_loss, unbounded), empty, send(7, 1, 2)), (states{one, empty}));
}

TEST(Model, NobodySleepsBesideWork) {
  const operation r = pending(recv(0, 1, 2));
  EXPECT_FALSE(should_have_returned(unbounded, empty, r, false));
  EXPECT_TRUE(should_have_returned(unbounded, one, r, false));
  EXPECT_TRUE(should_have_returned(unbounded, with({}, {}), r, false));
  EXPECT_FALSE(should_have_returned(promising({.disconnect = disconnection::none}), with({}, {}), r, false));
  EXPECT_TRUE(should_have_returned(meeting, empty, r, true));
  const operation s = pending(send(9, 1, 2));
  EXPECT_FALSE(should_have_returned(two_places, both, s, false));
  EXPECT_TRUE(should_have_returned(two_places, one, s, false));
  EXPECT_TRUE(should_have_returned(unbounded, both, s, false));
  EXPECT_TRUE(should_have_returned(two_places, with({{7, 0}, {8, 0}}, {0}, false), s, false));
  EXPECT_FALSE(should_have_returned(meeting, empty, s, false));
  EXPECT_FALSE(should_have_returned(promising({.capacity = bound::at_least}, 2), both, s, false));
  for (const operation& never_waits : {pending(try_recv(0, 1, 2)), pending(try_send(9, outcome::ok, 1, 2)),
                                       pending(clone(5, 1, 2)), pending(drop_sender(0, 1, 2))}) {
    EXPECT_TRUE(should_have_returned(two_places, both, never_waits, false));
  }
}

}  // namespace
}  // namespace plumbline::oracle::test
