// History files: what is written is read back, the example in the documentation is a history, and every way to get a
// file wrong has its one line, with the number of the line that is wrong.

#include "plumbline/oracle/jsonl.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "describe.hpp"
#include "plumbline/oracle/search.hpp"
#include "random_history.hpp"

namespace plumbline::oracle::test {
namespace {

std::expected<history, read_error> read(const std::string& text) {
  std::istringstream in(text);
  return read_jsonl(in);
}

TEST(Jsonl, ReadsBackWhatItWrites) {
  const std::uint64_t seed = number_from("PLUMBLINE_SEED", 99);
  for (std::uint64_t i = 0; i < number_from("PLUMBLINE_CASES", 3000); ++i) {
    random_source random(seed + i);
    const history h = random_history(random, {.operations = 2 + i % 20, .sender_threads = 4, .changes = 2});
    const auto back = read(describe(h));
    ASSERT_TRUE(back) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1: line " << back.error().line << ": "
                      << back.error().reason << "\n"
                      << describe(h);
    ASSERT_EQ(*back, h) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1\n" << describe(h);
  }
}

TEST(Jsonl, TheExampleInTheDocumentationConforms) {
  std::ifstream page(PLUMBLINE_SOURCE_DIR "/docs/history-format.md");
  std::string example;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (inside && line == "```") {
      break;
    }
    if (inside) {
      example += line + "\n";
    }
    inside = inside || line == "```jsonl";
  }
  const auto h = read(example);
  ASSERT_TRUE(h) << h.error().line << ": " << h.error().reason;
  EXPECT_EQ(h->operations.size(), 7U);
  EXPECT_TRUE(h->quiescent);
  EXPECT_EQ(h->capacity, 2U);
  EXPECT_EQ(search(*h).what, judgement::conforms);
}

TEST(Jsonl, KnowsDefaultsAndIgnoresWhatItDoesNotKnow) {
  const auto h = read(
      "{\"plumbline\":1,\"capacity\":null,\"made-by\":\"a test\"}\r\n"
      "\n"
      "{\"type\":\"invoke\",\"process\":3,\"f\":\"send\",\"handle\":0,\"value\":5,\"time\":1,\"index\":0}\n"
      "{\"type\":\"info\",\"process\":3,\"f\":\"send\",\"value\":5,\"time\":1}");
  ASSERT_TRUE(h) << h.error().reason;
  EXPECT_EQ(h->senders, 1U);
  EXPECT_EQ(h->promised, contract{});
  EXPECT_EQ(h->capacity, std::nullopt);
  ASSERT_EQ(h->operations.size(), 1U);
  EXPECT_EQ(h->operations[0].result, outcome::pending);
}

struct bad_file {
  const char* about;
  std::string text;
  std::size_t line;
  const char* reason;
};

const std::string header = "{\"plumbline\":1,\"capacity\":1,\"senders\":2}\n";
const std::string send_5 = R"({"type":"invoke","process":0,"f":"send","handle":0,"value":5,"time":10})"
                           "\n";
const std::string sent_5 = R"({"type":"ok","process":0,"f":"send","time":20})"
                           "\n";
const std::string recv_begins = R"({"type":"invoke","process":9,"f":"recv","time":30})"
                                "\n";
const std::string drop_0 = R"({"type":"invoke","process":0,"f":"drop_sender","handle":0,"time":30})"
                           "\n"
                           R"({"type":"ok","process":0,"f":"drop_sender","time":31})"
                           "\n";

const bad_file bad_files[] = {
    {"EmptyFile", "", 1, R"(the file is empty: its first line has to be the header, {"plumbline":1,…})"},
    {"NoHeader", send_5, 1, R"(the first line has to be the header, {"plumbline":1,…})"},
    {"WrongVersion", "{\"plumbline\":2,\"capacity\":1}\n", 1,
     "the file is of version 2, and this program reads version 1"},
    {"NoCapacity", "{\"plumbline\":1}\n", 1, "\"capacity\" is missing"},
    {"NegativeCapacity", "{\"plumbline\":1,\"capacity\":-1}\n", 1,
     "\"capacity\" has to be an integer from 0 to 18446744073709551614"},
    {"NoSenders", "{\"plumbline\":1,\"capacity\":1,\"senders\":0}\n", 1, "\"senders\" has to be from 1 to 1000000"},
    {"UnknownDimension", "{\"plumbline\":1,\"capacity\":1,\"contract\":{\"size\":\"exact\"}}\n", 1,
     "the contract has no \"size\": it has order, empty, full, capacity and disconnect"},
    {"UnknownWord", "{\"plumbline\":1,\"capacity\":1,\"contract\":{\"order\":\"lifo\"}}\n", 1,
     "the contract's order cannot be \"lifo\": it is one of linearizable, per-sender, unordered"},
    {"WordIsNoWord", "{\"plumbline\":1,\"capacity\":1,\"contract\":{\"order\":1}}\n", 1,
     "the contract's order has to be a string"},
    {"ContractIsNoObject", "{\"plumbline\":1,\"capacity\":1,\"contract\":[]}\n", 1, "\"contract\" has to be an object"},
    {"DoubledDimension",
     "{\"plumbline\":1,\"capacity\":1,\"contract\":{\"order\":\"unordered\",\"order\":\"per-sender\"}}\n", 1,
     "\"order\" occurs twice in one object"},
    {"DoubledKeyInTheHeader", "{\"plumbline\":1,\"capacity\":1,\"capacity\":2}\n", 1,
     "\"capacity\" occurs twice in one object"},
    {"DoubledKey", header + R"({"type":"invoke","process":0,"f":"send","handle":0,"value":5,"value":6,"time":10})", 2,
     "\"value\" occurs twice in one object"},
    {"DoubledKeyOfAnInfo", header + send_5 + R"({"type":"info","process":0,"f":"send","time":20,"time":21})", 3,
     "\"time\" occurs twice in one object"},
    {"DoubledKeyThatIsIgnored", header + R"({"type":"invoke","process":0,"f":"recv","time":10,"note":1,"note":2})", 2,
     "\"note\" occurs twice in one object"},
    {"NotJson", header + "send 5\n", 2, "this is no JSON object: "},
    {"NotAnObject", header + "[1]\n", 2, "this is no JSON object: "},
    {"NotUtf8", header + "{\"type\":\"\xff\"}\n", 2, "this is no JSON object: "},
    {"TruncatedLastLine", header + send_5 + R"({"type":"ok","proc)", 3, "the last line is cut off, or is no JSON: "},
    {"LongLine", header + std::string(70'000, ' ') + "\n", 2, "the line is longer than 65536 bytes"},
    {"UnknownType", header + R"({"type":"call","process":0,"f":"send","handle":0,"value":5,"time":10})", 2,
     "\"type\" is \"call\": it has to be invoke, ok, fail or info"},
    {"NoType", header + R"({"process":0})", 2, "\"type\" is missing"},
    {"UnknownF", header + R"({"type":"invoke","process":0,"f":"push","handle":0,"value":5,"time":10})", 2,
     "\"f\" is \"push\": it has to be one of send, try_send, send_for, recv, try_recv, recv_for, clone, drop_sender, "
     "drop_receiver"},
    {"NoProcess", header + R"({"type":"invoke","f":"recv","time":1})", 2, "\"process\" is missing"},
    {"NoTime", header + R"({"type":"invoke","process":0,"f":"recv"})", 2, "\"time\" is missing"},
    {"NoValue", header + R"({"type":"invoke","process":0,"f":"send","handle":0,"time":1})", 2, "\"value\" is missing"},
    {"FractionalTime", header + R"({"type":"invoke","process":0,"f":"recv","time":1.5})", 2,
     "\"time\" has to be an integer from 0 to 18446744073709551614"},
    {"NegativeValue", header + R"({"type":"invoke","process":0,"f":"send","handle":0,"value":-5,"time":1})", 2,
     "\"value\" has to be an integer from 0 to 18446744073709551614"},
    {"LargeProcess", header + R"({"type":"invoke","process":4294967296,"f":"recv","time":1})", 2,
     "\"process\" has to be an integer from 0 to 4294967295"},
    {"TimeGoesBackwards", header + send_5 + R"({"type":"ok","process":0,"f":"send","time":9})", 3,
     "time goes backwards: 9 after 10"},
    {"EndWithoutBegin", header + sent_5, 2, "process 0 ends an operation that it has not begun"},
    {"OtherEnd", header + send_5 + R"({"type":"ok","process":0,"f":"recv","value":5,"time":20})", 3,
     "process 0 ends a recv, but what it has begun is a send"},
    {"OtherValue", header + send_5 + R"({"type":"ok","process":0,"f":"send","value":6,"time":20})", 3,
     "send ends with another value than it has begun with, 5"},
    {"TwoOpenInOneProcess", header + send_5 + R"({"type":"invoke","process":0,"f":"recv","time":20})", 3,
     "process 0 invokes recv while its send is open"},
    {"SpeaksAfterInfo",
     header + send_5 + R"({"type":"info","process":0,"f":"send","time":20})" + "\n" +
         R"({"type":"invoke","process":0,"f":"recv","time":20})",
     4, "process 0 invokes recv, but an operation of it has ended with info, so it has to be silent"},
    {"DuplicatedValue",
     header + send_5 + sent_5 + R"({"type":"invoke","process":1,"f":"try_send","handle":1,"value":5,"time":21})", 4,
     "the value 5 is sent a second time: values have to differ"},
    {"UnknownHandle", header + R"({"type":"invoke","process":0,"f":"send","handle":2,"value":5,"time":10})", 2,
     "handle 2 is unknown: the header's \"senders\" are 0 to 1, and no clone that has ended made it"},
    {"DroppedHandle", header + drop_0 + R"({"type":"invoke","process":1,"f":"send","handle":0,"value":5,"time":32})", 4,
     "send uses handle 0 after its drop has begun"},
    {"DropDuringSend", header + send_5 + R"({"type":"invoke","process":1,"f":"drop_sender","handle":0,"time":12})", 3,
     "handle 0 is dropped while another operation on it is open"},
    {"CloneMakesWhatIsThere",
     header + R"({"type":"invoke","process":0,"f":"clone","handle":0,"time":12})" + "\n" +
         R"({"type":"ok","process":0,"f":"clone","value":1,"time":13})",
     3, "clone makes handle 1, which exists already"},
    {"TwoReceivers", header + recv_begins + R"({"type":"invoke","process":8,"f":"try_recv","time":31})", 3,
     "try_recv begins while another operation of the receiver is open: there is one receiver, used by one at a time"},
    {"DroppedReceiver",
     header + R"({"type":"invoke","process":9,"f":"drop_receiver","time":12})" + "\n" +
         R"({"type":"ok","process":9,"f":"drop_receiver","time":13})" + "\n" + recv_begins,
     4, "recv uses the receiver after its drop has begun"},
    {"UnknownError", header + recv_begins + R"({"type":"fail","process":9,"f":"recv","error":"closed","time":31})", 3,
     "\"error\" is \"closed\": recv can fail with disconnected"},
    {"ErrorOfAnother", header + send_5 + R"({"type":"fail","process":0,"f":"send","error":"full","time":31})", 3,
     "\"error\" is \"full\": send can fail with disconnected"},
    {"DropFails",
     header + R"({"type":"invoke","process":9,"f":"drop_receiver","time":12})" + "\n" +
         R"({"type":"fail","process":9,"f":"drop_receiver","error":"full","time":13})",
     3, "drop_receiver cannot fail"},
    {"NoValueReceived", header + recv_begins + R"({"type":"ok","process":9,"f":"recv","time":31})", 3,
     "\"value\" is missing"},
    {"EventAfterTheEnd", header + "{\"type\":\"info\",\"f\":\"quiescent\"}\n" + recv_begins, 3,
     "there is another event after the end (\"quiescent\")"},
};

class BadFile : public testing::TestWithParam<bad_file> {};

TEST_P(BadFile, IsRefusedInOneLine) {
  const auto result = read(GetParam().text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().line, GetParam().line);
  const std::string reason = GetParam().reason;
  if (reason.ends_with(": ")) {  // what follows is the JSON library's
    EXPECT_EQ(result.error().reason.substr(0, reason.size()), reason);
    EXPECT_GT(result.error().reason.size(), reason.size());
  } else {
    EXPECT_EQ(result.error().reason, reason);
  }
  EXPECT_EQ(result.error().reason.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Jsonl, BadFile, testing::ValuesIn(bad_files),
                         [](const auto& one) { return std::string(one.param.about); });

TEST(Jsonl, ARefusalIsOneShortLineWhateverItQuotes) {
  const auto broken = read(header + R"({"type":"invoke","process":0,"f":"s\nd\u0007","time":1})" + "\n");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().reason.substr(0, 17), "\"f\" is \"s?d?\": it");
  const auto lengthy = read(header + R"({"type":"invoke","process":0,"f":")" + std::string(9999, 'x') + "\u00e9\"}\n");
  ASSERT_FALSE(lengthy);
  EXPECT_LT(lengthy.error().reason.size(), 410U);
}

TEST(Jsonl, EveryTruncationOfAFileIsReadOrRefused) {
  random_source random(7);
  const std::string text = describe(random_history(random, {.operations = 12, .sender_threads = 3, .changes = 1}));
  for (std::size_t length = 0; length < text.size(); ++length) {
    if (const auto h = read(text.substr(0, length))) {
      EXPECT_EQ(malformed(*h), "");
    } else {
      EXPECT_FALSE(h.error().reason.empty());
    }
  }
}

}  // namespace
}  // namespace plumbline::oracle::test
