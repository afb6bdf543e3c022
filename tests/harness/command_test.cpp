// The plumbline command as a user meets it: what it prints, what it exits with, what a hang, a crash and a violation
// look like, and that what it says to type to see a failure again does show it again.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct outcome_of_command {
  int status = -1;  // exit code; -1: ended by a signal
  std::string out;
  std::string err;
};

const std::string broken_plugin = PLUMBLINE_TEST_PLUGINS "/libbroken.so";
const std::string rude_plugin = PLUMBLINE_TEST_PLUGINS "/librude.so";

// A directory of this test, in which the command runs: it may leave files.
class Command : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "plumbline-command-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  pid_t start(std::vector<std::string> words) {
    words.insert(words.begin(), command_);
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory_.c_str());
    posix_spawn_file_actions_addopen(&actions, 1, file("out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, file("err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
  }

  outcome_of_command finish(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents("out"), contents("err")};
  }

  outcome_of_command run(std::vector<std::string> words) { return finish(start(std::move(words))); }

  std::string file(const std::string& name) const { return (directory_ / name).string(); }
  std::string contents(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(file(name)).rdbuf();
    return text.str();
  }

  // Exit code 3, nothing on stdout, and one line on stderr with these parts.
  void expect_misuse(std::vector<std::string> words, const std::vector<std::string>& parts) {
    const outcome_of_command said = run(std::move(words));
    EXPECT_EQ(said.status, 3) << said.out << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_EQ(std::count(said.err.begin(), said.err.end(), '\n'), 1) << said.err;
    for (const std::string& part : parts) {
      EXPECT_NE(said.err.find(part), std::string::npos) << "\"" << part << "\" is not in: " << said.err;
    }
  }

  std::filesystem::path directory_;
  std::string command_ = PLUMBLINE_COMMAND;
};

void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in:\n" << text;
  }
}

// The words of the command that the report says to type, without the program's name, as which it was called.
std::vector<std::string> replay_in(const std::string& text, const std::string& command = PLUMBLINE_COMMAND) {
  const std::string intro = "  again         " + command + " stress ";
  const std::size_t line = text.rfind(intro);
  if (line == std::string::npos) {
    return {};
  }
  std::istringstream rest(text.substr(line + intro.size(), text.find('\n', line) - line - intro.size()));
  std::vector<std::string> words = {"stress"};
  for (std::string word; rest >> word;) {
    words.push_back(word);
  }
  return words;
}

TEST_F(Command, ListsItsChannels) {
  const outcome_of_command said = run({"channels"});
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.err, "");
  expect_parts(said.out, {"channel", "order", "reference", "linearizable", "send try_send send_for"});
}

TEST_F(Command, ListsTheChannelsOfAPlugin) {
  const outcome_of_command said = run({"channels", "--plugin", broken_plugin});
  EXPECT_EQ(said.status, 0) << said.err;
  expect_parts(said.out, {"channel", "sound ", "crashes "});
  EXPECT_EQ(said.out.find("reference "), std::string::npos) << said.out;
  expect_misuse({"channels", "--plugin", "nowhere.so"}, {"nowhere.so"});
}

TEST_F(Command, ChannelsThatCannotBeMeant) {
  expect_misuse({"stress", "--channel", "nowhere"}, {"unknown channel nowhere", "known are:", "reference"});
  expect_misuse({"stress"}, {"which channel?", "reference"});
  expect_misuse({"stress", "--plugin", broken_plugin}, {"which channel?", "sound", "crashes"});
  expect_misuse({"stress", "--plugin", broken_plugin, "--channel", "nowhere"}, {"unknown channel nowhere", "sound"});
  expect_misuse({"stress", "--plugin", "nowhere.so"}, {"nowhere.so"});
  expect_misuse({"stress", "--plugin", "out"}, {"out"});  // a file, but no library
  expect_misuse({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libwrong_abi.so"}, {"speaks version 2"});
  expect_misuse({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libno_symbol.so"}, {"does not export"});
  expect_misuse({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libcontradictory_0.so"}, {"contradicts itself"});
  expect_misuse({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libhangs_when_loaded.so", "--hang-after", "0.1"},
                {"libhangs_when_loaded.so", "it has hung for 3 s while it was being loaded"});
}

TEST_F(Command, FlagsThatMakeNoSense) {
  const auto misuse = [this](const std::string& flag, const std::string& value) {
    expect_misuse({"stress", "--channel", "reference", flag, value}, {flag.substr(2)});
  };
  for (const char* const capacity : {"-1", "lots", "99999999999999999999", "1.5", "4294967296"}) {
    misuse("--capacity", capacity);
  }
  misuse("--seconds", "0");
  misuse("--seconds", "-3");
  misuse("--seconds", "nan");
  misuse("--seconds", "1e99");
  misuse("--programs", "0");
  misuse("--operations", "0");
  misuse("--shard", "0/3");
  misuse("--shard", "4/3");
  misuse("--shard", "1");
  misuse("--shard", "1/2");  // of which seed?
  misuse("--programs", "-5");
  misuse("--seed", "-1");
  for (const char* const flag : {"--seed", "--program", "--programs", "--operations", "--shrink", "--without"}) {
    misuse(flag, "18446744073709551616");
    misuse(flag, "0x10");
  }
  misuse("--hang-after", "0");
  misuse("--hang-after", "nan");
  misuse("--hang-after", "1e9");
  misuse("--senders", "0");
  misuse("--senders", "9");
  misuse("--jobs", "0");
  misuse("--jobs", "10000");
  misuse("--without", "-1");
  misuse("--shrink", "-1");
  expect_misuse({"stress", "--channel", "reference", "--without", "1"}, {"of one program only"});
  expect_misuse({"stress", "--channel", "reference", "--seed", "1", "--program", "1", "--without", "1000"},
                {"has no such requests"});
  misuse("--contract", "order=sometimes");
  misuse("--contract", "nonsense");
  misuse("--json", "no/such/directory/file");
  misuse("--save", "no/such/directory/file");
  expect_misuse({"stress", "--channel", "reference", "--frobnicate"}, {"--frobnicate"});
  expect_misuse({"stress", "--plugin", broken_plugin, "--channel", "sound", "--capacity", "0"},
                {"sound cannot be made with capacity 0"});
}

TEST_F(Command, TheReferenceConforms) {
  const outcome_of_command said =
      run({"stress", "--channel", "reference", "--programs", "1000", "--seed", "1", "--json", "result.json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_EQ(said.err, "") << "nothing is shown of the progress if nobody watches";
  expect_parts(said.out, {"seed 1", "1 000", "conforms", "order=linearizable", "lifetimes     looked at in 1 000"});
  const nlohmann::json result = nlohmann::json::parse(contents("result.json"));
  EXPECT_EQ(result["channel"], "reference");
  EXPECT_EQ(result["verdict"], "conforms");
  EXPECT_EQ(result["programs"], 1000);
  EXPECT_GT(result["operations"], 5000);
  EXPECT_EQ(result["undecided"], 0);
  EXPECT_TRUE(result["rule"].is_null());
  EXPECT_EQ(result["contract"]["disconnect"], "both");
  EXPECT_GT(result["seconds"], 0.0);
}

TEST_F(Command, TheHeaderSaysWhatTheProgramsArePerturbedBy) {
  const std::vector<std::string> stress = {"stress", "--channel", "reference", "--programs", "200", "--seed", "1"};
  const outcome_of_command said = run(stress);
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  // What is not permitted where this test runs is said, too.
  expect_parts(said.out, {"perturbed by  pauses, yields; now and then ", " pinned", "priority"});
  std::vector<std::string> unscheduled = stress;
  unscheduled.emplace_back("--unscheduled");
  expect_parts(run(unscheduled).out, {"perturbed by  pauses, yields\n"});
}

TEST_F(Command, SeveralJobsAtOnce) {
  const outcome_of_command said =
      run({"stress", "--channel", "reference", "--programs", "1000", "--seed", "1", "--jobs", "3"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"1 000", "conforms"});
}

TEST_F(Command, AViolationIsShownSavedAndReplayed) {
  const outcome_of_command said =
      run({"stress", "--plugin", broken_plugin, "--channel", "loses-tail-at-close", "--seed", "5", "--seconds", "30",
           "--json", "result.json", "--save", "bad.jsonl"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"loses-tail-at-close violates ", "program ", "shrunk ", "history       bad.jsonl", "again "});
  EXPECT_NE(contents("bad.jsonl"), "");
  const nlohmann::json result = nlohmann::json::parse(contents("result.json"));
  EXPECT_EQ(result["verdict"], "violates");
  EXPECT_TRUE(result["rule"] == "NO-LOSS" || result["rule"] == "RECV-DISCONNECTED") << result["rule"];

  const std::vector<std::string> again = replay_in(said.out);
  ASSERT_FALSE(again.empty()) << said.out;
  EXPECT_NE(std::find(again.begin(), again.end(), "--program"), again.end());
  const outcome_of_command replayed = run(again);
  EXPECT_EQ(replayed.status, 1) << replayed.out << replayed.err;
  const auto number = std::find(again.begin(), again.end(), "--program") + 1;
  expect_parts(replayed.out, {"loses-tail-at-close violates ", "number " + *number + " of seed 5"});
  // A value, its sender's drop, and a receiver: there is nothing more to it.
  EXPECT_LE(result["requests"], 4) << said.out;
}

TEST_F(Command, AProgramThatDoesNotFailAgainIsSaidNotTo) {
  const outcome_of_command said =
      run({"stress", "--channel", "reference", "--seed", "1", "--program", "3", "--programs", "100"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"conforms, in 100 runs of this program; what it may have shown before did not show again"});
}

TEST_F(Command, ShrinkingCanBeLeftOut) {
  const outcome_of_command said = run({"stress", "--plugin", broken_plugin, "--channel", "loses-tail-at-close",
                                       "--seed", "5", "--seconds", "30", "--shrink", "0"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_EQ(said.out.find("shrunk"), std::string::npos) << said.out;
  EXPECT_EQ(said.out.find("--without"), std::string::npos) << said.out;
}

TEST_F(Command, ACardSaysWhatWasNotRefuted) {
  const outcome_of_command said =
      run({"card", "--channel", "reference", "--programs", "300", "--seed", "1", "--json", "card.json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"reference ", "contract card", "order      linearizable  linearizable\n", "300 programs",
                          "different situations, seed 1"});
  const nlohmann::json result = nlohmann::json::parse(contents("card.json"));
  EXPECT_EQ(result["keeps"]["order"], "linearizable");
  EXPECT_GT(result["situations"].size(), 20U);
  EXPECT_EQ(run({"card", "--channel", "nowhere"}).status, 3);
}

TEST_F(Command, ACardOfAChannelThatBreaksItsContractSaysSo) {
  const outcome_of_command said =
      run({"card", "--plugin", broken_plugin, "--channel", "loses-tail-at-close", "--seed", "5", "--seconds", "30"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"It VIOLATES ", "plumbline stress --plugin"});
  const outcome_of_command crashed =
      run({"card", "--plugin", broken_plugin, "--channel", "crashes", "--seed", "1", "--seconds", "60"});
  EXPECT_EQ(crashed.status, 1) << crashed.out << crashed.err;
  expect_parts(crashed.out, {"It CRASHED: it"});
}

TEST_F(Command, CardsAreATableAndAPage) {
  const outcome_of_command said = run({"cards", "--channel", "reference", "--seconds", "1", "--page", "cards.md"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"channel    version", "reference  ", "conforms\n"});
  expect_parts(contents("cards.md"), {"| reference | ", "Written by `plumbline cards --seconds 1 --seed 1"});
}

// Nobody is left to write its result, but it is not left out.
TEST_F(Command, AChannelThatEndsTheProcessHasARowAmongTheCards) {
  std::filesystem::copy(PLUMBLINE_PAYLOADS_COMMAND, file("plumbline"));  // it looks for plug-ins beside it
  std::filesystem::create_directory(file("plumbline-channels"));
  std::filesystem::create_symlink(rude_plugin, file("plumbline-channels/librude.so"));
  command_ = file("plumbline");
  const outcome_of_command said = run({"cards", "--channel", "leaves-at-once", "--channel", "sound", "--seconds", "1",
                                       "--seed", "7", "--page", "cards.md", "--json", "cards.json"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"leaves-at-once  1.0 ", "0           crashed\n", "sound ", "conforms\n"});
  const std::string again = command_ + " stress --channel leaves-at-once --seed 7";
  expect_parts(contents("cards.md"),
               {"| leaves-at-once | 1.0 | ", " | crashed |\n", "**leaves-at-once** crashed: ", again});
  const nlohmann::json results = nlohmann::json::parse(contents("cards.json"));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0]["verdict"], "crashed");
  EXPECT_EQ(results[1]["verdict"], "conforms");
}

TEST_F(Command, CardsThatCannotBeMade) {
  expect_misuse({"cards", "--channel", "nowhere"}, {"unknown channel nowhere", "known are:", "reference"});
  expect_misuse({"cards", "--seconds", "0"}, {"--seconds 0"});
  expect_misuse({"cards", "--seed", "18446744073709551616"}, {"--seed"});
}

TEST_F(Command, WhereCardsGoIsTriedBeforeTheyAreMade) {
  expect_misuse({"cards", "--channel", "reference", "--seconds", "100", "--page", "no/such/directory/file"},
                {"--page no/such/directory/file: this file cannot be written"});
  expect_misuse({"card", "--channel", "reference", "--seconds", "100", "--json", "no/such/directory/file"},
                {"--json no/such/directory/file: this file cannot be written"});
}

TEST_F(Command, ShardsAreMergedIntoOneCard) {
  for (const std::string shard : {"1/2", "2/2"}) {
    const outcome_of_command said = run({"stress", "--channel", "reference", "--seed", "1", "--programs", "100",
                                         "--shard", shard, "--json", shard.substr(0, 1) + ".json"});
    EXPECT_EQ(said.status, 0) << said.out << said.err;
  }
  const outcome_of_command both = run({"merge", "1.json", "2.json", "--json", "both.json"});
  EXPECT_EQ(both.status, 0) << both.out << both.err;
  expect_parts(both.out, {"of 200 programs", "seed 1"});
  const auto read = [&](const std::string& name) { return nlohmann::json::parse(contents(name)); };
  EXPECT_EQ(read("both.json")["operations"],
            read("1.json")["operations"].get<int>() + read("2.json")["operations"].get<int>());
  EXPECT_GE(read("both.json")["situations"].size(), read("1.json")["situations"].size());

  // A violation in one shard is one of the whole.
  run({"stress", "--plugin", broken_plugin, "--channel", "sound", "--seed", "5", "--programs", "10", "--json",
       "1.json"});
  expect_misuse({"merge", "1.json", "both.json"}, {"different channels"});
  expect_misuse({"merge", "nowhere.json"}, {"nowhere.json: cannot be opened"});
  std::ofstream(file("no.json")) << "{}";
  expect_misuse({"merge", "no.json"}, {"no.json: is no result"});
}

TEST_F(Command, NoProgramIsMergedTwice) {
  for (const std::string shard : {"1/2", "2/2", "3/4"}) {
    run({"stress", "--channel", "reference", "--seed", "1", "--programs", "10", "--shard", shard, "--json",
         shard.substr(0, 1) + shard.substr(2) + ".json"});
  }
  expect_misuse({"merge", "12.json", "12.json"}, {"counted twice", "--seed 1", "shard 1/2 and with shard 1/2"});
  expect_misuse({"merge", "12.json", "34.json"}, {"shard 1/2 and with shard 3/4"});
  EXPECT_EQ(run({"merge", "22.json", "34.json", "--json", "all.json"}).status, 0);
  expect_misuse({"merge", "all.json", "22.json"}, {"shard 2/2 and with shard 2/2"});
}

TEST_F(Command, ResultsThatAreNone) {
  run({"stress", "--channel", "reference", "--seed", "1", "--programs", "10", "--json", "good.json"});
  const nlohmann::json good = nlohmann::json::parse(contents("good.json"));
  const auto expect_refused = [&](const std::string& key, const nlohmann::json& value, const std::string& why) {
    nlohmann::json bad = good;
    bad[key] = value;
    std::ofstream(file("bad.json")) << bad;
    expect_misuse({"merge", "bad.json"}, {"bad.json: is no result", why});
  };
  expect_refused("programs", -5, "its \"programs\" is -5");
  expect_refused("operations", 1.5, "its \"operations\" is 1.5");
  expect_refused("undecided", "none", "its \"undecided\" is \"none\"");
  expect_refused("verdict", "fine", "its \"verdict\" is \"fine\", and none of conforms, ");
  expect_refused("campaigns", {{{"command", "plumbline stress"}, {"shard", 0}, {"shards", 0}}}, "is no campaign");
  expect_refused("stronger", {3}, "with number");
  expect_refused("seconds", "long", "must be number");
}

// Whatever becomes of a campaign, an earlier result is not taken for its own.
TEST_F(Command, NoResultIsStaleOrLost) {
  const std::vector<std::string> good = {"stress", "--plugin",   broken_plugin, "--channel", "sound",      "--seed",
                                         "1",      "--programs", "10",          "--json",    "result.json"};
  EXPECT_EQ(run(good).status, 0);
  run({"stress", "--plugin", rude_plugin, "--channel", "leaves-at-once", "--seed", "1", "--json", "result.json"});
  const outcome_of_command crashed = run({"merge", "result.json"});
  EXPECT_EQ(crashed.status, 1) << crashed.out << crashed.err;
  expect_parts(crashed.out, {"It CRASHED: it"});

  EXPECT_EQ(run(good).status, 0);
  run({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libexits_when_loaded.so", "--json", "result.json"});
  expect_misuse({"merge", "result.json"}, {"result.json: is no result", "it is empty"});

  EXPECT_EQ(run(good).status, 0);
  expect_misuse({"card", "--channel", "nowhere", "--json", "result.json"}, {"nowhere"});
  EXPECT_EQ(contents("result.json"), "");

  run({"stress", "--plugin", rude_plugin, "--channel", "says-nothing", "--seed", "1", "--json", "result.json"});
  const outcome_of_command misused = run({"merge", "result.json"});
  EXPECT_EQ(misused.status, 3) << misused.out << misused.err;
  expect_parts(misused.out, {"It cannot be judged: an operation recv returned no outcome"});

  const outcome_of_command lost =
      run({"stress", "--channel", "reference", "--seed", "1", "--programs", "10", "--json", "/dev/full"});
  EXPECT_EQ(lost.status, 3) << lost.out << lost.err;
  expect_parts(lost.out, {"conforms, in 10 programs"});
  expect_parts(lost.err, {"--json /dev/full: this file cannot be written"});
}

TEST_F(Command, AReceiverThatIsNeverWokenIsAVerdict) {
  const outcome_of_command said =
      run({"stress", "--plugin", broken_plugin, "--channel", "silent-last-drop", "--seed", "1", "--seconds", "60"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"silent-last-drop violates WAKE-RECV", "It hangs", "Blocked: recv", "again "});
}

TEST_F(Command, HowLongNothingMovesInAHangCanBeSaid) {
  const outcome_of_command said = run({"stress", "--plugin", broken_plugin, "--channel", "silent-last-drop", "--seed",
                                       "1", "--seconds", "60", "--hang-after", "2.5", "--shrink", "0"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"nothing has moved for 2500 ms", "--hang-after 2.5 --seed 1 --program "});
}

// A history has no deadlines, and no values that come back.
TEST_F(Command, AHistoryThatAloneDoesNotShowWhatWasFoundIsSaidNotTo) {
  const outcome_of_command said = run({"stress", "--plugin", broken_plugin, "--channel", "gives-up-early", "--seed",
                                       "1", "--seconds", "60", "--save", "early.jsonl"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  const std::string note = "which alone does not show this: plumbline check finds no breach in it";
  expect_parts(said.out, {"gives-up-early violates TIMEOUT-CLEAN", note});
  EXPECT_EQ(run({"check", "early.jsonl"}).status, 0);

  const outcome_of_command shown = run({"stress", "--plugin", broken_plugin, "--channel", "loses-tail-at-close",
                                        "--seed", "1", "--seconds", "60", "--save", "tail.jsonl"});
  EXPECT_EQ(shown.out.find(note), std::string::npos) << shown.out;
  EXPECT_EQ(run({"check", "tail.jsonl"}).status, 1);
}

// It keeps its contract, for it is always full; but that says little.
TEST_F(Command, ThatNothingGotThroughIsSaid) {
  const std::vector<std::string> stress = {"--plugin", rude_plugin,  "--channel", "takes-nothing", "--seed",
                                           "1",        "--programs", "100",       "--contract",    "full=spurious"};
  const auto run_with = [&](std::vector<std::string> words) {
    words.insert(words.end(), stress.begin(), stress.end());
    return run(std::move(words));
  };
  const outcome_of_command said = run_with({"stress", "--json", "result.json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"values        none got through: no program received one", "conforms"});
  EXPECT_EQ(nlohmann::json::parse(contents("result.json"))["received"], 0);
  expect_parts(run_with({"card"}).out, {"values: none got through"});
  const outcome_of_command sound =
      run({"stress", "--plugin", broken_plugin, "--channel", "sound", "--seed", "1", "--programs", "100"});
  EXPECT_EQ(sound.out.find("got through"), std::string::npos) << sound.out;
}

TEST_F(Command, ASenderThatIsNeverWokenIsAVerdict) {
  const outcome_of_command said = run({"stress", "--plugin", broken_plugin, "--channel", "wakes-one-sender-at-drop",
                                       "--seed", "1", "--capacity", "1", "--senders", "4", "--seconds", "60"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"wakes-one-sender-at-drop violates WAKE-SEND", "It hangs", "Blocked: send", "again "});
}

#if !PLUMBLINE_SANITIZED  // ThreadSanitizer sees a mutex that is locked twice
TEST_F(Command, ADestructorThatCallsBackIsAVerdictIfItHangs) {
  command_ = PLUMBLINE_PAYLOADS_COMMAND;
  const std::vector<std::string> stress = {"stress", "--channel", "destroys-under-its-mutex", "--seed", "1"};
  const auto with = [&stress](std::vector<std::string> more) {
    more.insert(more.begin(), stress.begin(), stress.end());
    return more;
  };
  const outcome_of_command plain = run(with({"--payload", "plain", "--programs", "500"}));
  EXPECT_EQ(plain.status, 0) << plain.out << plain.err;

  const outcome_of_command said = run(with({"--seconds", "60", "--shrink", "0"}));
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"destroys-under-its-mutex violates WAKE-RECV: drop_receiver does not wait for others",
                          "Blocked: drop(receiver) of thread ", "payload reentrant: ", "which its destructor drops"});
  // The seed says which payload a program carries, so nothing else is needed to see it again.
  const std::vector<std::string> again = replay_in(said.out, command_);
  ASSERT_FALSE(again.empty()) << said.out;
  EXPECT_EQ(std::ranges::find(again, "--payload"), again.end());
  const outcome_of_command replayed = run(again);
  EXPECT_EQ(replayed.status, 1) << replayed.out << replayed.err;
  expect_parts(replayed.out, {"payload reentrant: ", "violates WAKE-RECV"});
}
#endif

TEST_F(Command, APayloadThatIsAskedForIsPartOfTheReplay) {
  command_ = PLUMBLINE_PAYLOADS_COMMAND;
  const outcome_of_command said =
      run({"stress", "--channel", "sound", "--payload", "large", "--seed", "1", "--programs", "100"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"payload       large\n", "lifetimes     looked at in 100 programs"});
  expect_misuse({"stress", "--channel", "sound", "--payload", "huge"},
                {"--payload huge: it is one of plain, slow, reentrant, large, aligned, throwing"});
  command_ = PLUMBLINE_COMMAND;
  expect_misuse({"stress", "--channel", "reference", "--payload", "throwing"},
                {"reference does not accept the payload throwing"});
  expect_misuse({"stress", "--plugin", broken_plugin, "--channel", "sound", "--payload", "slow"},
                {"sound cannot carry a payload"});
}

TEST_F(Command, ACrashKeepsSeedProgramAndHistory) {
  for (const std::string channel : {"crashes", "throws"}) {
    const outcome_of_command said = run({"stress", "--plugin", broken_plugin, "--channel", channel, "--seed", "1",
                                         "--seconds", "60", "--json", "result.json", "--save", "history.jsonl"});
    EXPECT_EQ(said.status, 1) << said.out << said.err;
    expect_parts(said.out, {channel + " crashed: it", "receiver  ", " of seed 1: ", "history       history.jsonl",
                            "plumbline stress --plugin", "--seed 1 --program "});
    const nlohmann::json result = nlohmann::json::parse(contents("result.json"));
    EXPECT_EQ(result["verdict"], "crashed");
    EXPECT_EQ(result["seed"], 1);
    EXPECT_EQ(result["programs"], result["program"].get<int>() + 1);
    EXPECT_EQ(result["history"], "history.jsonl");
    const std::vector<std::string> again = replay_in(said.out);
    EXPECT_NE(std::ranges::find(again, result["program"].dump()), again.end()) << said.out;
    const outcome_of_command checked = run({"check", "history.jsonl"});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    // What had begun and not ended is pending. (Another thread may have gone on for a moment.)
    std::istringstream history(contents("history.jsonl"));
    int pending = 0;
    for (std::string line; std::getline(history, line);) {
      pending += line.find("\"type\":") == std::string::npos             ? 0
                 : line.find("\"type\":\"invoke\"") != std::string::npos ? 1
                                                                         : -1;
    }
    EXPECT_GE(pending, 1) << contents("history.jsonl");
  }
}

// Of several programs at once it is the one that crashed.
TEST_F(Command, ACrashInOneOfSeveralJobs) {
  const outcome_of_command said = run(
      {"stress", "--plugin", broken_plugin, "--channel", "crashes", "--seed", "1", "--seconds", "60", "--jobs", "3"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  const outcome_of_command replayed = run(replay_in(said.out));
  EXPECT_EQ(replayed.status, 1) << replayed.out << replayed.err;
  expect_parts(replayed.out, {"crashes crashed: it"});
}

// What was found before is not lost by it, nor does it go astray if the channel goes to another directory.
TEST_F(Command, ACrashWhileAFindingIsMadeSmaller) {
  const outcome_of_command said = run({"stress", "--plugin", rude_plugin, "--channel", "lies-once-and-crashes-then",
                                       "--seed", "1", "--seconds", "60", "--json", "result.json"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out,
               {"lies-once-and-crashes-then violates INTEGRITY: recv returned 1000, which nobody sent",
                "history       plumbline-lies-once", "while a smaller one was looked for, it ended with SIGABRT"});
  const nlohmann::json result = nlohmann::json::parse(contents("result.json"));
  EXPECT_EQ(result["verdict"], "violates");
  EXPECT_EQ(result["rule"], "INTEGRITY");
  EXPECT_NE(contents(result["history"]), "");
}

// A channel that ends the process must not look as if it conformed, whichever way it takes.
TEST_F(Command, AChannelThatEndsTheProcessDoesNotConform) {
  const auto run_rude = [this](const std::string& channel) {
    return run({"stress", "--plugin", rude_plugin, "--channel", channel, "--seed", "1", "--seconds", "60"});
  };
  for (const auto& [channel, how] : {std::pair{"exits", "it called exit"}, std::pair{"quick-exits", "it called exit"},
                                     std::pair{"leaves-at-once", "ended the process (exit code 0)"},
                                     std::pair{"exits-in-a-thread", "ended the process (exit code 0)"},
                                     std::pair{"crashes-in-a-thread", "it ended with SIGABRT (Aborted)"},
                                     std::pair{"traps", "it ended with SIGTRAP (Trace/breakpoint trap)"},
                                     std::pair{"is-hung-up", "it ended with SIGHUP (Hangup)"},
                                     std::pair{"stops", "it stopped the process (SIGSTOP)"}}) {
    const outcome_of_command said = run_rude(channel);
    EXPECT_EQ(said.status, 1) << said.out << said.err;
    expect_parts(said.out, {std::string(channel) + " crashed: it", how, "recv ", "history       plumbline-",
                            std::string("--channel ") + channel + " --seed 1 --program "});
  }
  const outcome_of_command killed = run_rude("is-killed");
  EXPECT_EQ(killed.status, 2) << killed.out << killed.err;
  expect_parts(killed.out, {"is-killed: unknown: the campaign was ended from outside, by SIGKILL (Killed)",
                            "--channel is-killed --seed 1 --program "});
#if !PLUMBLINE_SANITIZED  // a sanitizer has something to say of that, too
  expect_misuse({"stress", "--plugin", PLUMBLINE_TEST_PLUGINS "/libexits_when_loaded.so"},
                {"the plug-in was being loaded when it", "(exit code 0)"});
#endif
}

// No rule of the contract is broken by that, and there is no operation to blame.
TEST_F(Command, AChannelThatIsNeverMadeOrNeverDestroyedIsSaidToBe) {
  for (const auto& [channel, what] :
       {std::pair{"never-made", "construction"}, std::pair{"never-destroyed", "destruction"}}) {
    const outcome_of_command said =
        run({"stress", "--plugin", rude_plugin, "--channel", channel, "--seed", "1", "--seconds", "60"});
    EXPECT_EQ(said.status, 2) << said.out << said.err;
    expect_parts(said.out, {std::string("unknown: the channel's ") + what + " does not return", "It hangs",
                            std::string("--channel ") + channel + " --seed 1 --program "});
  }
}

TEST_F(Command, ACardOfAChannelThatEndsTheProcessSaysSo) {
  const outcome_of_command said = run({"card", "--plugin", rude_plugin, "--channel", "leaves-at-once", "--seed", "1"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  expect_parts(said.out, {"order      linearizable  –\n", "It CRASHED: it", "(exit code 0)", " --seed 1 --program "});
}

// What is wrong is the adapter: it is not judged, and the exit code is that of misuse.
TEST_F(Command, AnAdapterThatLiesIsNotJudged) {
  const auto expect_lie = [this](const std::string& channel, const std::string& part) {
    const outcome_of_command said =
        run({"stress", "--plugin", rude_plugin, "--channel", channel, "--seed", "1", "--seconds", "60"});
    EXPECT_EQ(said.status, 3) << said.out << said.err;
    expect_parts(said.out, {channel + " cannot be judged: ", part, "--channel " + channel + " --seed 1 --program "});
  };
  expect_lie("says-full-of-a-send-that-waits", "(send, thread 0) cannot end with `full`");
  expect_lie("says-full-of-a-receive", "try_recv, thread ");
  expect_lie("says-nothing", "an operation recv returned no outcome");
  expect_lie("gives-back-what-it-sent", "an operation try_send returned no outcome");
  expect_lie("null-of-two", "it cannot be made with capacity 2, as it declares: create returned NULL");
}

// Ctrl-C, and what Slurm and others send when the time is up.
TEST_F(Command, AnInterruptKeepsWhatWasFound) {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::filesystem::remove(file("result"));
    const pid_t child =
        start({"stress", "--channel", "reference", "--seed", "1", "--seconds", "600", "--json", "result"});
    // The file is there as soon as the command listens.
    while (!std::filesystem::exists(file("result"))) {
      std::this_thread::yield();
    }
    kill(child, signal);
    const outcome_of_command said = finish(child);
    EXPECT_EQ(said.status, 0) << said.out << said.err;
    expect_parts(said.out, {"programs", "conforms"});
    EXPECT_EQ(nlohmann::json::parse(contents("result"))["verdict"], "conforms");
  }
}

// Only who runs the command ends it.
TEST_F(Command, AChannelThatInterruptsItselfIsRunToTheEnd) {
  const outcome_of_command said = run({"stress", "--plugin", rude_plugin, "--channel", "interrupts", "--seed", "1",
                                       "--programs", "5000", "--seconds", "60"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"conforms, in 5 000 programs"});
}

#if PLUMBLINE_HAS_MOODYCAMEL && !PLUMBLINE_SANITIZED  // it orders with fences, of which ThreadSanitizer does not know
TEST_F(Command, MoodycamelKeepsItsPromiseAndNoGlobalFifo) {
  const outcome_of_command said =
      run({"stress", "--channel", "moodycamel", "--seed", "1", "--programs", "3000", "--json", "result.json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  expect_parts(said.out, {"not promised  order=linearizable (global FIFO): refuted in ", "conforms",
                          "it keeps      order=per-sender"});
  const nlohmann::json result = nlohmann::json::parse(contents("result.json"));
  EXPECT_EQ(result["stronger"][0]["promise"], "order=linearizable");
  EXPECT_GT(result["stronger"][0]["refuted"], 0);

  const outcome_of_command refuted =
      run({"stress", "--channel", "moodycamel", "--seed", "1", "--seconds", "60", "--contract", "order=linearizable"});
  EXPECT_EQ(refuted.status, 1) << refuted.out << refuted.err;
  expect_parts(refuted.out, {"moodycamel violates FIFO", "order=per-sender instead of linearizable"});
}
#endif

}  // namespace
