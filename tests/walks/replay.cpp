#include "replay.hpp"

#include <algorithm>
#include <utility>

namespace plumbline::test {
namespace {

// In how many steps the deadline passes of the operation that begins at `at`; after the walk, if it does not.
std::size_t lasts(const settled_graph& graph, const std::vector<std::size_t>& walk, std::size_t at) {
  for (std::size_t later = at + 1; later < walk.size(); ++later) {
    if (const driver_step& step = graph.edges[walk[later]].step; step.thread == graph.edges[walk[at]].step.thread) {
      return step.begins ? walk.size() : later - at;
    }
  }
  return walk.size();
}

}  // namespace

replay::replay(const settled_graph& graph, subject& on)
    : graph_(graph), subject_(on), covered_(graph.edges.size(), false), disturbed_(graph.edges.size(), false) {
  for (std::size_t number = 0; number < graph.edges.size(); ++number) {
    leaving_[graph.edges[number].from].push_back(number);
  }
  subject_.tell_when_it_fails([this] { return story(); });
}

std::string replay::walk(std::size_t number) {
  const std::vector<std::size_t>& walk = graph_.walks.at(number);
  number_ = number;
  start_ = graph_.edges[walk.front()].from;
  way_.clear();
  ++walks_;
  for (std::size_t i = 0; i < walk.size(); ++i) {
    bool possible = false;
    if (std::string failure = try_every_schedule(walk[i], lasts(graph_, walk, i), possible); !failure.empty()) {
      return failure;
    }
    if (!possible) {
      ++ended_early_;
      break;
    }
  }
  started_ = on_the_way_ = false;
  const std::string objection = subject_.finish();
  return objection.empty() ? "" : report(objection);
}

// Afterwards the subject has taken the steps of the way, and no others.
std::string replay::bring_to_the_end_of_the_way() {
  if (on_the_way_) {
    return "";
  }
  if (started_) {
    if (const std::string objection = subject_.finish(); !objection.empty()) {
      return report(objection);
    }
  }
  started_ = true;
  events_.clear();
  subject_.start(graph_, graph_.states[start_]);
  for (taken& before : way_) {
    before.schedule.again();
    take(graph_.edges[before.edge].step, before.lasts, before.disturbed, before.schedule);
    if (events_.back().seen != graph_.edges[before.edge].seen) {
      return report("the same schedule has another outcome: the subject depends on something else");
    }
  }
  on_the_way_ = true;
  return "";
}

std::string replay::try_every_schedule(std::size_t wanted, std::size_t lasts, bool& possible) {
  const driver_step& step = graph_.edges[wanted].step;
  const bool disturbed = !disturbed_[wanted];
  disturbed_[wanted] = true;
  std::vector<std::size_t> happened;
  every_schedule schedule;
  every_schedule leads_there;
  do {
    if (std::string failure = bring_to_the_end_of_the_way(); !failure.empty()) {
      return failure;
    }
    take(step, lasts, disturbed, schedule);
    ++schedules_;
    if (std::string failure = compare(happened); !failure.empty()) {
      return failure;
    }
    if (!possible && happened.back() == wanted) {
      possible = true;
      leads_there = schedule;
    }
  } while (schedule.next());
  ++steps_;
  for (const std::size_t allowed : leaving_[graph_.edges[wanted].from]) {
    if (graph_.edges[allowed].step == step && std::ranges::find(happened, allowed) == happened.end() &&
        subject_.has_no_more_state_than_the_specification()) {
      return report("this may happen, and never does: " + to_string(graph_, graph_.edges[allowed].seen));
    }
  }
  if (possible) {
    way_.push_back({wanted, lasts, disturbed, leads_there});
    on_the_way_ =
        happened.size() == 1;  // otherwise the subject is where the last schedule led, not the one to go on with
  }
  return "";
}

void replay::take(const driver_step& step, std::size_t lasts, bool disturbed, every_schedule& schedule) {
  on_the_way_ = false;
  events_.push_back({step, {}});  // before it is taken, so that it can be told if it stops the program
  events_.back().seen = subject_.take(step, lasts, disturbed, schedule);
}

// The last step, which is not on the way, against the graph.
std::string replay::compare(std::vector<std::size_t>& happened) {
  for (const std::size_t number : leaving_[end_of_the_way()]) {
    if (const edge& one = graph_.edges[number]; one.step == events_.back().step && one.seen == events_.back().seen) {
      happened.push_back(number);
      covered_[number] = true;
      const std::string objection = subject_.objection(graph_.states[one.to]);
      return objection.empty() ? "" : report(objection);
    }
  }
  return report("the specification does not allow what the last step does");
}

std::size_t replay::end_of_the_way() const { return way_.empty() ? start_ : graph_.edges[way_.back().edge].to; }

std::string replay::report(const std::string& what) const {
  return graph_.name + ", walk " + std::to_string(number_) + ", step " + std::to_string(events_.size()) + ": " + what +
         "\n" + subject_.where_everybody_is() + story();
}

// What was done, and what the specification has to say about the last of it.
std::string replay::story() const {
  std::string text = "\n";
  const auto row = [&text](const std::string& number, const std::string& thread, const std::string& operation,
                           const std::string& returns) {
    const auto wide = [](std::string cell, std::size_t width) {
      return cell.append(width - std::min(width, cell.size()), ' ');
    };
    text += "  " + wide(number, 5) + wide(thread, 10) + wide(operation, 22) + returns + "\n";
  };
  row("step", "thread", "operation", "what returns");
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const auto& [step, seen] = events_[i];
    row(std::to_string(i + 1), to_string(graph_, step.thread), to_string(graph_, step), to_string(graph_, seen));
  }
  if (events_.size() > way_.size()) {
    text += "\nbefore the last step: " + to_string(graph_, graph_.states[end_of_the_way()]) +
            "\nthe specification allows, after it:\n";
    for (const std::size_t number : leaving_.at(end_of_the_way())) {
      if (const edge& one = graph_.edges[number]; one.step == events_.back().step) {
        text += "  " + to_string(graph_, one.seen) + "; then " + to_string(graph_, graph_.states[one.to]) + "\n";
      }
    }
  }
  return text + "again: --walk " + std::to_string(number_) + " " + graph_.name + ".json\n";
}

std::string replay::uncovered() const {
  const auto count = std::ranges::count(covered_, false);
  if (count == 0) {
    return "";
  }
  std::string text = graph_.name + ": " + std::to_string(count) + " edges are never taken, among them\n";
  for (std::size_t number = 0, shown = 0; number < covered_.size() && shown < 5; ++number) {
    if (!covered_[number]) {
      const edge& one = graph_.edges[number];
      text += "  " + to_string(graph_, graph_.states[one.from]) + " -- " + to_string(graph_, one.step.thread) + ": " +
              to_string(graph_, one.step) + " --> " + to_string(graph_, one.seen) + "\n";
      ++shown;
    }
  }
  return text;
}

std::string replay::done() const {
  return std::to_string(std::ranges::count(covered_, true)) + " of " + std::to_string(covered_.size()) + " edges, " +
         std::to_string(walks_) + " walks, " + std::to_string(steps_) + " steps, " + std::to_string(schedules_) +
         " schedules; " + std::to_string(ended_early_) + " walks ended early";
}

}  // namespace plumbline::test
