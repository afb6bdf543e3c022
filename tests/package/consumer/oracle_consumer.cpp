#include <plumbline/oracle/contract.hpp>
#include <plumbline/oracle/model.hpp>

int main() {
  using namespace plumbline::oracle;
  const terms what{.promised = {}, .capacity = 1};
  const operation sent{.kind = operation_kind::send, .result = outcome::ok, .value = 1, .end = 1};
  return step(what, initial_state(1), sent).size() == 1 && to_string(rule::no_loss) == "NO-LOSS" ? 0 : 1;
}
