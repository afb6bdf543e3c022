// The verifier is what the proofs of the checker are shown to, so it is shown forged ones here.

#include "plumbline/oracle/verifier.hpp"

#include <gtest/gtest.h>

#include "build_history.hpp"

namespace plumbline::oracle::test {
namespace {

const history legal = history_of({}, {send(1, 10, 20), send(2, 30, 40), recv(1, 50, 60), recv(2, 70, 80)});
const history overtaken = history_of({}, {send(1, 10, 20), send(2, 30, 40), recv(2, 50, 60), recv(1, 70, 80)});

TEST(Verifier, BelievesWhatIsTrue) {
  EXPECT_EQ(confirm_breach(overtaken, {rule::sender_order, {0, 1, 2, 3}}), judgement::violates);
  EXPECT_TRUE(confirm_order(legal, {{0}, {1}, {2}, {3}}));
}

TEST(Verifier, BelievesNoBreachOfALegalHistory) {
  EXPECT_EQ(confirm_breach(legal, {rule::sender_order, {0, 1, 2, 3}}), judgement::conforms);
}

// Each part is illegal by itself, and only because of what was left out.
TEST(Verifier, BelievesNoForgedProof) {
  const history received = history_of({}, {send(1, 10, 20), recv(1, 30, 40), try_recv(outcome::empty, 50, 60)});
  EXPECT_EQ(confirm_breach(received, {rule::empty_honest, {0, 2}}), judgement::conforms);

  const history cloned = history_of({}, {clone(7, 10, 20), drop_sender(0, 30, 40), try_recv(outcome::empty, 50, 60)});
  EXPECT_EQ(confirm_breach(cloned, {rule::recv_disconnected, {1, 2}}), judgement::conforms);

  const history full = history_of({.capacity = 1}, {send(1, 10, 20), try_send(2, outcome::full, 30, 40)});
  EXPECT_EQ(confirm_breach(full, {rule::full_honest, {1}}), judgement::conforms);

  const history closed = history_of({}, {drop_sender(0, 10, 20), recv(outcome::disconnected, 30, 40)});
  EXPECT_EQ(confirm_breach(closed, {rule::recv_disconnected, {1}}), judgement::conforms);
}

TEST(Verifier, BelievesNoForgedOrder) {
  EXPECT_FALSE(confirm_order(overtaken, {{0}, {1}, {2}, {3}})) << "the model does not give these values out";
  EXPECT_FALSE(confirm_order(legal, {{1}, {0}, {2}, {3}})) << "send(1) had ended before send(2) began";
  EXPECT_FALSE(confirm_order(legal, {{0}, {1}, {2}})) << "one is left out";
  EXPECT_FALSE(confirm_order(legal, {{0}, {0}, {1}, {2}, {3}})) << "one took effect twice";
  EXPECT_FALSE(confirm_order(legal, {{0}, {1}, {2}, {9}})) << "there is no such operation";
}

}  // namespace
}  // namespace plumbline::oracle::test
