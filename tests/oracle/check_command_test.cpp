// `plumbline check` as its users see it: what it prints, where, and what it exits with. The reports of all histories
// that are bad are held against reports.txt and, of the stream, reports_of_stream.txt; after a change that is meant,
// write them anew, and read what has changed:
//   cd tests/oracle/histories && export LC_ALL=C.UTF-8
//   plumbline check *-bad.jsonl > ../reports.txt; plumbline check --stream *-bad.jsonl > ../reports_of_stream.txt

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

struct result {
  std::string out;
  std::string err;
  int exit_code = -1;
};

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A directory of its own for each test, for they may run at the same time.
class CheckCommand : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    scratch_ = std::filesystem::path(testing::TempDir()) / (std::string("plumbline-") + test.name());
    std::filesystem::remove_all(scratch_);
    std::filesystem::create_directories(scratch_);
  }
  void TearDown() override { std::filesystem::remove_all(scratch_); }

  // Runs the command where the histories are, in a UTF-8 locale and without a terminal.
  result run(const std::string& arguments, const std::string& environment = "LC_ALL=C.UTF-8") const {
    const std::string line = "cd '" PLUMBLINE_SOURCE_DIR "/tests/oracle/histories' && env " + environment + " '" +
                             PLUMBLINE_COMMAND "' " + arguments + " >'" + (scratch_ / "out").string() + "' 2>'" +
                             (scratch_ / "err").string() + "'";
    const int status = std::system(line.c_str());
    return {.out = content(scratch_ / "out"),
            .err = content(scratch_ / "err"),
            .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
  }

  std::filesystem::path scratch_;
};

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

TEST_F(CheckCommand, SaysThatAHistoryConforms) {
  const result r = run("check rdv-overlap-ok.jsonl");
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_EQ(r.out,
            "rdv-overlap-ok.jsonl: conforms: 2 operations, order=linearizable empty=honest full=honest capacity=exact "
            "disconnect=both\n");
  EXPECT_EQ(r.err, "");
}

TEST_F(CheckCommand, ReportsEveryBadHistoryAsRecorded) {
  const result r = run("check *-bad.jsonl");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_EQ(r.out, content(PLUMBLINE_SOURCE_DIR "/tests/oracle/reports.txt"));
  EXPECT_EQ(r.err, "");
}

TEST_F(CheckCommand, ReportsEveryBadHistoryAsTheStreamIsRecorded) {
  const result r = run("check --stream *-bad.jsonl");
  EXPECT_EQ(r.exit_code, 2) << "one is unknown";
  EXPECT_EQ(r.out, content(PLUMBLINE_SOURCE_DIR "/tests/oracle/reports_of_stream.txt"));
  EXPECT_EQ(r.err, "");
}

TEST_F(CheckCommand, ExitsWithTheWorstOfSeveralFiles) {
  EXPECT_EQ(run("check rdv-overlap-ok.jsonl rule-fifo-ok.jsonl").exit_code, 0);
  EXPECT_EQ(run("check rdv-overlap-ok.jsonl rule-fifo-bad.jsonl rule-fifo-ok.jsonl").exit_code, 1);
  const result r = run("check rule-fifo-bad.jsonl missing.jsonl rdv-overlap-ok.jsonl");
  EXPECT_EQ(r.exit_code, 3);
  EXPECT_NE(r.out.find("rdv-overlap-ok.jsonl: conforms"), std::string::npos) << "the other files are checked, too";
}

TEST_F(CheckCommand, ReadsTheStandardInput) {
  EXPECT_EQ(run("check - < rule-fifo-bad.jsonl").exit_code, 1);
  EXPECT_EQ(run("check - < rule-fifo-ok.jsonl").exit_code, 0);
}

TEST_F(CheckCommand, HoldsAHistoryToAnotherContract) {
  EXPECT_EQ(run("check --contract order=per-sender rule-fifo-bad.jsonl").exit_code, 0);
  EXPECT_EQ(run("check --contract order=linearizable,empty=honest order-per-sender-ok.jsonl").exit_code, 1);
}

TEST_F(CheckCommand, DrawsTheWholeHistoryAndMarksTheWitness) {
  const result r = run("check --whole rule-fifo-bad.jsonl");
  EXPECT_NE(r.out.find("┣ send(3) ┫"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("├ send(2) ┤"), std::string::npos) << r.out;
}

TEST_F(CheckCommand, ListsAnOrderThatTheModelConfirms) {
  EXPECT_EQ(run("check --order rule-fifo-ok.jsonl").exit_code, 0);
  EXPECT_EQ(run("check --order rdv-overlap-ok.jsonl").out,
            "rdv-overlap-ok.jsonl: conforms: 2 operations, order=linearizable empty=honest full=honest capacity=exact "
            "disconnect=both\n"
            "  It is explained by this order, which the model confirms:\n"
            "       1. thread 0: send(1) and thread 9: recv→1\n");
  EXPECT_NE(run("check --order rule-fifo-bad.jsonl").out.find("  No order explains it.\n"), std::string::npos);
}

TEST_F(CheckCommand, TellsTheLifeOfAValue) {
  const result r = run("check --life 3 --life 8 rule-fifo-bad.jsonl");
  EXPECT_NE(r.out.find("the value 3: it was sent and received\n"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("        50 – 60        sender 2, thread 2: send(3)→ok\n"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("the value 8: nobody sent or received it\n"), std::string::npos) << r.out;
}

TEST_F(CheckCommand, DecidesAStreamAsItDecidesAFile) {
  std::size_t broken = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PLUMBLINE_SOURCE_DIR "/tests/oracle/histories")) {
    const std::string file = entry.path().filename();
    const result whole = run("check --json " + file);
    const result streamed = run("check --json --stream " + file);
    // The search decides small histories of weaker contracts completely; the stream says that it does not know.
    EXPECT_TRUE(whole.exit_code == streamed.exit_code || streamed.exit_code == 2) << file << "\n" << streamed.out;
    EXPECT_EQ(streamed.err, "");
    broken += streamed.exit_code == 1 ? 1U : 0U;
  }
  EXPECT_GT(broken, 40U);
}

TEST_F(CheckCommand, StopsAStreamAtTheFirstBreach) {
  // What follows the breach is not even read.
  const result r = run("check --stream - < '" + [&] {
    const std::string file = (scratch_ / "goes-on.jsonl").string();
    std::ofstream(file) << content(PLUMBLINE_SOURCE_DIR "/tests/oracle/histories/rule-fifo-bad.jsonl") << "no event\n";
    return file;
  }() + "'");
  EXPECT_EQ(r.exit_code, 1) << r.err;
  EXPECT_EQ(
      r.out.substr(0, r.out.find('\n')),
      "-: violates FIFO (if send(a) ended before send(b) began, a arrives before b, whoever sent them), known at time "
      "100, after 5 operations had begun");
  EXPECT_NE(r.out.find("    3. but send(1) had ended at 40\n"), std::string::npos) << r.out;
}

TEST_F(CheckCommand, HoldsAStreamToAnotherContract) {
  EXPECT_EQ(run("check --stream --contract order=per-sender rule-fifo-bad.jsonl").exit_code, 0);
  EXPECT_EQ(run("check --stream --contract order=none rule-fifo-bad.jsonl").exit_code, 3);
}

TEST_F(CheckCommand, RefusesAFileLargerThanTheMemory) {
  const std::filesystem::path file = scratch_ / "large.jsonl";
  std::ofstream(file).close();
  std::filesystem::resize_file(file, std::uintmax_t{1} << 42);  // a hole: it takes no room
  const result r = run("check '" + file.string() + "'");
  EXPECT_EQ(r.exit_code, 3);
  EXPECT_NE(r.err.find("is larger (4398.0 GB) than this machine's memory; plumbline check --stream"), std::string::npos)
      << r.err;
  EXPECT_EQ(run("check --stream '" + file.string() + "'").exit_code, 3);
}

TEST_F(CheckCommand, CanDoWithoutUtf8) {
  const result r = run("check --whole rule-fifo-bad.jsonl", "LC_ALL=C");
  EXPECT_TRUE(std::ranges::all_of(r.out, [](unsigned char c) { return c < 0x80; })) << r.out;
  EXPECT_NE(r.out.find("[ send(3) ]"), std::string::npos) << r.out;
}

TEST_F(CheckCommand, SpeaksJson) {
  const result bad = run("check --json rule-fifo-bad.jsonl rdv-overlap-ok.jsonl");
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(bad.out,
            R"({"file":"rule-fifo-bad.jsonl","verdict":"violates","operations":6,"contract":)"
            R"({"order":"linearizable","empty":"honest","full":"honest","capacity":"exact","disconnect":"both"},)"
            R"("because":"3 was received before 1, but send(1) had ended before send(3) began","rule":"FIFO",)"
            R"("sentence":"if send(a) ended before send(b) began, a arrives before b, whoever sent them",)"
            R"("witness":[0,2,4,5],"keeps":)"
            R"({"order":"per-sender","empty":"honest","full":"honest","capacity":"exact","disconnect":"both"}})"
            "\n"
            R"({"file":"rdv-overlap-ok.jsonl","verdict":"conforms","operations":2,"contract":)"
            R"({"order":"linearizable","empty":"honest","full":"honest","capacity":"exact","disconnect":"both"}})"
            "\n");
}

// More operations than a search can order.
std::string long_history(const char* header, int last_received) {
  std::string lines = header;
  int time = 0;
  const auto operation = [&](const char* process, const char* what, int value, bool says_at_end) {
    const std::string begins = ",\"value\":" + std::to_string(value);
    lines += std::string(R"({"type":"invoke","process":)") + process + R"(,"f":")" + what + "\"" +
             (says_at_end ? "" : ",\"handle\":0" + begins) + ",\"time\":" + std::to_string(++time) + "}\n";
    lines += std::string(R"({"type":"ok","process":)") + process + R"(,"f":")" + what + "\"" +
             (says_at_end ? begins : "") + ",\"time\":" + std::to_string(++time) + "}\n";
  };
  for (int value = 0; value < 100; ++value) {
    operation("0", "send", value, false);
  }
  operation("1", "recv", last_received, true);
  return lines;
}

TEST_F(CheckCommand, DecidesLongHistories) {
  const std::string file = (scratch_ / "long.jsonl").string();
  const auto check = [&](const char* header, int last_received) {
    std::ofstream(file) << long_history(header, last_received);
    return run("check '" + file + "'");
  };
  const char* const unbounded = "{\"plumbline\":1,\"capacity\":null}\n";
  EXPECT_EQ(
      check(unbounded, 0).out,
      file +
          ": conforms: 101 operations, order=linearizable empty=honest full=honest capacity=exact disconnect=both\n");
  const result wrong = check(unbounded, 1);
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.out.find("1 was received and 0 never, but send(0) had ended before send(1) began"), std::string::npos)
      << wrong.out;
  EXPECT_NE(wrong.out.find("It keeps order=unordered instead of linearizable."), std::string::npos) << wrong.out;
}

TEST_F(CheckCommand, SaysThatItDoesNotKnow) {
  const std::string file = (scratch_ / "long.jsonl").string();
  std::ofstream(file) << long_history(R"({"plumbline":1,"capacity":200,"contract":{"order":"unordered"}})"
                                      "\n",
                                      1);
  const result r = run("check '" + file + "'");
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_EQ(r.out, file +
                       ": unknown: no breach was found, but where values have no common order, not every breach of a "
                       "capacity is; the history has 101 operations, and the exhaustive search takes at most 40\n");
}

TEST_F(CheckCommand, ReadsTheListsOfOtherCheckers) {
  std::ofstream(scratch_ / "good") << "# queue\nenq 1 1 2\nenq 2 3 4\ndeq 1 5 6\n";
  std::ofstream(scratch_ / "bad") << "# queue\nenq 1 1 2\nenq 2 3 4\ndeq 2 5 6\n";
  const std::string here = "'" + scratch_.string() + "'/";
  for (const auto& [list, code] : {std::pair("good", 0), std::pair("bad", 1)}) {
    EXPECT_EQ(run("check --from polylin " + here + list).exit_code, code);
    // The same from one format into another, and on.
    ASSERT_EQ(run("export --from polylin --to porcupine " + here + list).exit_code, 0);
    std::filesystem::rename(scratch_ / "out", scratch_ / "as-porcupine");
    EXPECT_EQ(run("check --from porcupine " + here + "as-porcupine").exit_code, code);
    ASSERT_EQ(run("export --from porcupine --to jsonl " + here + "as-porcupine").exit_code, 0);
    std::filesystem::rename(scratch_ / "out", scratch_ / "as-jsonl");
    EXPECT_EQ(run("check " + here + "as-jsonl").exit_code, code);
    const result back = run("export --to polylin " + here + "as-jsonl");
    EXPECT_EQ(back.out, content(scratch_ / list)) << back.err;
  }
}

TEST_F(CheckCommand, WhoKeepsTheStrongestOrderKeepsTheWeakOnes) {
  const std::string file = (scratch_ / "long.jsonl").string();
  std::ofstream(file) << long_history(R"({"plumbline":1,"capacity":200,"contract":{"order":"unordered"}})"
                                      "\n",
                                      0);
  EXPECT_EQ(run("check '" + file + "'").exit_code, 0);
}

TEST_F(CheckCommand, JsonIsNotForPeople) {
  for (const char* const flag : {"--whole", "--order", "--life 1"}) {
    const result r = run(std::string("check --json ") + flag + " rule-fifo-ok.jsonl");
    EXPECT_EQ(r.exit_code, 3) << flag;
    EXPECT_EQ(r.out, "") << flag;
  }
}

TEST_F(CheckCommand, HelpAndVersionAreNoMisuse) {
  EXPECT_EQ(run("--help").exit_code, 0);
  EXPECT_EQ(run("check --help").exit_code, 0);
  const result version = run("--version");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out.substr(0, 10), "plumbline ");
}

TEST_F(CheckCommand, RefusesWhatItDoesNotUnderstandInOneLine) {
  std::ofstream(scratch_ / "empty.jsonl").close();
  std::ofstream(scratch_ / "backwards.jsonl")
      << "{\"plumbline\":1,\"capacity\":1}\n"
         R"({"type":"invoke","process":0,"f":"recv","time":3})"
         "\n"
         R"({"type":"fail","process":0,"f":"recv","error":"disconnected","time":2})"
         "\n";
  const std::string here = "'" + scratch_.string() + "'";
  const struct {
    std::string arguments;
    std::string says;
  } misuses[] = {
      {"", "plumbline: which command?; see plumbline --help"},
      {"--nope", "plumbline: The following argument was not expected: --nope; see plumbline --help"},
      {"chekc x.jsonl", "plumbline: The following arguments were not expected: "},
      {"check", "plumbline: FILE is required; see plumbline --help"},
      {"check --nope rule-fifo-ok.jsonl", "plumbline: The following argument was not expected: --nope"},
      {"check --contract order=sorted rule-fifo-ok.jsonl",
       "plumbline check: --contract: the contract's order cannot be \"sorted\": it is one of linearizable, per-sender, "
       "unordered"},
      {"check missing.jsonl", "missing.jsonl: cannot be opened: No such file or directory"},
      {"check --from xml rule-fifo-ok.jsonl", "plumbline: --from: xml not in {jsonl,polylin,porcupine}"},
      {"check --from polylin rule-fifo-ok.jsonl", "rule-fifo-ok.jsonl:1: the first line has to be `# queue`"},
      {"check --from porcupine rule-fifo-ok.jsonl",
       "rule-fifo-ok.jsonl:1: the file has to be a JSON list of operations, [{\"ClientId\":…},…]"},
      {"export --to polylin rule-capacity-ok.jsonl",
       "rule-capacity-ok.jsonl: not for polylin: its capacity is 2, and such a list is of an unbounded channel"},
      {"export --to porcupine rule-recv-disconnected-ok.jsonl", "rule-recv-disconnected-ok.jsonl: not for porcupine: "},
      {"export --to jsonl rule-fifo-ok.jsonl rule-fifo-bad.jsonl", "plumbline: --to jsonl: takes one FILE"},
      {"check " + here, scratch_.string() + ": is a directory, and not a history file"},
      {"check " + here + "/empty.jsonl", scratch_.string() + "/empty.jsonl:1: the file is empty"},
      {"check " + here + "/backwards.jsonl", scratch_.string() + "/backwards.jsonl:3: time goes backwards: 2 after 3"},
  };
  for (const auto& misuse : misuses) {
    const result r = run(misuse.arguments);
    EXPECT_EQ(r.exit_code, 3) << misuse.arguments;
    EXPECT_EQ(r.err.substr(0, misuse.says.size()), misuse.says) << misuse.arguments;
    EXPECT_EQ(lines(r.err), 1U) << r.err;
    EXPECT_EQ(r.out, "") << misuse.arguments;
  }
}

}  // namespace
