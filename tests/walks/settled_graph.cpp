#include "settled_graph.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace plumbline::test {
namespace {

using nlohmann::json;
using oracle::operation_kind;
using oracle::outcome;

template <class Word>
Word word(const std::string& text, Word last) {
  for (int each = 0; each <= static_cast<int>(last); ++each) {
    if (const Word candidate{static_cast<std::uint8_t>(each)}; oracle::to_string(candidate) == text) {
      return candidate;
    }
  }
  throw std::runtime_error("'" + text + "' is no operation and no outcome");
}

driver_step read_step(const json& from) {
  driver_step step{from.at("thread"), {}, from.at("value")};
  if (const std::string operation = from.at("operation"); operation != "deadline") {
    step.begins = word(operation, operation_kind::drop_receiver);
  }
  return step;
}

settled_state read_state(const json& from) {
  settled_state state;
  for (const std::string sender : from.at("senders")) {
    state.senders.push_back(sender == "live");
  }
  state.receiver_alive = from.at("receiver") == "live";
  state.queue = from.at("queue").get<std::vector<std::uint64_t>>();
  for (const json& pending : from.at("pending")) {
    state.pending.push_back(read_step(pending));
  }
  return state;
}

edge read_edge(const json& from) {
  edge one{from.at("from"), read_step(from), {}, from.at("to")};
  for (const json& each : from.at("returns")) {
    one.seen.push_back({each.at("thread"), word(each.at("result"), outcome::disconnected), each.at("value")});
  }
  return one;
}

// Walks are followed without a look at the graph: so they have to be walks.
void require_walks(const settled_graph& graph) {
  if (graph.walks.empty() || graph.edges.empty()) {
    throw std::runtime_error("there is nothing to walk");
  }
  for (const std::vector<std::size_t>& walk : graph.walks) {
    for (std::size_t i = 0; i < walk.size(); ++i) {
      const edge& one = graph.edges.at(walk[i]);
      if (one.from >= graph.states.size() || one.to >= graph.states.size() ||
          (i > 0 && graph.edges[walk[i - 1]].to != one.from)) {
        throw std::runtime_error("a walk jumps");
      }
    }
  }
}

}  // namespace

settled_graph read_settled_graph(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(path + ": cannot be read; spec/settled/generate writes it");
  }
  try {
    const json content = json::parse(file);
    settled_graph graph;
    graph.name = content.at("model");
    if (content.at("capacity") != "unbounded") {
      graph.capacity = content.at("capacity").get<std::size_t>();
    }
    for (const json& state : content.at("states")) {
      graph.states.push_back(read_state(state));
    }
    for (const json& each : content.at("edges")) {
      graph.edges.push_back(read_edge(each));
    }
    graph.walks = content.at("walks").get<std::vector<std::vector<std::size_t>>>();
    require_walks(graph);
    graph.senders = static_cast<thread_number>(graph.states.at(0).senders.size());
    return graph;
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": not a settled graph (" + error.what() + ")");
  }
}

std::string to_string(const settled_graph& graph, thread_number thread) {
  return thread == graph.senders ? "receiver" : "sender " + std::to_string(thread + 1);
}

std::string to_string(const settled_graph& graph, const driver_step& step) {
  if (!step.begins) {
    return "deadline passes";
  }
  const std::string name(oracle::to_string(*step.begins));
  if (oracle::is_send(*step.begins)) {
    return name + "(" + std::to_string(step.value) + ")";
  }
  return step.begins == operation_kind::clone ? "clone() -> " + to_string(graph, static_cast<thread_number>(step.value))
                                              : name + "()";
}

std::string to_string(const settled_graph& graph, const all_returned& all) {
  std::string text;
  for (const returned& one : all) {
    text += (text.empty() ? "" : ", ") + to_string(graph, one.thread) + ": " +
            (one.value != 0 ? std::to_string(one.value) : std::string(oracle::to_string(one.result)));
  }
  return text.empty() ? "nothing returns" : text;
}

std::string to_string(const settled_graph& graph, const settled_state& state) {
  std::string text = "queue <";
  for (std::size_t i = 0; i < state.queue.size(); ++i) {
    text += (i == 0 ? "" : " ") + std::to_string(state.queue[i]);
  }
  text += ">";
  for (const driver_step& waiting : state.pending) {
    text += ", " + to_string(graph, waiting.thread) + " in " + to_string(graph, waiting);
  }
  return text;
}

}  // namespace plumbline::test
