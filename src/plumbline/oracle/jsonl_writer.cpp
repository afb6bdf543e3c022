#include <fmt/format.h>

#include <iterator>
#include <ostream>
#include <string>

#include "plumbline/oracle/jsonl.hpp"

namespace plumbline::oracle {
namespace {

void write_event(std::ostream& out, const operation& o, bool is_end) {
  fmt::memory_buffer text;
  const auto add = [&](fmt::string_view format, const auto&... args) {
    fmt::vformat_to(std::back_inserter(text), format, fmt::make_format_args(args...));
  };
  const bool failed = is_end && o.result != outcome::ok;
  add(R"({{"type":"{}","process":{},"f":"{}")",
      !is_end  ? "invoke"
      : failed ? "fail"
               : "ok",
      o.thread, to_string(o.kind));
  if (!is_end && !is_receiver_operation(o.kind)) {
    add(R"(,"handle":{})", o.handle);
  }
  if (is_send(o.kind) || (is_end && !failed && (is_recv(o.kind) || o.kind == operation_kind::clone))) {
    add(R"(,"value":{})", o.value);
  }
  if (failed) {
    add(R"(,"error":"{}")", to_string(o.result));
  }
  add(R"(,"time":{}}})", is_end ? o.end : o.begin);
  text.push_back('\n');
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void write_jsonl(std::ostream& out, const history& h) {
  const contract& c = h.promised;
  out << fmt::format(
             R"({{"plumbline":{},"capacity":{},"senders":{},"contract":{{"order":"{}","empty":"{}","full":"{}","capacity":"{}","disconnect":"{}"}}}})",
             jsonl_version, h.capacity ? std::to_string(*h.capacity) : "null", h.senders, to_string(c.order),
             to_string(c.empty), to_string(c.full), to_string(c.capacity), to_string(c.disconnect))
      << '\n';
  for (const event& e : events_of(h)) {
    write_event(out, h.operations[e.operation], e.is_end);
  }
  if (h.quiescent) {
    out << R"({"type":"info","f":"quiescent"})" << '\n';
  }
}

}  // namespace plumbline::oracle
