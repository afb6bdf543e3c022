#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "settled_graph.hpp"
#include "stepped/schedules.hpp"

namespace plumbline::test {

// What is held against the graph: the reference channel, or the oracle's model of one. Deterministic but for the
// choices that it asks for: the same steps with the same choices have the same outcome.
class subject {
 public:
  subject() = default;
  subject(const subject&) = delete;
  subject& operator=(const subject&) = delete;
  virtual ~subject() = default;

  // Begins, with a channel of the graph's capacity and the senders that live in `state`, which is an initial one.
  virtual void start(const settled_graph&, const settled_state& state) = 0;

  // Takes the step, and lets happen what then happens by itself; returns what ended. `lasts`: for an operation with a
  // deadline, how many steps later it passes. `disturbed`: try also what costs more and should make no difference.
  virtual all_returned take(const driver_step&, std::size_t lasts, bool disturbed, every_schedule&) = 0;

  // Whether that state is the specification's `state`, as far as can be seen without a step; if not, a sentence.
  virtual std::string objection(const settled_state& state) = 0;

  // Ends the channel: everybody who can drops his end, until all have. If somebody cannot, a sentence.
  virtual std::string finish() = 0;

  // What the reader of a report wants to know besides: one line a thread.
  virtual std::string where_everybody_is() const = 0;

  // What is to be said if the subject has to stop the program.
  virtual void tell_when_it_fails(const std::function<std::string()>&) {}

  // Whether each outcome that the specification allows after a step has to be possible here after the same steps, and
  // not only after some others that lead to the same state of the specification.
  virtual bool has_no_more_state_than_the_specification() const = 0;
};

// Defined by the program: there is one for the channel, and one for the model.
std::unique_ptr<subject> make_subject(const settled_graph&);

}  // namespace plumbline::test
