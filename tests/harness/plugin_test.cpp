// The loader of plug-ins: what is wrong with a file is said in one line that names it; what is right is loaded.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/oracle/harness.hpp"
#include "plumbline/oracle/plugin_loader.hpp"

namespace {

using namespace plumbline::oracle;

// Where the plug-ins of this directory were built.
std::string built(const std::string& name) { return std::string(PLUMBLINE_TEST_PLUGINS "/lib") + name + ".so"; }

std::string why_not(const std::string& file) {
  try {
    load_plugin(file);
    return "it was loaded";
  } catch (const plugin_error& error) {
    return error.what();
  }
}

void expect_one_line_with(const std::string& text, const std::vector<std::string>& parts) {
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
  }
}

TEST(Plugin, ThatIsMissing) { expect_one_line_with(why_not("nowhere.so"), {"nowhere.so", "No such file"}); }

TEST(Plugin, ThatIsNoSharedObject) {
  const std::string file = ::testing::TempDir() + "plumbline_text.so";
  std::ofstream(file) << "This is a text.\n";
  expect_one_line_with(why_not(file), {file, "cannot load"});
}

TEST(Plugin, WithoutTheFunction) {
  expect_one_line_with(why_not(built("no_symbol")), {"no_symbol", "does not export plumbline_plugin_channel"});
}

TEST(Plugin, WithoutAChannel) { expect_one_line_with(why_not(built("no_channel")), {"no_channel", "has no channel"}); }

TEST(Plugin, OfAnotherVersion) {
  expect_one_line_with(why_not(built("wrong_abi")), {"wrong_abi", "speaks version 2", "speaks version 1"});
}

TEST(Plugin, ThatContradictsItself) {
  expect_one_line_with(why_not(built("contradictory_0")), {"contradictory", "disconnect = both", "lacks drop_sender"});
  expect_one_line_with(why_not(built("contradictory_1")), {"contradictory", "capacity = unbounded"});
  expect_one_line_with(why_not(built("contradictory_2")), {"contradictory", "order = \"chronological\""});
  expect_one_line_with(why_not(built("contradictory_3")), {"contradictory", "no way to send"});
  expect_one_line_with(why_not(built("contradictory_4")),
                       {"contradictory", "disconnect = receiver", "lacks drop_sender"});
}

TEST(Plugin, OfAnAdapterSaysWhatTheAdapterSays) {
  const std::vector<channel_type> types = load_plugin(built("broken"));
  ASSERT_FALSE(types.empty());
  EXPECT_EQ(types[0].name, "sound");
  EXPECT_EQ(types[0].version, "1.0");
  EXPECT_EQ(types[0].promises, contract{});
  EXPECT_EQ(types[0].sizes, (capacities{.unbounded = true, .smallest = 1, .largest = capacities::any}));
  EXPECT_EQ(to_string(types[0].operations), "send try_send recv try_recv recv_for clone drop_sender drop_receiver");

  const auto channel = types[0].make(1, 1, payload::plain);
  EXPECT_EQ(channel->call({.kind = operation_kind::try_send, .value = 8}).result, outcome::ok);
  EXPECT_EQ(channel->call({.kind = operation_kind::try_send, .value = 9}).result, outcome::full);
  EXPECT_EQ(channel->call({.kind = operation_kind::recv}).value, 8U);
  EXPECT_EQ(channel->call({.kind = operation_kind::recv_for}).result, outcome::timeout);
  EXPECT_EQ(channel->call({.kind = operation_kind::try_recv}).result, outcome::empty);
  channel->call({.kind = operation_kind::drop_sender});
  EXPECT_EQ(channel->call({.kind = operation_kind::try_recv}).result, outcome::disconnected);
}

// The C interface carries no value back, but it does carry whether it was the right one.
TEST(Plugin, OfAnAdapterSaysThatAnotherValueCameBack) {
  const std::vector<channel_type> types = load_plugin(built("broken"));
  const auto channel_that_failed_to_send_8 = [&](const std::string& name) {
    const auto type = std::ranges::find(types, name, &channel_type::name);
    EXPECT_NE(type, types.end());
    const auto channel = type->make(std::nullopt, 1, payload::plain);
    channel->call({.kind = operation_kind::drop_receiver});
    return channel->call({.kind = operation_kind::try_send, .value = 8});
  };
  const attempt right = channel_that_failed_to_send_8("sound");
  EXPECT_EQ(right.result, outcome::disconnected);
  EXPECT_EQ(right.value.value_or(8), 8U);
  const attempt wrong = channel_that_failed_to_send_8("returns-another-value");
  EXPECT_EQ(wrong.result, outcome::disconnected);
  EXPECT_NE(wrong.value.value_or(8), 8U);

  campaign_options options;
  options.seed = 1;
  options.time = std::chrono::seconds(60);
  const campaign_result result =
      campaign(*std::ranges::find(types, "returns-another-value", &channel_type::name), options).run([](const tally&) {
        return true;
      });
  ASSERT_TRUE(result.found);
  EXPECT_EQ(result.found->judged.broken, rule::send_disconnected);
}

}  // namespace
