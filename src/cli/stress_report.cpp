#include "cli/stress_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

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

using oracle::campaign_options;
using oracle::campaign_result;
using oracle::finding;
using oracle::judgement;
using oracle::stronger_promise;
using oracle::tally;

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

std::uint64_t per_second(const tally& done) {
  return static_cast<std::uint64_t>(static_cast<double>(done.programs) / std::max(done.seconds.count(), 1e-9));
}

std::string row(std::string_view name, const std::string& text) { return fmt::format("  {:<14}{}\n", name, text); }

std::string tally_rows(const campaign_result& result) {
  const tally& done = result.done;
  std::string text = row("programs", fmt::format("{} ({}% with operations that overlapped)", grouped(done.programs),
                                                 percent(done.overlapping, done.programs)));
  text += row("operations", grouped(done.operations) +
                                (done.situations > 0 ? " in " + counted(done.situations, "different situation") : ""));
  text += row("seconds", fmt::format("{:.1f} ({} programs a second)", done.seconds.count(), grouped(per_second(done))));
  if (done.undecided > 0) {
    text += row("undecided", fmt::format("{}: {}", counted(done.undecided, "program"), result.because));
  }
  return text;
}

// The stronger promises that were not made: which of them did not hold all the same.
std::string stronger_rows(const stress_subject& subject, const campaign_result& result) {
  std::string text;
  for (const stronger_promise& promise : result.stronger) {
    const std::string what =
        fmt::format("{}={}{}", promise.dimension, promise.word, promise.word == "linearizable" ? " (global FIFO)" : "");
    if (promise.refuted == 0) {
      text += row("not promised", what + ": not refuted");
      continue;
    }
    text += row("not promised", fmt::format("{}: refuted in {}, first in number {}:", what,
                                            counted(promise.refuted, "program"), promise.example->program));
    text += row("", promise.example->judged.because);
    text += row("", fmt::format("{} --program {} --contract {}={}", subject.command, promise.example->program,
                                promise.dimension, promise.word));
  }
  return text;
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

// The command with those of its flags that choose one program, and how much of it.
std::string of_program(std::string command, const campaign_options& options) {
  if (options.only_program) {
    command += fmt::format(" --program {}", *options.only_program);
  }
  if (!options.without.empty()) {
    command += fmt::format(" --without {}", fmt::join(options.without, ","));
  }
  if (options.burst) {
    command += fmt::format(" --burst {}", *options.burst);
  }
  return command;
}

std::string finding_part(const stress_subject& subject, const finding& found, const finding_context& context) {
  const bool judged = found.misuse.empty() && found.judged.broken.has_value();
  std::string text;
  if (judged) {
    text += fmt::format(
        "\n{} violates {}: {}\n{}\n", subject.type.name, to_string(*found.judged.broken), found.judged.because,
        oracle::chain_of(from_zero(oracle::sub_history(found.recorded, found.judged.witness)), *found.judged.broken));
  } else if (!found.misuse.empty()) {
    text += fmt::format("\n{} cannot be judged: {}\n\n", subject.type.name, found.misuse);
  } else if (found.crashed) {
    text += fmt::format("\n{} crashed: {}\n\n", subject.type.name, found.judged.because);
  } else {
    text += fmt::format("\n{}: unknown: {}\n\n", subject.type.name, found.judged.because);
  }
  if (found.hung) {
    std::string who;
    for (const oracle::operation& one : found.recorded.operations) {
      if (one.result == oracle::outcome::pending) {
        who += fmt::format("{}{} of thread {}", who.empty() ? "" : ", ", name(one), one.thread);
      }
    }
    text += fmt::format("It hangs: nothing has moved for {} ms. Blocked: {}.\n\n", subject.options.hangs_after.count(),
                        who.empty() ? "no operation" : who);
  }
  text += fmt::format("{}\n", oracle::timeline(found.recorded, found.judged.witness, oracle::style_for(STDOUT_FILENO)));
  if (judged && found.explained_by) {
    text += row("it keeps", difference(found.recorded.promised, *found.explained_by));
  } else if (judged) {
    text += row("it keeps", "no weaker contract explains this");
  }
  text += row("program", fmt::format("number {} of seed {}{}: {}", found.program, subject.options.seed,
                                     found.round > 0 ? fmt::format(", at repetition {}", grouped(found.round + 1)) : "",
                                     context.program.substr(0, context.program.find('\n'))));
  text += context.program.substr(context.program.find('\n') + 1);
  if (context.smaller && context.smaller->runs > 0) {
    text += row("shrunk", fmt::format("from {} to {}, in {}", counted(context.requests, "request"),
                                      context.smaller->requests, counted(context.smaller->runs, "run")));
  }
  if (!context.saved_as.empty()) {
    text += row("history", context.saved_as);
    if (judged && oracle::decide(found.recorded).what != judgement::violates) {
      text += row("", "(which alone does not show this: plumbline check finds no breach in it)");
    }
  }
  text += row("again", again(subject, found, context));
  return text;
}

}  // namespace

std::string progress_line(const tally& done) {
  return fmt::format(
      "{} programs, {} operations in {} situations, {} programs a second, {}% with overlap, "
      "judged {:.0f} µs after each",
      grouped(done.programs), grouped(done.operations), done.situations, grouped(per_second(done)),
      percent(done.overlapping, done.programs), done.lag * 1e6 / std::chrono::seconds(1));
}

std::string again(const stress_subject& subject, const finding& found, const finding_context& context) {
  campaign_options shown = subject.options;
  shown.only_program = found.program;
  if (!context.smaller) {
    return of_program(subject.command, shown);
  }
  shown.without = context.smaller->left_out;
  shown.burst = context.smaller->burst;
  return of_program(context.smaller->plain
                        ? fmt::format("{} --payload {}", subject.command, to_string(oracle::payload::plain))
                        : subject.command,
                    shown);
}

std::string report(const stress_subject& subject, const campaign_result& result, const finding_context& context) {
  std::string text =
      fmt::format("{} {} under the oracle, seed {}\n", subject.type.name, subject.type.version, subject.options.seed);
  text += row("held to", to_string(subject.options.promised));
  if (!subject.type.payloads.empty()) {
    text +=
        row("payload", subject.options.carried ? std::string(to_string(*subject.options.carried))
                                               : fmt::format("{}, as the seed says", to_string(subject.type.payloads)));
  }
  text += row("perturbed by",
              fmt::format("pauses, yields{}",
                          subject.options.schedules ? "; now and then " + oracle::scheduling::permitted() : ""));
  text += tally_rows(result);
  text += row("recorder", fmt::format("{}, {:.0f} ns an operation", oracle::stamp_clock::name(),
                                      oracle::stamp_clock::nanoseconds_per_operation()));
  if (result.found) {
    return text + finding_part(subject, context.smaller ? context.smaller->smallest : *result.found, context);
  }
  text +=
      row("lifetimes", result.done.tracked > 0 ? fmt::format("looked at in {}", counted(result.done.tracked, "program"))
                                               : "not looked at: the adapter does not carry tracked payloads");
  if (result.done.received == 0) {
    text += row("values", std::string(no_value_got_through));
  }
  text += stronger_rows(subject, result);
  text += row("it keeps", to_string(result.kept));
  if (result.what != judgement::conforms) {
    return text + row("verdict", fmt::format("unknown: {}", result.because));
  }
  return text + row("verdict", subject.options.only_program
                                   ? fmt::format("conforms, in {} of this program; what it may have shown before did "
                                                 "not show again",
                                                 counted(result.done.programs, "run"))
                                   : fmt::format("conforms, in {}", counted(result.done.programs, "program")));
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

// One word more than a judgement has: nothing was judged, for the adapter is wrong, or the channel ended the process.
std::string_view verdict_of(const campaign_result& result) {
  return result.found && !result.found->misuse.empty() ? "misuse"
         : result.found && result.found->crashed       ? "crashed"
                                                       : to_string(result.what);
}

}  // namespace

std::string as_json(const stress_subject& subject, const campaign_result& result, const finding_context& context) {
  nlohmann::ordered_json json = {
      {"channel", subject.type.name},
      {"version", subject.type.version},
      {"seed", subject.options.seed},
      {"campaigns",
       {{{"command", of_program(subject.command, subject.options)},  // merge knows the programs by it
         {"shard", subject.options.shard + 1},
         {"shards", subject.options.shards}}}},
      {"programs", result.done.programs},
      {"operations", result.done.operations},
      {"received", result.done.received},
      {"overlapping", result.done.overlapping},
      {"undecided", result.done.undecided},
      {"situations", result.situations},
      {"verdict", verdict_of(result)},
      {"rule", nullptr},
      {"because", result.because},
      {"kept", kept_in_words(result)},
      {"keeps", result.found && !result.found->explained_by ? nlohmann::ordered_json(nullptr) : words_of(result.kept)},
      {"seconds", result.done.seconds.count()},
      {"promised", to_string(subject.options.promised)},
      {"contract", words_of(subject.options.promised)},
      {"stronger", nlohmann::ordered_json::array()},
  };
  if (result.found) {
    if (result.found->judged.broken) {
      json["rule"] = to_string(*result.found->judged.broken);
    }
    json["program"] = result.found->program;
    json["replay"] = again(subject, *result.found, context);
    json["history"] = context.saved_as;
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
