#include "plumbline/oracle/adapter.hpp"

#include <fmt/format.h>

#include <array>

namespace plumbline::oracle {

std::string to_string(capacity places) { return places ? std::to_string(*places) : "unbounded"; }

std::string to_string(const capacities& sizes) {
  std::string text = sizes.unbounded ? "unbounded" : "";
  if (sizes.bounded()) {
    text += text.empty() ? "" : ", ";
    text += std::to_string(sizes.smallest);
    if (sizes.largest == capacities::any) {
      text += " and more";
    } else if (sizes.largest != sizes.smallest) {
      text += fmt::format(" to {}", sizes.largest);
    }
  }
  return text;
}

std::string to_string(const operation_set& operations) {
  constexpr std::array every = {operation_kind::send,  operation_kind::try_send,    operation_kind::send_for,
                                operation_kind::recv,  operation_kind::try_recv,    operation_kind::recv_for,
                                operation_kind::clone, operation_kind::drop_sender, operation_kind::drop_receiver};
  std::string text;
  for (const operation_kind kind : every) {
    if (operations.has(kind)) {
      text += text.empty() ? "" : " ";
      text += to_string(kind);
    }
  }
  return text;
}

}  // namespace plumbline::oracle
