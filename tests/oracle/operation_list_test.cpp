// The lists of other checkers: what is written is read back, what is read means here what it means there, what a list
// cannot say is not written, and every way to get a list wrong has its one line, with the number of the line.

#include "plumbline/oracle/operation_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "build_history.hpp"
#include "describe.hpp"
#include "plumbline/oracle/checker.hpp"
#include "random_history.hpp"

namespace plumbline::oracle::test {
namespace {

using result = std::expected<history, read_error>;

result from_polylin(const std::string& text) {
  std::istringstream in(text);
  return read_polylin(in);
}
result from_porcupine(const std::string& text) {
  std::istringstream in(text);
  return read_porcupine(in);
}

std::string to_polylin(const history& h) {
  std::ostringstream out;
  const auto written = write_polylin(out, h);
  EXPECT_TRUE(written) << written.error();
  return std::move(out).str();
}
std::string to_porcupine(const history& h) {
  std::ostringstream out;
  const auto written = write_porcupine(out, h);
  EXPECT_TRUE(written) << written.error();
  return std::move(out).str();
}

std::string said_of(const result& read) {
  return read ? std::string(to_string(check(*read).what)) : std::to_string(read.error().line) + read.error().reason;
}

// A random history that lists can say, with few different times: many operations overlap, and many times are equal.
// It need not be legal.
history random_list(random_source& random, bool with_empty) {
  std::vector<operation> all;
  std::vector<std::uint64_t> values(1 + below(random, 5));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i + 1;
    const std::uint64_t begin = below(random, 12);
    all.push_back(send(values[i], begin, begin + below(random, 6)));
  }
  std::shuffle(values.begin(), values.end(), random);
  values.resize(below(random, values.size() + 1));
  std::uint64_t time = 0;
  for (const std::uint64_t value : values) {
    time += 1 + below(random, 4);
    const std::uint64_t begin = std::exchange(time, time + below(random, 3));
    all.push_back(with_empty && below(random, 4) == 0 ? try_recv(outcome::empty, begin, time)
                                                      : recv(value, begin, time));
  }
  return history_of({}, all);
}

// The sender and the thread of each send: what a list does not tell, or numbers in its own way.
history without_senders(history h) {
  h.senders = 1;
  for (operation& o : h.operations) {
    o.handle = 0;
    o.thread = 0;
  }
  return h;
}

TEST(OperationList, PorcupineReadsBackWhatItWrites) {
  const std::uint64_t seed = number_from("PLUMBLINE_SEED", 1);
  for (std::uint64_t i = 0; i < number_from("PLUMBLINE_CASES", 3000); ++i) {
    random_source random(seed + i);
    const history h = random_list(random, true);
    const auto back = from_porcupine(to_porcupine(h));
    ASSERT_TRUE(back) << back.error().line << ": " << back.error().reason << "\n" << to_porcupine(h);
    EXPECT_EQ(to_porcupine(*back), to_porcupine(h)) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1";
    EXPECT_EQ(check(*back).what, check(h).what) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1\n"
                                                << describe(h);
  }
}

// Both ways, with equal times that overlap here and do not there.
TEST(OperationList, PolyLinReadsBackWhatItWrites) {
  const std::uint64_t seed = number_from("PLUMBLINE_SEED", 1);
  int violating = 0;
  int conforming = 0;
  int kept = 0;
  for (std::uint64_t i = 0; i < number_from("PLUMBLINE_CASES", 3000); ++i) {
    random_source random(seed + i);
    const history h = random_list(random, true);
    const auto back = from_polylin(to_polylin(h));
    ASSERT_TRUE(back) << back.error().line << ": " << back.error().reason << "\n" << to_polylin(h);
    kept += without_senders(*back) == without_senders(h) ? 1 : 0;
    EXPECT_EQ(to_polylin(*back), to_polylin(h)) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1";
    const judgement said = check(h).what;
    EXPECT_EQ(check(*back).what, said) << "PLUMBLINE_SEED=" << seed + i << " PLUMBLINE_CASES=1\n" << describe(h);
    (said == judgement::conforms ? conforming : violating) += 1;
  }
  EXPECT_GT(violating, 100);
  EXPECT_GT(conforming, 100);
  EXPECT_GT(kept, 10) << "times that need no change are not changed";
}

// From PolyLin's own tests (queue_simple): with a start that is an end, in order, one after another.
TEST(OperationList, AStartAtAnEndComesAfterItInPolyLin) {
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 2 0 1\nenq 1 1 2\ndeq 1 2 3\ndeq 2 3 4\n")), "violates");
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 2 0 1\nenq 1 1 2\ndeq 2 2 3\ndeq 1 3 4\n")), "conforms");
}

TEST(OperationList, JudgesPolyLinsLists) {
  EXPECT_EQ(said_of(from_polylin("#queue\r\n\r\n  # a comment\r\ndeq 1 5 9\r\nenq 1 1 6")), "conforms");
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 3\nenq 2 2 4\ndeq 2 5 6\ndeq 1 7 8\n")), "conforms") << "overlap";
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 2\nenq 2 3 4\ndeq 2 5 6\n")), "violates") << "1 is overtaken";
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 2\nenq 2 3 4\n")), "conforms") << "nobody has to receive";
  EXPECT_EQ(said_of(from_polylin("# queue\ndeq 1 1 2\n")), "violates") << "never sent";
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 2\ndeq 1 3 4\ndeq 1 5 6\n")), "violates") << "twice";
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 2\ndeq -1 3 4\ndeq 1 5 6\n")), "violates") << "empty";
  EXPECT_EQ(said_of(from_polylin("# queue\nenq 1 1 4\ndeq -1 3 5\ndeq 1 6 7\n")), "conforms") << "empty, before it";
  EXPECT_EQ(said_of(from_polylin("# queue\n")), "conforms");
}

TEST(OperationList, GivesOverlappingSendsToSendersOfTheirOwn) {
  const auto h = from_polylin("# queue\nenq 1 1 5\nenq 2 3 8\nenq 3 6 9\nenq 4 7 20\nenq 5 10 11\ndeq 1 12 13\n");
  ASSERT_TRUE(h);
  EXPECT_EQ(h->senders, 3U);
  std::vector<std::uint32_t> handles;
  for (const operation& o : h->operations) {
    handles.push_back(is_send(o.kind) ? o.handle : o.thread);
  }
  EXPECT_EQ(handles, (std::vector<std::uint32_t>{0, 1, 0, 2, 1, 3}));
}

TEST(OperationList, ReadsWhatGoWrites) {
  // As encoding/json writes a []porcupine.Operation of version 1.3.1: on one line, with Metadata.
  const auto h = from_porcupine(
      R"([{"ClientId":4,"Input":{"op":"send","value":7},"Call":10,"Output":{"result":"ok","value":7},"Return":20,"Metadata":null},)"
      R"({"ClientId":9,"Input":{"op":"try_recv","value":0},"Call":1,"Output":{"result":"empty","value":0},"Return":9,"Metadata":"}\"{"},)"
      R"({"ClientId":9,"Input":{"op":"recv","value":0},"Call":12,"Output":{"result":"ok","value":7},"Return":30,"Metadata":null}])");
  ASSERT_TRUE(h) << h.error().line << ": " << h.error().reason;
  EXPECT_EQ(h->operations,
            (std::vector<operation>{
                {.thread = 9, .kind = operation_kind::try_recv, .result = outcome::empty, .begin = 1, .end = 9},
                {.thread = 4, .result = outcome::ok, .value = 7, .begin = 10, .end = 20},
                {.thread = 9, .kind = operation_kind::recv, .result = outcome::ok, .value = 7, .begin = 12, .end = 30},
            }));
  EXPECT_EQ(h->senders, 1U);
  EXPECT_EQ(said_of(h), "conforms");
  EXPECT_EQ(said_of(from_porcupine(" [ ] \n")), "conforms");
}

// What a list cannot say is refused, by both.
TEST(OperationList, DoesNotWriteWhatAListCannotSay) {
  const auto with = [](const operation& o) { return history_of({}, {send(1, 1, 2), o}); };
  const struct {
    history what;
    const char* because;
    const char* for_polylin_only = nullptr;
  } cases[] = {
      {history_of({.capacity = 2}, {}), "its capacity is 2, and such a list is of an unbounded channel"},
      {history_of({.promised = {.order = order::per_sender}}, {}),
       "its contract is order=per-sender empty=honest full=honest capacity=exact disconnect=both, and such a list "
       "promises order=linearizable empty=honest"},
      {history_of({.promised = {.empty = emptiness::weak}}, {}),
       "its contract is order=linearizable empty=weak full=honest capacity=exact disconnect=both, and such a list "
       "promises order=linearizable empty=honest"},
      {with(drop_sender(0, 3, 4)), "operation 1, a drop_sender, is neither a send nor a receive"},
      {with(clone(1, 3, 4)), "operation 1, a clone, is neither a send nor a receive"},
      {with(drop_receiver(3, 4)), "operation 1, a drop_receiver, is neither a send nor a receive"},
      {with(send(2, 3, open)), "operation 1, a send, has not ended"},
      {with(recv(0, 3, open)), "operation 1, a recv, has not ended"},
      {with(try_send(2, outcome::full, 3, 4)),
       "operation 1, a try_send, ended with `full`, and such a list knows ok and empty"},
      {with(recv_for(outcome::timeout, 3, 4)),
       "operation 1, a recv_for, ended with `timeout`, and such a list knows ok and empty"},
      {with(recv(outcome::disconnected, 3, 4)),
       "operation 1, a recv, ended with `disconnected`, and such a list knows ok and empty"},
      {with(send(2, 3, 1ULL << 62)),
       "operation 1, a send, ends at 4611686018427387904, and the latest time of such a list is 4611686018427387903"},
      {with(send(2'147'483'648, 3, 4)), nullptr,
       "operation 1, a send, has the value 2147483648, and PolyLin's largest is 2147483647"},
      {with(recv(2'147'483'648, 3, 4)), nullptr,
       "operation 1, a recv, has the value 2147483648, and PolyLin's largest is 2147483647"},
      {history_of({}, {send(1, 1, 2), send(2, 1, 5), recv(1, 2, 3), recv(2, 3, 6)}), nullptr,
       "operation 3, a recv, begins at 3, when the one before it ended: equal times overlap for others, too"},
      {history_of({}, {send(1, 1, 1), send(2, 5, (1ULL << 61))}), nullptr,
       "operation 1, a send, ends at 2305843009213693952, which cannot be doubled, and times that are begins and ends "
       "have to be"},
  };
  for (const auto& each : cases) {
    std::ostringstream out;
    const auto polylin = write_polylin(out, each.what);
    ASSERT_FALSE(polylin);
    EXPECT_EQ(polylin.error(), each.because != nullptr ? each.because : each.for_polylin_only);
    EXPECT_EQ(out.str(), "") << "nothing of it is written";
    const auto porcupine = write_porcupine(out, each.what);
    EXPECT_EQ(porcupine ? "" : porcupine.error(), each.because != nullptr ? each.because : "");
  }
}

struct bad_list {
  const char* about;
  std::string text;
  std::size_t line;
  const char* reason;
};

const bad_list bad_polylin[] = {
    {"EmptyFile", "", 1, "the file is empty: its first line has to be `# queue`"},
    {"NoHeader", "enq 1 2 3\n", 1, "the first line has to be `# queue`"},
    {"AnotherType", "# stack\npush 1 2 3\n", 1, "the first line has to be `# queue`"},
    {"AnotherMethod", "# queue\n\npush 1 2 3\n", 3, "a row has to be `enq VALUE START END` or `deq VALUE START END`"},
    {"CutOff", "# queue\nenq 1 2\n", 2, "a row has to be `enq VALUE START END` or `deq VALUE START END`"},
    {"TooMuch", "# queue\nenq 1 2 3 4\n", 2, "a row has to be `enq VALUE START END` or `deq VALUE START END`"},
    {"NoNumber", "# queue\nenq x 2 3\n", 2, "the value has to be an integer from 0 to 2147483647"},
    {"LargeValue", "# queue\nenq 2147483648 2 3\n", 2, "the value has to be an integer from 0 to 2147483647"},
    {"EnqOfNothing", "# queue\nenq -1 2 3\n", 2, "the value has to be an integer from 0 to 2147483647"},
    {"NegativeTime", "# queue\nenq 1 -2 3\n", 2, "the start has to be an integer from 0 to 4611686018427387903"},
    {"LateTime", "# queue\nenq 1 2 4611686018427387904\n", 2,
     "the end has to be an integer from 0 to 4611686018427387903"},
    {"HugeTime", "# queue\nenq 1 2 99999999999999999999999\n", 2,
     "the end has to be an integer from 0 to 4611686018427387903"},
    {"LateTimeThatIsDoubled", "# queue\nenq 1 2 3\nenq 2 3 2305843009213693952\n", 3,
     "the operation ends at 2305843009213693952, and where a start is an end, as here, the latest is "
     "2305843009213693951"},
    {"EndsBeforeItBegins", "# queue\nenq 1 3 2\n", 2, "the operation has to end after its start, 3, and it ends at 2"},
    {"TakesNoTime", "# queue\nenq 1 3 3\n", 2, "the operation has to end after its start, 3, and it ends at 3"},
    {"SentTwice", "# queue\nenq 1 5 6\nenq 2 3 4\nenq 1 1 2\n", 4,
     "the value 1 is sent a second time, after line 2: values have to differ"},
    {"TwoReceivers", "# queue\nenq 1 1 2\nenq 2 3 4\ndeq 2 7 9\ndeq 1 5 8\n", 4,
     "this recv begins while the operation on line 5 is open: there is one receiver, used by one at a time"},
    {"LongLine", "# queue\n" + std::string(70'000, ' '), 2, "the line is longer than 65536 bytes"},
};

const std::string sent_7 =
    R"({"ClientId":0,"Input":{"op":"send","value":7},"Call":1,"Output":{"result":"ok"},"Return":5})";
const std::string received_7 =
    R"({"ClientId":1,"Input":{"op":"recv"},"Call":2,"Output":{"result":"ok","value":7},"Return":6})";
std::string without(std::string text, const std::string& part, const std::string& instead = "") {
  return text.replace(text.find(part), part.size(), instead);
}

const bad_list bad_porcupine[] = {
    {"EmptyFile", "", 1, R"(the file has to be a JSON list of operations, [{"ClientId":…},…])"},
    {"NoList", sent_7, 1, R"(the file has to be a JSON list of operations, [{"ClientId":…},…])"},
    {"Null", "null\n", 1, R"(the file has to be a JSON list of operations, [{"ClientId":…},…])"},
    {"ListOfNumbers", "[\n1]", 2, R"(an operation has to be a JSON object, {"ClientId":…})"},
    {"NoEnd", "[" + sent_7 + ",\n", 2, "the list is cut off: there is no ]"},
    {"NoEndAndNoComma", "[\n" + sent_7, 2, "the list is cut off, or there is no comma after an operation"},
    {"NoComma", "[\n" + sent_7 + "\n" + received_7 + "]", 3,
     "the list is cut off, or there is no comma after an operation"},
    {"CommaAtTheEnd", "[" + sent_7 + ",\n]", 2, R"(an operation has to be a JSON object, {"ClientId":…})"},
    {"CutOff", "[\n" + sent_7.substr(0, 40), 2, "the last operation is cut off"},
    {"SomethingAfterIt", "[" + sent_7 + "]\n[]", 2, "there is something after the list's ]"},
    {"NotJson", "[\n{ClientId:1}]", 2, "this is no JSON object: "},
    {"NoClient", "[\n\n" + without(sent_7, R"("ClientId":0,)") + "]", 3, "\"ClientId\" is missing"},
    {"NoInput", "[" + without(sent_7, R"("Input":{"op":"send","value":7},)") + "]", 1, "\"Input\" is missing"},
    {"InputIsNoObject", "[" + without(sent_7, R"({"op":"send","value":7})", "7") + "]", 1, "\"Input.op\" is missing"},
    {"NoValue", "[" + without(sent_7, R"(,"value":7)") + "]", 1, "\"Input.value\" is missing"},
    {"NothingReceived", "[" + without(received_7, R"(,"value":7)") + "]", 1, "\"Output.value\" is missing"},
    {"NoCall", "[" + without(sent_7, R"("Call":1,)") + "]", 1, "\"Call\" is missing"},
    {"NegativeTime", "[" + without(sent_7, R"("Call":1)", R"("Call":-1)") + "]", 1,
     "\"Call\" has to be an integer from 0 to 4611686018427387903"},
    {"NegativeClient", "[" + without(sent_7, R"("ClientId":0)", R"("ClientId":-1)") + "]", 1,
     "\"ClientId\" has to be an integer from 0 to 4294967295"},
    {"ReturnsBeforeItsCall", "[" + without(sent_7, R"("Call":1)", R"("Call":6)") + "]", 1,
     "the operation returns at 5, before its call at 6"},
    {"UnknownOperation", "[" + without(sent_7, R"("send")", R"("drop_sender")") + "]", 1,
     "\"Input.op\" has to be one of send, try_send, send_for, recv, try_recv, recv_for"},
    {"UnknownResult", "[" + without(sent_7, R"("ok")", R"("timeout")") + "]", 1,
     "\"Output.result\" has to be one of ok, empty"},
    {"SendIsEmpty", "[" + without(sent_7, R"("ok")", R"("empty")") + "]", 1, "send cannot end with `empty`"},
    {"RecvIsEmpty", "[" + without(received_7, R"("ok","value":7)", R"("empty")") + "]", 1,
     "recv cannot end with `empty`"},
    {"SentTwice", "[" + sent_7 + ",\n" + without(sent_7, R"("ClientId":0)", R"("ClientId":3)") + "]", 2,
     "the value 7 is sent a second time, after line 1: values have to differ"},
    {"ThreadOverlaps", "[" + sent_7 + ",\n" + without(received_7, R"("ClientId":1)", R"("ClientId":0)") + "]", 2,
     "this recv begins while the operation on line 1 is open: the operations of a thread follow one another"},
    {"TwoReceivers", "[" + received_7 + ",\n" + without(received_7, R"("ClientId":1)", R"("ClientId":2)") + "]", 2,
     "this recv begins while the operation on line 1 is open: there is one receiver, used by one at a time"},
    {"LongOperation", "[\n" + without(sent_7, "{", "{" + std::string(70'000, ' ')) + "]", 2,
     "the operation is longer than 65536 bytes"},
};

void expect_refused(const bad_list& bad, const std::function<result(const std::string&)>& read) {
  const auto h = read(bad.text);
  ASSERT_FALSE(h) << bad.about;
  EXPECT_EQ(h.error().line, bad.line) << bad.about << ": " << h.error().reason;
  const std::string_view reason = bad.reason;
  EXPECT_EQ(h.error().reason.substr(0, reason.ends_with(": ") ? reason.size() : std::string::npos), reason)
      << bad.about;
}

TEST(OperationList, PolyLinRefusesWithLineAndReason) {
  for (const bad_list& bad : bad_polylin) {
    expect_refused(bad, from_polylin);
  }
}

TEST(OperationList, PorcupineRefusesWithLineAndReason) {
  for (const bad_list& bad : bad_porcupine) {
    expect_refused(bad, from_porcupine);
  }
}

}  // namespace
}  // namespace plumbline::oracle::test
