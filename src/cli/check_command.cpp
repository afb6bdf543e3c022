#include "cli/check_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_codes.hpp"
#include "cli/history_file.hpp"
#include "cli/stream_check.hpp"
#include "plumbline/oracle/chain.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/life.hpp"
#include "plumbline/oracle/search.hpp"
#include "plumbline/oracle/timeline.hpp"
#include "plumbline/oracle/verifier.hpp"

namespace plumbline::cli {
namespace {

using oracle::contract;
using oracle::history;
using oracle::judgement;
using oracle::verdict;

struct options {
  std::vector<std::string> files;
  std::string contract_words;
  file_format format = file_format::jsonl;
  bool json = false;
  bool whole = false;
  bool order = false;
  bool stream = false;
  std::vector<std::uint64_t> lives;
};

nlohmann::ordered_json as_json(const contract& c) {
  return {{"order", to_string(c.order)},
          {"empty", to_string(c.empty)},
          {"full", to_string(c.full)},
          {"capacity", to_string(c.capacity)},
          {"disconnect", to_string(c.disconnect)}};
}

void print_json(const std::string& file, const history& h, const verdict& v, const std::optional<contract>& kept) {
  nlohmann::ordered_json object = {{"file", file},
                                   {"verdict", to_string(v.what)},
                                   {"operations", h.operations.size()},
                                   {"contract", as_json(h.promised)}};
  if (v.what != judgement::conforms) {
    object["because"] = v.because;
  }
  if (v.what == judgement::violates) {
    object["rule"] = to_string(*v.broken);
    object["sentence"] = sentence(*v.broken);
    object["witness"] = v.witness;
    object["keeps"] = kept ? as_json(*kept) : nlohmann::ordered_json(nullptr);
  }
  const auto replace_bad_utf8 = nlohmann::ordered_json::error_handler_t::replace;  // in a file's name
  fmt::print("{}\n", object.dump(-1, ' ', false, replace_bad_utf8));
}

void print_text(const std::string& file, const history& h, const verdict& v, const std::optional<contract>& kept,
                bool whole) {
  if (v.what == judgement::unknown) {
    fmt::print("{}: unknown: {}\n", file, v.because);
    return;
  }
  if (v.what == judgement::conforms) {
    fmt::print("{}: conforms: {} operations, {}\n", file, h.operations.size(), to_string(h.promised));
  } else {
    fmt::print("{}: violates {} ({})\n  {}\n", file, to_string(*v.broken), sentence(*v.broken), v.because);
    fmt::print("{}\n", chain_of(sub_history(h, v.witness), *v.broken));
  }
  const oracle::timeline_style style = oracle::style_for(STDOUT_FILENO);
  if (whole) {
    fmt::print("{}\n", timeline(h, v.witness, style));
  } else if (v.what == judgement::violates) {
    fmt::print("{}\n", timeline(sub_history(h, v.witness), {}, style));
  }
  if (v.what == judgement::violates) {
    fmt::print("  It keeps {}.\n", kept ? difference(h.promised, *kept) : "no weaker contract either");
  }
}

// The order in which the operations took effect, if there is one, after the verifier has replayed it on the model.
void print_order(const history& h, const verdict& v) {
  const auto order = v.what == judgement::conforms ? oracle::order_of(h) : std::nullopt;
  if (!order) {
    fmt::print("  No order explains it{}.\n", v.what == judgement::violates ? "" : ", as far as is known");
    return;
  }
  const bool confirmed = oracle::confirm_order(h, *order);
  fmt::print("  It is explained by this order, {}:\n",
             confirmed ? "which the model confirms" : "which the model does NOT confirm: a defect of the checker");
  for (std::size_t i = 0; i < order->size(); ++i) {
    const oracle::effect& e = (*order)[i];
    const oracle::operation& o = h.operations[e.operation];
    const std::string with =
        e.with == oracle::effect::none
            ? ""
            : fmt::format(" and thread {}: {}", h.operations[e.with].thread, label(h.operations[e.with]));
    fmt::print("  {:>6}. thread {}: {}{}\n", i + 1, o.thread, label(o), with);
  }
}

exit_code check(const std::string& file, const options& given) {
  if (given.stream) {
    return check_stream(file, given.contract_words, given.json);
  }
  auto h = read_history_file(file, given.format);
  if (h && !given.contract_words.empty()) {
    auto promised = oracle::amended(h->promised, given.contract_words);
    if (!promised) {
      fmt::print(stderr, "plumbline check: --contract: {}\n", promised.error());
      return misuse;
    }
    h->promised = *promised;
  }
  if (!h) {
    fmt::print(stderr, "{}\n", h.error());
    return misuse;
  }
  const verdict v = oracle::decide(*h);
  const std::optional<contract> kept =
      v.what == judgement::violates ? oracle::strongest(*h, h->promised) : std::nullopt;
  if (given.json) {
    print_json(file, *h, v, kept);
  } else {
    print_text(file, *h, v, kept, given.whole);
    if (v.what == judgement::violates) {
      switch (oracle::confirm_breach(*h, {*v.broken, v.witness})) {
        case judgement::violates:
          break;
        case judgement::conforms:
          fmt::print("  The verifier does NOT believe it: a defect of the checker.\n");
          break;
        case judgement::unknown:
          fmt::print("  These {} operations are too many for the verifier to confirm it.\n", v.witness.size());
          break;
      }
    }
    if (given.order) {
      print_order(*h, v);
    }
    for (const std::uint64_t value : given.lives) {
      fmt::print("{}", oracle::life_of(*h, value));
    }
  }
  return code_of(v.what);
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand(
      "check",
      "Says of recorded histories whether the channel kept its contract, and if not, why. (docs/history-format.md)");
  auto given = std::make_shared<options>();
  command->add_option("FILE", given->files, "History files, JSON Lines; - is the standard input")->required();
  add_from_option(*command, given->format);
  command->add_option("--contract", given->contract_words,
                      "Hold them to another contract: order=linearizable|per-sender|unordered, "
                      "empty=honest|head-of-line|weak, full=honest|spurious, capacity=exact|at-least|unbounded, "
                      "disconnect=both|receiver|none; several with commas");
  command->add_flag("--json", given->json, "One JSON object for each file that can be read, for other programs");
  CLI::Option* const whole =
      command->add_flag("--whole", given->whole, "Draw the whole history, and mark the operations that show it");
  CLI::Option* const order =
      command->add_flag("--order", given->order, "If it conforms: list an order in which the operations took effect");
  CLI::Option* const life = command->add_option("--life", given->lives,
                                                "The whole life of these values: who sent and received them, and when");
  for (CLI::Option* const for_people : {whole, order, life}) {
    for_people->excludes("--json");
  }
  command
      ->add_flag("--stream", given->stream,
                 "Decide while reading, in little memory, and stop at the first breach: for large files, and for pipes")
      ->excludes(order)
      ->excludes(life)
      ->excludes(whole)
      ->excludes("--from");
  command->callback([given, &status] {
    exit_code worst = conforms;
    for (const std::string& file : given->files) {
      worst = std::max(worst, check(file, *given));
    }
    status = worst;
  });
}

}  // namespace plumbline::cli
