#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/shrinking.hpp"

namespace plumbline::cli {

// What `plumbline stress` was about, for its reports.
struct stress_subject {
  const oracle::channel_type& type;
  const oracle::campaign_options& options;
  std::string command;  // runs the same programs again; with " --program I", one of them
};

// What is told of a finding beside how it went.
struct finding_context {
  std::string program;                    // in which it was found, in words
  std::string saved_as;                   // the file with its history; empty: none
  std::optional<oracle::shrunk> smaller;  // what became of the program that was found first
  std::size_t requests = 0;               // that this had
};

// The command that runs again what is shown.
std::string again(const stress_subject&, const oracle::finding&, const finding_context&);

// The line that is rewritten while the command works.
std::string progress_line(const oracle::tally&);

// What came of it: a short table, and if something was found, what, how it went, and how to see it again.
std::string report(const stress_subject&, const oracle::campaign_result&, const finding_context&);

// The same for other programs to read.
std::string as_json(const stress_subject&, const oracle::campaign_result&, const finding_context&);

}  // namespace plumbline::cli
