#pragma once
// How a property runs as a GoogleTest, and how much it did.
//
//   TEST(Channel, AgreesWithTheModel) {
//     holds(500, [](tally& did) { const auto program = *rc::gen::arbitrary<…>(); … ++did.operations; RC_ASSERT(…); });
//   }
//
// RapidCheck prints its seed when it starts, and what to put into RC_PARAMS when a property fails. RC_PARAMS also
// overrides the number of cases (max_success=…).

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>

#include "counts.hpp"

namespace plumbline::test {

struct tally {
  std::uint64_t cases = 0;
  std::uint64_t operations = 0;  // on the channel under test
};

// Says what this test did, also as properties in GoogleTest's report.
inline void report(const tally& did) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  report_counts(std::string(test.test_suite_name()) + '.' + test.name(),
                {{"cases", did.cases}, {"operations", did.operations}});
  testing::Test::RecordProperty("cases", std::to_string(did.cases));
  testing::Test::RecordProperty("operations", std::to_string(did.operations));
}

// Checks a property, a callable that takes a tally, in so many cases.
template <class Property>
void holds(int cases, Property property) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  tally did;
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(test.test_suite_name()) + '.' + test.name();
  metadata.description = metadata.id;
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  if (const char* const given = std::getenv("RC_PARAMS");
      given == nullptr || std::string(given).find("max_success") == std::string::npos) {
    params.maxSuccess = cases;
  }
  std::string last_failure;
  const auto result = rc::detail::checkTestable(
      [&did, &property, &last_failure] {
        ++did.cases;
        try {
          property(did);
        } catch (const rc::detail::CaseResult& outcome) {
          if (outcome.type == rc::detail::CaseResult::Type::Failure) {
            last_failure = outcome.description;
          }
          throw;
        }
      },
      metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) {
    std::ostringstream what;
    rc::detail::printResultMessage(result, what);
    // RapidCheck runs the smallest program that failed once more, to describe it; threads may not fail this time.
    FAIL() << what.str() << "\nThe last failure seen:\n" << last_failure;
  }
  report(did);
}

}  // namespace plumbline::test
