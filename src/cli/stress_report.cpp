#include "cli/stress_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/card.hpp"
#include "cli/text.hpp"
#include "plumbline/oracle/chain.hpp"
#include "plumbline/oracle/decide.hpp"
#include "plumbline/oracle/explain.hpp"
#include "plumbline/oracle/recorder.hpp"
#include "plumbline/oracle/scheduling.hpp"
#include "plumbline/oracle/search.hpp"
#include "plumbline/oracle/timeline.hpp"

namespace plumbline::cli {
namespace {

using oracle::campaign_result;
using oracle::finding;
using oracle::judgement;
using oracle::stronger_promise;
using oracle::tally;

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

std::uint64_t per_second(const tally& done) {
  return static_cast<std::uint64_t>(static_cast<double>(done.programs) / std::max(done.seconds.count(), 1e-9));
}

void row(std::string_view name, const std::string& text) { fmt::print("  {:<14}{}\n", name, text); }

void print_tally(const campaign_result& result) {
  const tally& done = result.done;
  row("programs", fmt::format("{} ({}% with operations that overlapped)", grouped(done.programs),
                              percent(done.overlapping, done.programs)));
  row("operations", fmt::format("{} in {}", grouped(done.operations), counted(done.situations, "different situation")));
  row("seconds", fmt::format("{:.1f} ({} programs a second)", done.seconds.count(), grouped(per_second(done))));
  if (done.undecided > 0) {
    row("undecided", fmt::format("{}: {}", counted(done.undecided, "program"), result.because));
  }
}

// The stronger promises that were not made: which of them did not hold all the same.
void print_stronger(const stress_subject& subject, const campaign_result& result) {
  for (const stronger_promise& promise : result.stronger) {
    const std::string what =
        fmt::format("{}={}{}", promise.dimension, promise.word, promise.word == "linearizable" ? " (global FIFO)" : "");
    if (promise.refuted == 0) {
      row("not promised", what + ": not refuted");
      continue;
    }
    row("not promised", fmt::format("{}: refuted in {}, first in number {}:", what, counted(promise.refuted, "program"),
                                    promise.example->program));
    row("", promise.example->judged.because);
    row("", fmt::format("{} --program {} --contract {}={}", subject.command, promise.example->program,
                        promise.dimension, promise.word));
  }
}

// The same history, whose first operation begins at 0: ticks since the machine was started tell nobody anything.
oracle::history from_zero(oracle::history h) {
  const std::uint64_t start = h.operations.empty() ? 0 : h.operations.front().begin;
  for (oracle::operation& one : h.operations) {
    one.begin -= start;
    one.end -= one.end == oracle::operation::never ? 0 : start;
  }
  return h;
}

void print_finding(const stress_subject& subject, const finding& found, const finding_context& context) {
  const bool judged = found.misuse.empty() && found.judged.what == judgement::violates;
  if (judged) {
    fmt::print(
        "\n{} violates {}: {}\n{}\n", subject.type.name, to_string(*found.judged.broken), found.judged.because,
        oracle::chain_of(from_zero(oracle::sub_history(found.recorded, found.judged.witness)), *found.judged.broken));
  } else if (!found.misuse.empty()) {
    fmt::print("\n{} cannot be judged: {}\n\n", subject.type.name, found.misuse);
  } else {
    fmt::print("\n{}: unknown: {}\n\n", subject.type.name, found.judged.because);
  }
  if (found.hung) {
    std::string who;
    for (const oracle::operation& one : found.recorded.operations) {
      if (one.result == oracle::outcome::pending) {
        who += fmt::format("{}{} of thread {}", who.empty() ? "" : ", ", name(one), one.thread);
      }
    }
    fmt::print("It hangs: nothing has moved for {} ms. Blocked: {}.\n\n", subject.options.hangs_after.count(),
               who.empty() ? "no operation" : who);
  }
  fmt::print("{}\n", oracle::timeline(found.recorded, found.judged.witness, oracle::style_for(STDOUT_FILENO)));
  if (judged && found.explained_by) {
    row("it keeps", difference(found.recorded.promised, *found.explained_by));
  } else if (judged) {
    row("it keeps", "no weaker contract explains this");
  }
  row("program", fmt::format("number {} of seed {}{}: {}", found.program, subject.options.seed,
                             found.round > 0 ? fmt::format(", at repetition {}", grouped(found.round + 1)) : "",
                             context.program.substr(0, context.program.find('\n'))));
  fmt::print("{}", context.program.substr(context.program.find('\n') + 1));
  if (context.smaller && context.smaller->runs > 0) {
    row("shrunk", fmt::format("from {} to {}, in {}", counted(context.requests, "request"), context.smaller->requests,
                              counted(context.smaller->runs, "run")));
  }
  if (!context.saved_as.empty()) {
    row("history", context.saved_as);
    if (judged && oracle::decide(found.recorded).what != judgement::violates) {
      row("", "(which alone does not show this: plumbline check finds no breach in it)");
    }
  }
  row("again", again(subject, found, context));
}

}  // namespace

std::string progress_line(const tally& done) {
  return fmt::format("{} programs, {} operations in {} situations, {} programs a second, {}% with overlap",
                     grouped(done.programs), grouped(done.operations), done.situations, grouped(per_second(done)),
                     percent(done.overlapping, done.programs));
}

std::string again(const stress_subject& subject, const finding& found, const finding_context& context) {
  std::string line = fmt::format("{} --program {}", subject.command, found.program);
  if (context.smaller && context.smaller->plain) {
    line += fmt::format(" --payload {}", to_string(oracle::payload::plain));
  }
  const std::vector<std::size_t>& without = context.smaller ? context.smaller->left_out : subject.options.without;
  if (!without.empty()) {
    line += fmt::format(" --without {}", fmt::join(without, ","));
  }
  if (const auto burst = context.smaller ? context.smaller->burst : subject.options.burst) {
    line += fmt::format(" --burst {}", *burst);
  }
  return line;
}

void print_report(const stress_subject& subject, const campaign_result& result, const finding_context& context) {
  fmt::print("{} {} under the oracle, seed {}\n", subject.type.name, subject.type.version, subject.options.seed);
  row("held to", to_string(subject.options.promised));
  if (!subject.type.payloads.empty()) {
    row("payload", subject.options.carried ? std::string(to_string(*subject.options.carried))
                                           : fmt::format("{}, as the seed says", to_string(subject.type.payloads)));
  }
  row("perturbed by",
      fmt::format("pauses, yields{}",
                  subject.options.schedules ? "; now and then " + oracle::scheduling::permitted() : ""));
  print_tally(result);
  row("recorder", fmt::format("{}, {:.0f} ns an operation", oracle::stamp_clock::name(),
                              oracle::stamp_clock::nanoseconds_per_operation()));
  if (result.found) {
    print_finding(subject, context.smaller ? context.smaller->smallest : *result.found, context);
    return;
  }
  row("lifetimes", result.done.tracked > 0 ? fmt::format("looked at in {}", counted(result.done.tracked, "program"))
                                           : "not looked at: the adapter does not carry tracked payloads");
  if (result.done.received == 0) {
    row("values", std::string(no_value_got_through));
  }
  print_stronger(subject, result);
  row("it keeps", to_string(result.kept));
  if (result.what != judgement::conforms) {
    row("verdict", fmt::format("unknown: {}", result.because));
  } else if (subject.options.only_program) {
    row("verdict", fmt::format("conforms, in {} of this program; what it may have shown before did not show again",
                               counted(result.done.programs, "run")));
  } else {
    row("verdict", fmt::format("conforms, in {}", counted(result.done.programs, "program")));
  }
}

namespace {

// The contract that the run leaves standing, and the promises beyond it that it refuted.
std::string kept_in_words(const campaign_result& result) {
  if (result.found && !result.found->explained_by) {
    return "no weaker contract";
  }
  std::string text = to_string(result.kept);
  for (const stronger_promise& promise : result.stronger) {
    if (promise.refuted > 0 && !result.found) {
      text += fmt::format("; {}={} was refuted in {}", promise.dimension, promise.word,
                          counted(promise.refuted, "program"));
    }
  }
  return text;
}

}  // namespace

std::string as_json(const stress_subject& subject, const campaign_result& result, const finding_context& context) {
  nlohmann::ordered_json json = {
      {"channel", subject.type.name},
      {"version", subject.type.version},
      {"seed", subject.options.seed},
      {"programs", result.done.programs},
      {"operations", result.done.operations},
      {"received", result.done.received},
      {"overlapping", result.done.overlapping},
      {"undecided", result.done.undecided},
      {"situations", result.situations},
      {"verdict", to_string(result.what)},
      {"rule", nullptr},
      {"because", result.because},
      {"kept", kept_in_words(result)},
      {"keeps", result.found && !result.found->explained_by ? nlohmann::ordered_json(nullptr) : words_of(result.kept)},
      {"seconds", result.done.seconds.count()},
      {"promised", to_string(subject.options.promised)},
      {"contract", words_of(subject.options.promised)},
      {"stronger", nlohmann::ordered_json::array()},
  };
  if (result.found && result.found->judged.broken) {
    json["rule"] = to_string(*result.found->judged.broken);
    json["program"] = result.found->program;
    json["replay"] = again(subject, *result.found, context);
    if (context.smaller) {
      json["because"] = context.smaller->smallest.judged.because;
      json["requests"] = context.smaller->requests;
      json["shrink_runs"] = context.smaller->runs;
    }
  }
  for (const stronger_promise& promise : result.stronger) {
    json["stronger"].push_back({{"promise", promise.dimension + "=" + promise.word}, {"refuted", promise.refuted}});
    if (promise.example) {
      json["stronger"].back()["because"] = promise.example->judged.because;
      json["stronger"].back()["program"] = promise.example->program;
      json["stronger"].back()["replay"] = fmt::format("{} --program {} --contract {}={}", subject.command,
                                                      promise.example->program, promise.dimension, promise.word);
    }
  }
  return json.dump(2) + "\n";
}

}  // namespace plumbline::cli
