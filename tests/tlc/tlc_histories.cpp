// Histories for TLC (spec/judge), a line each, with what the search and the checker say of them. They have to agree.
//   plumbline_tlc_histories recorded COUNT SEED   of the reference channel on real threads; each also with one
//                                               change, and with an operation that hangs
//   plumbline_tlc_histories small                 every history of at most two operations, one and two senders
//   plumbline_tlc_histories random COUNT SEED     legal ones, ones changed in a few places, and mere inventions
// Exit codes: 0 written; 1 the search and the checker disagree; 3 misuse.

#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "cross_check.hpp"
#include "enumeration_of_records.hpp"
#include "number.hpp"
#include "plumbline/oracle/checker.hpp"
#include "plumbline/oracle/linearize.hpp"
#include "plumbline/oracle/program.hpp"
#include "plumbline/oracle/registry.hpp"
#include "plumbline/oracle/runner.hpp"
#include "plumbline/oracle/scheduling.hpp"
#include "plumbline/oracle/tlc.hpp"
#include "simulation.hpp"

namespace plumbline::oracle::test {
namespace {

class disagreement_found : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class writer {
 public:
  // Writes the history, unless it is none, or none that TLC can be asked about.
  bool write(const std::string& source, const history& h) {
    if (h.operations.empty() || !malformed(h).empty()) {
      return false;
    }
    const auto trace = to_tlc(h);
    if (!trace) {
      return false;
    }
    const judgement by_search = linearize(h);
    const verdict by_checker = check(h);
    if (by_search == judgement::unknown) {
      return false;
    }
    if (by_search != by_checker.what) {
      throw disagreement_found("the search and the checker disagree on\n" + to_text(h));
    }
    std::cout << to_json(*trace, source + " " + std::to_string(++written_), by_search == judgement::conforms) << '\n';
    return true;
  }
  std::uint64_t written() const { return written_; }

 private:
  std::uint64_t written_ = 0;
};

// As if one operation had never returned, nor its thread gone on, and nothing moved any more.
history stuck(std::mt19937_64& random, history h) {
  const std::size_t at = random() % h.operations.size();
  h.operations[at].result = outcome::pending;
  h.operations[at].end = operation::never;
  h.operations[at].value = is_send(h.operations[at].kind) ? h.operations[at].value : 0;
  const operation hangs = h.operations[at];
  std::erase_if(h.operations, [&](const operation& o) { return o.thread == hangs.thread && o.begin > hangs.begin; });
  h.quiescent = true;
  return h;
}

void recorded(std::uint64_t count, std::uint64_t seed) {
  const channel_type reference = registered_channels().at(0);  // no other is linked in
  runner threads(reference, reference.promises);
  const program_shape shape = shape_for(reference);
  std::mt19937_64 random(seed);
  writer out;
  for (std::uint64_t index = 0; out.written() < count; ++index) {
    const history h = threads.run(generate(shape, seed, index), seed + index, scheduling(), index).recorded;
    if (!out.write("recorded", h)) {
      continue;
    }
    history changed = h;
    while (changed.operations == h.operations) {
      mutate(random, changed);
    }
    out.write("recorded and changed", changed);
    out.write("recorded and stuck", stuck(random, h));
  }
}

void small() {
  writer out;
  for (const std::uint32_t senders : {1U, 2U}) {
    for_each_record({.operations = 2, .senders = senders}, [&](history& h) {
      h.promised = {};
      for (const oracle::capacity capacity : {oracle::capacity(), oracle::capacity(0), oracle::capacity(1)}) {
        h.capacity = capacity;
        for (const bool quiescent : {false, true}) {
          h.quiescent = quiescent;
          out.write("small", h);
        }
      }
    });
  }
}

void random_ones(std::uint64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  writer out;
  while (out.written() < count) {
    history h = random_case(random, 8);
    h.promised = {};
    out.write("random", h);
  }
}

int write(const std::vector<char*>& arguments) {
  const std::string what = arguments.size() > 1 ? arguments[1] : "";
  if (what == "small" && arguments.size() == 2) {
    small();
  } else if (what == "recorded" && arguments.size() == 4) {
    recorded(plumbline::test::number(arguments[2]), plumbline::test::number(arguments[3]));
  } else if (what == "random" && arguments.size() == 4) {
    random_ones(plumbline::test::number(arguments[2]), plumbline::test::number(arguments[3]));
  } else {
    throw std::invalid_argument("usage: plumbline_tlc_histories recorded COUNT SEED | small | random COUNT SEED");
  }
  return 0;
}

}  // namespace
}  // namespace plumbline::oracle::test

int main(int argc, char** argv) {
  try {
    return plumbline::oracle::test::write({argv, argv + argc});
  } catch (const plumbline::oracle::test::disagreement_found& found) {
    std::cerr << found.what() << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "plumbline_tlc_histories: " << error.what() << '\n';
    return 3;
  }
}
