# Is the check of the checkers awake? Each break below, one line of the model or of the brute-force checker, is built in the
# place of the real file, with all tests of this directory; the test named with it has to fail.

# breaks(<name> <file> <Suite.Name> <text> <what stands in its place>): the text occurs once in that file of oracle/.
function(breaks name file test find replace)
  plumbline_broken_oracle(broken ${name} ${file} "${find}" "${replace}")
  if(NOT broken)
    return()
  endif()
  # The broken object comes before the library, so the linker has no need of the real one.
  set(program plumbline_oracle_break_${name})
  add_executable(${program} "${broken}" $<TARGET_OBJECTS:plumbline_oracle_tests>)
  target_link_libraries(${program} PRIVATE plumbline::oracle plumbline_test_support fmt::fmt)
  target_compile_options(${program} PRIVATE -g0 -w)  # what is broken on purpose may look it
  add_test(NAME oracle-break.${name}
           COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${program}> -D TEST=${test} -D MUTANT=${name}
                   -P "${PROJECT_SOURCE_DIR}/tests/awake/must_fail.cmake")
  set_tests_properties(oracle-break.${name} PROPERTIES LABELS mutant TIMEOUT 120)
endfunction()

include(broken_oracle)
find_package(fmt REQUIRED)
set(every_order Linearize.AgreesWithTheEnumerationOfAllSequences)

# ---- The model
breaks(one_too_many model.cpp ${every_order} [=[s.buffer.size() < *limit]=] [=[s.buffer.size() <= *limit]=])
breaks(full_too_early model.cpp ${every_order} [=[s.buffer.size() >= *limit]=] [=[s.buffer.size() + 1 >= *limit]=])
breaks(spuriously_full_without_a_bound model.cpp Model.SaysFullOnlyWhenItIs
  [=[t.promised.full == fullness::spurious && room(t)]=] [=[t.promised.full == fullness::spurious]=])
breaks(full_without_a_receiver model.cpp ${every_order}
  [=[tells_senders(t) && !s.receiver_alive) {]=] [=[tells_senders(t) && false) {]=])
breaks(empty_without_a_sender model.cpp ${every_order}
  [=[tells_receiver(t) && nobody_sends(s)) {]=] [=[tells_receiver(t) && false) {]=])
breaks(disconnected_before_drained model.cpp ${every_order}
  [=[(!t.in_force.has(rule::no_loss) || s.buffer.empty())]=] [=[true]=])
breaks(sends_to_nobody model.cpp ${every_order}
  [=[return s.receiver_alive || !tells_senders(t) ||]=] [=[return true || !tells_senders(t) ||]=])
breaks(buffer_survives_the_receiver model.cpp Model.HandlesComeAndGo [=[s.buffer.clear();]=] [=[]=])
breaks(linearizable_per_sender model.cpp ${every_order}
  [=[t.in_force.has(rule::fifo) ? t.promised.order : order::per_sender]=] [=[order::per_sender]=])
breaks(two_tries_meet model.cpp ${every_order}
  [=[(send.kind != operation_kind::try_send || recv.kind != operation_kind::try_recv)]=] [=[true]=])
breaks(rendezvous_is_a_capacity model.cpp Model.AtCapacityZeroNothingIsEverBuffered
  [=[t.in_force.has(t.capacity == 0 ? rule::rendezvous : rule::capacity)]=] [=[t.in_force.has(rule::capacity)]=])
breaks(sleeps_beside_a_value model.cpp ${every_order}
  [=[return !s.buffer.empty() || peer_waits ||]=] [=[return peer_waits ||]=])

# ---- The search for an order
breaks(equal_times_do_not_overlap linearize.cpp ${every_order} [=[p.end < o.begin ||]=] [=[p.end <= o.begin ||]=])
breaks(receives_have_no_order linearize.cpp ${every_order} [=[both_on_receiver ||]=] [=[]=])
breaks(threads_have_an_order linearize.cpp ${every_order} [=[(both_on_receiver ||]=] [=[(p.thread == o.thread ||]=])
breaks(pending_has_no_effect linearize.cpp ${every_order}
  [=[h.quiescent && in_force.has(]=] [=[in_force.has(]=])
breaks(nobody_is_stuck linearize.cpp ${every_order} [=[ && nobody_oversleeps(done, states_[depth])]=] [=[]=])
breaks(states_without_buffer linearize.cpp ${every_order}
  [=[key[length++] = static_cast<char>(b.value);]=] [=[static_cast<void>(b);]=])
breaks(ended_sends_excuse linearize.cpp ${every_order}
  [=[return false;  // that send had ended: its value was there to be received]=] [=[return true;]=])
breaks(weak_without_overlap linearize.cpp ${every_order}
  [=[return is_send(s.kind) && overlap(s, o);]=] [=[return is_send(s.kind);]=])
breaks(ahead_of_other_senders linearize.cpp ${every_order}
  [=[operations_[r.value].handle == operations_[i].handle]=] [=[true]=])
breaks(pending_changes_nothing linearize.cpp ${every_order}
  [=[return o.result != outcome::ok && o.result != outcome::pending;]=] [=[return o.result != outcome::ok;]=])
breaks(received_and_unreceived_alike linearize.cpp ${every_order}
  [=[while (!is_send(operations_[number].kind) || (received_ & bit(number)) != 0) {]=]
  [=[while (!is_send(operations_[number].kind)) {]=])
breaks(head_of_line_forgets_whose_head linearize.cpp ${every_order}
  [=[ && strict_.promised.empty != emptiness::head_of_line) {]=] [=[) {]=])
breaks(blocked_partners_may_miss linearize.cpp ${every_order}
  [=[is_rendezvous(strict_) && is_recv(o.kind) && (sends_]=] [=[false && is_recv(o.kind) && (sends_]=])

# ---- The rule and the witness
breaks(fullness_without_values search.cpp Search.WhatIsLeftOfALegalHistoryIsLegal
  [=[return !is_a_license && !is_needed_for_fullness(h, o);]=] [=[return !is_a_license;]=])
breaks(empty_without_license search.cpp Search.WhatIsLeftOfALegalHistoryIsLegal
  [=[return !is_a_license && !is_needed_for_fullness(h, o);]=] [=[return !is_needed_for_fullness(h, o);]=])
breaks(clone_takes_all_with_it search.cpp Search.WhatIsLeftOfALegalHistoryIsLegal
  [=[!goes_anyway && !may_leave_out(h, other)]=] [=[false]=])
breaks(drop_is_left_out search.cpp Search.WhatIsLeftOfALegalHistoryIsLegal
  [=[return is_recv(r.kind) && r.result == outcome::disconnected;]=] [=[return !is_recv(r.kind) && !is_send(r.kind) && false;]=])
breaks(witness_is_not_shrunk search.cpp Search.ChainsOfManyValuesShrinkToTheTwoThatCrossed
  [=[if (broken_rule(sub_history(h, fewer), allowed) == broken) {]=] [=[if (false) {]=])
breaks(first_suspect_is_no_loss search.cpp Search.SaysWhatAFastQueueKeepsAfterAll
  [=[{rule::fifo, ]=] [=[{rule::no_loss, ]=])

# ---- The chain of "because"
set(against_the_innocent Chain.ThereIsNoneAgainstAHistoryThatConforms)
breaks(chain_against_equal_times chain.cpp Chain.EqualTimesOverlap
  [=[p.send->end < p.earliest.after;]=] [=[p.send->end <= p.earliest.after;]=])
breaks(chain_orders_all_senders chain_bounds.cpp ${against_the_innocent}
  [=[(history_.promised.order == order::per_sender && of_one_sender)]=] [=[true]=])
breaks(chain_of_weak_empties chain_bounds.cpp ${against_the_innocent}
  [=[o.result == outcome::disconnected || honest;]=] [=[true;]=])
breaks(chain_of_one_place_too_few chain_bounds.cpp ${against_the_innocent}
  [=[const passage& left = all_[i - places];]=] [=[const passage& left = all_[i - places + 1];]=])
breaks(chain_without_order chain_bounds.cpp Chain.ThereIsOneForNearlyEveryBreach
  [=[if (history_.promised.order == order::linearizable ||]=] [=[if (false &&]=])
breaks(chain_of_a_drop_too_late chain_bounds.cpp ${against_the_innocent}
  [=[(p.recv != nullptr && p.recv->begin < d.begin)) {]=] [=[false) {]=])
breaks(chain_full_with_one_less chain_steps.cpp ${against_the_innocent} [=[if (most >= places) {]=] [=[if (most > places) {]=])
breaks(chain_full_at_the_begin_only chain_steps.cpp ${against_the_innocent}
  [=[if (during.begin <= s.from && s.from <= during.end) {]=] [=[if (false) {]=])
breaks(chain_takes_nothing chain_steps.cpp ${against_the_innocent}
  [=[*h.capacity + (one_may_leave ? 1 : 0)]=] [=[*h.capacity]=])
breaks(chain_of_any_room chain_steps.cpp ${against_the_innocent}
  [=[if (found.size() >= *h.capacity) {]=] [=[if (found.size() + 1 >= *h.capacity) {]=])
breaks(chain_of_either_value chain_steps.cpp ${against_the_innocent}
  [=[if (both && leaves(a) > came(b) && leaves(b) > came(a)) {]=] [=[if (both && leaves(a) > came(b)) {]=])
breaks(chain_without_heads chain_steps.cpp Chain.AHeadThatIsNotThereYetExcusesAnEmpty [=[      if (!excused) {]=] [=[      if (true) {]=])
breaks(chain_without_excuse chain_steps.cpp ${against_the_innocent} [=[found_nothing(e) && !excused && sent(s)]=] [=[found_nothing(e) && sent(s)]=])
breaks(chain_of_those_that_met chain_steps.cpp ${against_the_innocent} [=[if (ended_before(s, *other)) {]=] [=[if (true) {]=])
breaks(chain_disconnected_too_early chain_steps_of_ends.cpp ${against_the_innocent}
  [=[s.drop_began > d->end]=] [=[s.drop_ended > d->end]=])
breaks(chain_of_an_early_drop chain_steps_of_ends.cpp ${against_the_innocent}
  [=[last->second.drop_ended < e.begin) {]=] [=[last->second.drop_began < e.end) {]=])
breaks(chain_of_a_send_beside_the_drop chain_steps_of_ends.cpp ${against_the_innocent}
  [=[gone != nullptr && ended_before(*gone, s);]=] [=[gone != nullptr;]=])
breaks(chain_of_an_empty_at_an_equal_time chain_bounds.cpp Chain.EqualTimesOverlap
  [=[o.begin < p.recv->begin;]=] [=[o.begin <= p.recv->begin;]=])
breaks(chain_of_a_place_at_an_equal_time chain_steps.cpp ${against_the_innocent}
  [=[leaves(s) > latest) {]=] [=[leaves(s) >= latest) {]=])
breaks(chain_of_an_excuse_at_an_equal_time chain_steps.cpp Chain.EqualTimesOverlap
  [=[is_send(s.kind) && overlap(s, e); }) != nullptr]=] [=[is_send(s.kind) && s.begin < e.end && e.begin < s.end; }) != nullptr]=])
breaks(chain_of_a_drop_at_an_equal_time chain_steps_of_ends.cpp ${against_the_innocent}
  [=[last->second.drop_ended < e.begin) {]=] [=[last->second.drop_ended <= e.begin) {]=])
breaks(chain_of_who_may_sleep chain_steps_of_ends.cpp ${against_the_innocent}
  [=[if (rendezvous || inside.size() >= *h.capacity) {]=] [=[if (rendezvous) {]=])

# ---- Which rule is named
breaks(overtaking_is_a_crowd checker.cpp Histories/HistoryFile.IsJudgedAsItsNameSays/rule_fifo_no_room_bad
  [=[if (shown.broken != rule::capacity ||]=] [=[if (true ||]=])
breaks(nobody_overtakes_himself checker.cpp Histories/HistoryFile.IsJudgedAsItsNameSays/rule_sender_order_no_room_bad
  [=[{rule::fifo, rule::sender_order}]=] [=[{rule::fifo}]=])

# ---- What no random history shows
breaks(full_across_an_empty judge.cpp Histories/HistoryFile.IsJudgedAsItsNameSays/full_across_an_empty_at_equal_times_bad
  [=[return nothing_inside_.is_there() && received_at_nothing_ >= received && !head_of_line_;]=] [=[return false;]=])

# ---- The verifier
breaks(every_part_stands_for_the_whole part.cpp Verifier.BelievesNoForgedProof
  [=[[&](const operation& p) { return is_needed_for(whole.operations[i], p); }]=] [=[[&](const operation&) { return false; }]=])
breaks(every_breach_is_believed verifier.cpp Verifier.BelievesNoBreachOfALegalHistory
  [=[judgement::unknown : search{most_states}.from(run(part));]=] [=[judgement::unknown : judgement::violates;]=])
breaks(an_order_of_some_will_do verifier.cpp Verifier.BelievesNoForgedOrder [=[all.is_finished()]=] [=[true]=])
