#include "plumbline/oracle/certificate.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "plumbline/oracle/examine.hpp"
#include "plumbline/oracle/plain_breach.hpp"
#include "plumbline/oracle/search.hpp"

namespace plumbline::oracle {
namespace {

bool overlap(const operation& a, const operation& b) { return a.begin <= b.end && b.begin <= a.end; }

// Whether it found nothing, where that depends on the sends in progress.
bool is_licensed(const operation& o, const contract& promised) {
  const bool nothing = o.result == outcome::empty || o.result == outcome::timeout;
  return is_recv(o.kind) && nothing && promised.empty != emptiness::honest;
}

std::vector<std::size_t> all_of(const history& h) {
  std::vector<std::size_t> all(h.operations.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

class shrinker {
 public:
  explicit shrinker(const history& h)
      : h_(h),
        has_places_(h.promised.capacity != bound::unbounded && h.capacity.value_or(0) > 0),
        kept_(h.operations.size(), false) {
    for (std::size_t i = 0; i < h.operations.size(); ++i) {
      const operation& o = at(i);
      if (is_recv(o.kind) && o.result == outcome::ok) {
        receive_of_.emplace(o.value, i);
      } else if (is_send(o.kind) && (o.result == outcome::ok || o.result == outcome::pending)) {
        send_of_.emplace(o.value, i);
      }
    }
  }

  // Whether something asks for the sends of all values that may have made the channel full.
  bool asks_for_all_values() const {
    const company c = company_of(all_of(h_));
    return !c.fulls.empty() || c.sleeping_send;
  }

  std::vector<std::size_t> completed(const std::vector<std::size_t>& some) {
    for (const std::size_t i : some) {
      kept_[i] = true;
    }
    complete();
    return indices();
  }

  certificate run(const std::vector<std::size_t>& suspected) {
    completed(suspected);
    if (!breaks()) {
      kept_.assign(kept_.size(), true);
    }
    const rule broken = breaks().value();
    for (std::size_t chunk = std::bit_ceil(indices().size()); chunk > 0;) {
      bool shrunk = false;
      const std::vector<std::size_t> all = indices();
      for (std::size_t end = all.size(); end > 0 && work_ < most_work; end -= std::min(chunk, end)) {
        work_ += all.size();
        shrunk |= leave_out(std::span(all).subspan(end - std::min(chunk, end), std::min(chunk, end)), broken);
      }
      chunk = shrunk && work_ < most_work ? chunk : chunk / 2;
    }
    return {broken, indices()};
  }

 private:
  // Operations looked at in all attempts together: some seconds.
  static constexpr std::size_t most_work = 100'000'000;

  const operation& at(std::size_t i) const { return h_.operations[i]; }

  std::vector<std::size_t> indices() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i]) {
        all.push_back(i);
      }
    }
    return all;
  }

  std::optional<rule> breaks() const {
    const auto found = examine(sub_history(h_, indices())).found;
    return found ? std::optional(found->broken) : std::nullopt;
  }

  bool leave_out(std::span<const std::size_t> some, rule broken) {
    const std::vector<bool> before = kept_;
    for (const std::size_t i : some) {
      remove(i);
    }
    const std::vector<bool> wanted = kept_;
    complete();
    if (kept_ == wanted && kept_ != before && breaks() == broken) {
      return true;
    }
    kept_ = before;
    return false;
  }

  // What cannot be there without it goes with it: its receive or its send; what is done with the sender it makes.
  void remove(std::size_t i) {
    kept_[i] = false;
    const operation& o = at(i);
    if (o.kind == operation_kind::clone && o.result == outcome::ok) {
      for (std::size_t j = i; j < kept_.size(); ++j) {
        if (kept_[j] && !is_receiver_operation(at(j).kind) && at(j).handle == o.value) {
          remove(j);
        }
      }
    }
    if (is_send(o.kind)) {
      if (const auto r = receive_of_.find(o.value); r != receive_of_.end()) {
        kept_[r->second] = false;
      }
    } else if (is_recv(o.kind) && o.result == outcome::ok) {
      if (const auto s = send_of_.find(o.value); s != send_of_.end()) {
        kept_[s->second] = false;
      }
    }
  }

  // Adds to what is kept what must not be left out then.
  void complete() {
    for (bool grown = true; std::exchange(grown, false);) {
      const company c = company_of(indices());
      work_ += kept_.size() * (c.fulls.size() + c.licensed.size()) / 32;  // a comparison takes less than the rest
      for (std::size_t i = 0; i < kept_.size(); ++i) {
        if (!kept_[i] && is_needed(i, c)) {
          kept_[i] = true;
          grown = true;
        }
      }
    }
  }

  // What the kept operations ask of others.
  struct company {
    std::vector<const operation*> fulls;     // found no room
    std::vector<const operation*> licensed;  // found nothing, where that depends on sends in progress
    std::vector<std::uint32_t> handles;      // are used
    bool sender_dropped = false;             // so the others must not be fewer
    bool recv_disconnected = false;
    bool send_disconnected = false;
    bool sleeping_send = false;
    bool value_inside = false;  // may have been when the record ends
  };

  company company_of(const std::vector<std::size_t>& kept) const {
    company c;
    for (const std::size_t i : kept) {
      const operation& o = at(i);
      const bool pending = o.result == outcome::pending;
      if (is_recv(o.kind)) {
        if (is_licensed(o, h_.promised)) {
          c.licensed.push_back(&o);
        }
        c.recv_disconnected |= o.result == outcome::disconnected;
      } else if (is_send(o.kind)) {
        const bool no_room = o.result == outcome::full || o.result == outcome::timeout;
        if (no_room && h_.promised.full == fullness::honest && has_places_ &&
            !receive_of_.contains(o.value)) {  // else it is refuted already
          c.fulls.push_back(&o);
        }
        c.send_disconnected |= o.result == outcome::disconnected;
        c.sleeping_send |= pending && h_.quiescent && has_places_;
        c.value_inside |= (o.result == outcome::ok || pending) && !receive_of_.contains(o.value);
      }
      c.sender_dropped |= o.kind == operation_kind::drop_sender;
      if (!is_receiver_operation(o.kind)) {
        c.handles.push_back(o.handle);
      }
    }
    std::ranges::sort(c.handles);
    return c;
  }

  bool is_needed(std::size_t i, const company& c) const {
    const operation& o = at(i);
    switch (o.kind) {
      case operation_kind::send:
      case operation_kind::try_send:
      case operation_kind::send_for:
        return is_send_needed(o, c);
      case operation_kind::recv:
      case operation_kind::try_recv:
      case operation_kind::recv_for:
        if (o.result == outcome::ok) {
          const auto s = send_of_.find(o.value);
          return s != send_of_.end() && kept_[s->second];
        }
        // It may have made room.
        return o.result == outcome::pending && !h_.quiescent && c.value_inside;
      case operation_kind::clone:
        return c.sender_dropped || std::ranges::binary_search(c.handles, static_cast<std::uint32_t>(o.value));
      case operation_kind::drop_sender:
        return c.recv_disconnected;
      case operation_kind::drop_receiver:
        return c.send_disconnected;
    }
    return false;
  }

  bool is_send_needed(const operation& s, const company& c) const {
    if (std::ranges::any_of(c.licensed, [&](const operation* e) { return overlap(s, *e); })) {
      return true;
    }
    if (s.result != outcome::ok && s.result != outcome::pending) {
      return false;
    }
    const auto found = receive_of_.find(s.value);
    if (found != receive_of_.end() && kept_[found->second]) {
      return true;
    }
    if (h_.quiescent && s.result == outcome::pending) {
      return false;
    }
    const std::uint64_t gone = found == receive_of_.end() ? operation::never : at(found->second).end;
    return (c.sleeping_send && found == receive_of_.end()) ||
           std::ranges::any_of(c.fulls, [&](const operation* f) { return s.begin <= f->end && f->begin <= gone; });
  }

  const history& h_;
  const bool has_places_;
  std::vector<bool> kept_;
  std::size_t work_ = 0;                                       // done so far
  std::unordered_map<std::uint64_t, std::size_t> receive_of_;  // the first of that value
  std::unordered_map<std::uint64_t, std::size_t> send_of_;
};

}  // namespace

std::optional<std::vector<std::size_t>> neighbourhood(const history& h, const std::vector<std::size_t>& some) {
  const some_values involved(h, some);
  std::vector<operation> licensed;
  for (const std::size_t i : some) {
    if (is_licensed(h.operations[i], h.promised)) {
      licensed.push_back(h.operations[i]);
    }
  }
  std::vector<std::size_t> near = some;
  for (std::size_t i = 0; i < h.operations.size(); ++i) {
    const operation& o = h.operations[i];
    const bool has_value = is_send(o.kind) || (is_recv(o.kind) && o.result == outcome::ok);
    if (has_value ? involved.contains(o.value) : !is_recv(o.kind) || o.result == outcome::pending) {
      near.push_back(i);
    } else if (is_send(o.kind) && std::ranges::any_of(licensed, [&](const operation& l) { return overlap(o, l); })) {
      return std::nullopt;
    }
  }
  std::ranges::sort(near);
  near.erase(std::ranges::unique(near).begin(), near.end());
  const history part = sub_history(h, near);
  return shrinker(part).asks_for_all_values() ? std::nullopt : std::optional(std::move(near));
}

certificate shrink(const history& h, const std::vector<std::size_t>& suspected) { return shrinker(h).run(suspected); }

std::vector<std::size_t> with_what_they_need(const history& h, const std::vector<std::size_t>& some) {
  return shrinker(h).completed(some);
}

}  // namespace plumbline::oracle
