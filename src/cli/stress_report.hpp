#pragma once

#include <cstdint>
#include <string>

#include "plumbline/oracle/adapter.hpp"
#include "plumbline/oracle/harness.hpp"

namespace plumbline::cli {

// What `plumbline stress` was about, for its reports.
struct stress_subject {
  const oracle::channel_type& type;
  const oracle::campaign_options& options;
  std::string command;  // runs the same programs again; with " --program I", one of them
};

// The line that is rewritten while the command works.
std::string progress_line(const oracle::tally&);

// What came of it, on stdout: a short table, and if something was found, what, how it went, and how to see it again.
// `example` is the program in which it was found.
void print_report(const stress_subject&, const oracle::campaign_result&, const std::string& saved_as,
                  const std::string& example);

// The same for other programs to read.
std::string as_json(const stress_subject&, const oracle::campaign_result&);

}  // namespace plumbline::cli
