#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "settled_graph.hpp"
#include "stepped/schedules.hpp"
#include "subject.hpp"

namespace plumbline::test {

// Replays the walks of a graph on a subject. At each step of a walk, every schedule is tried: what it makes return has
// to be an edge of the graph, and those edges count as covered. Then the walk goes on along the edge that it names.
class replay {
 public:
  replay(const settled_graph& graph, subject& on);

  // Empty, or the report of the first thing that is not as the specification says.
  std::string walk(std::size_t number);

  // Empty, or a report of edges that no walk has seen: things that may happen, and never do.
  std::string uncovered() const;

  // What was done: "1205 of 1205 edges, 449 walks, 2937 steps, 3122 schedules; 12 walks ended early".
  std::string done() const;
  std::size_t schedules() const { return schedules_; }

 private:
  struct taken {
    std::size_t edge = 0;
    std::size_t lasts = 0;
    bool disturbed = false;
    every_schedule schedule;  // the first under which the edge is what happens
  };
  struct event {
    driver_step step;
    all_returned seen;
  };

  std::string bring_to_the_end_of_the_way();
  std::string try_every_schedule(std::size_t wanted, std::size_t lasts, bool& possible);
  void take(const driver_step&, std::size_t lasts, bool disturbed, every_schedule&);
  std::string compare(std::vector<std::size_t>& happened);
  std::string report(const std::string& what) const;
  std::string story() const;
  std::size_t end_of_the_way() const;

  const settled_graph& graph_;
  subject& subject_;
  std::map<std::size_t, std::vector<std::size_t>> leaving_;  // state -> edges
  std::vector<bool> covered_;
  std::vector<bool> disturbed_;  // whether disturbed schedules were tried of the edge
  std::size_t number_ = 0;       // of the walk
  std::size_t start_ = 0;        // its first state
  std::vector<taken> way_;       // the edges since then that are decided
  std::vector<event> events_;    // what the subject has done since it was started; perhaps a step more than the way
  bool started_ = false;         // and not finished
  bool on_the_way_ = false;      // the events are those of the way, under its schedules
  std::size_t walks_ = 0, steps_ = 0, schedules_ = 0, ended_early_ = 0;
};

}  // namespace plumbline::test
