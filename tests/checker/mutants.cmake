# Is the cross-check awake? Each break below, one line of the checker, is built in the place of the real file into the program of
# the cross-check, which has to find a history on which it and the brute force disagree.

# breaks(<name> <file> <text> <what stands in its place> [<seed> <operations>]): the text occurs once in that file of oracle/. What
# shows it is rare, if there is a seed: it is one that gets there soon.
# delays(…): the same of a rule that makes the stream report early. What it says in the end is right without it; when, is not.
function(breaks name file find replace)
  if(NOT ARGN)
    set(ARGN 5 9)
  endif()
  checker_break(${name} ${file} "${find}" "${replace}" "random;200000;${ARGN}")
endfunction()

function(delays name file find replace)
  checker_break(${name} ${file} "${find}" "${replace}" late)
endfunction()

function(checker_break name file find replace arguments)
  plumbline_broken_oracle(broken ${name} ${file} "${find}" "${replace}")
  if(NOT broken)
    return()
  endif()
  # The broken object comes before the library, so the linker has no need of the real one.
  set(program plumbline_checker_break_${name})
  add_executable(${program} "${broken}" $<TARGET_OBJECTS:plumbline_cross_check_main>)
  target_link_libraries(${program} PRIVATE plumbline_cross_check plumbline::oracle fmt::fmt)
  target_compile_options(${program} PRIVATE -O0 -g0 -w)  # what is broken on purpose may look it
  add_test(NAME checker-break.${name}
           COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${program}> -D "ARGUMENTS=${arguments}"
                   -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/must_disagree.cmake")
  set_tests_properties(checker-break.${name} PROPERTIES LABELS "mutant;checker" TIMEOUT 120)
endfunction()

include(broken_oracle)

# ---- The order of what was received
breaks(overtaking_is_fine judge.cpp
  [=[if (!values.latest_send.is_there() || values.latest_send.op.begin <= send.op.end) {]=]
  [=[if (true) {]=])
breaks(equal_stamps_are_an_order judge.cpp
  [=[values.latest_send.op.begin <= send.op.end]=]
  [=[values.latest_send.op.begin < send.op.end]=])
breaks(bounds_do_not_compose judge.cpp
  [=[if (!values->latest_send.is_there() || send.op.begin > values->latest_send.op.begin) {]=]
  [=[if (true) {]=])

# ---- `empty` and `timeout` of a receive
breaks(empty_is_always_honest judge.cpp
  [=[if (!nothing_inside_.is_there() || nothing_inside_.op.begin <= send.op.end ||]=]
  [=[if (true ||]=])
breaks(empty_at_an_equal_stamp judge.cpp
  [=[nothing_inside_.op.begin <= send.op.end]=]
  [=[nothing_inside_.op.begin < send.op.end]=])
breaks(head_of_line_is_honest judge.cpp
  [=[(head_of_line_ && values->last_received > received_at_nothing_)]=]
  [=[false]=] 27 8)
breaks(head_of_line_is_weak judge.cpp
  [=[(head_of_line_ && values->last_received > received_at_nothing_)]=]
  [=[head_of_line_]=])
breaks(head_of_line_binds_all judge.cpp
  [=[head_of_line_ ? 0 : nothing_inside_.op.begin]=]
  [=[nothing_inside_.op.begin]=])
breaks(weak_without_an_overlap judge.cpp
  [=[promised_.empty == emptiness::weak && (open_sends_ > 0 || last_send_end_ >= recv.op.begin)]=]
  [=[promised_.empty == emptiness::weak]=])
breaks(weak_is_honest judge.cpp
  [=[promised_.empty == emptiness::weak && (open_sends_ > 0 || last_send_end_ >= recv.op.begin)]=]
  [=[false]=])
breaks(nothing_was_received_before_empty judge.cpp
  [=[received_at_nothing_ = received_;]=]
  [=[received_at_nothing_ = 0;]=])
breaks(the_tail_ignores_empty judge_finish.cpp
  [=[if (!head_of_line_ && !is_seen_by_empty(s, nullptr, values)) {]=]
  [=[if (false) {]=])
breaks(the_tail_ignores_the_head judge_finish.cpp [=[if (head_of_line_ && !has_places_) {]=] [=[if (false) {]=])

# ---- Disconnected receives
breaks(empty_after_disconnected judge.cpp [=[if (tells_receiver_ && disconnected_.is_there()) {]=] [=[if (false) {]=])
breaks(empty_after_the_last_drop judge.cpp [=[if (tells_receiver_ && no_sender_since(recv.op.begin)) {]=] [=[if (false) {]=])
breaks(the_last_drop_is_instant judge.cpp [=[last_drop_end_ < instant]=] [=[last_drop_end_ <= instant]=])
breaks(a_drop_under_way_is_over judge.cpp
  [=[live_senders_ == 0 && open_drops_ == 0 && last_drop_end_ < instant]=]
  [=[live_senders_ == 0 && last_drop_end_ < instant]=])
breaks(disconnected_while_senders_live judge.cpp [=[if (!tells_receiver_ || live_senders_ > 0) {]=] [=[if (!tells_receiver_) {]=])
breaks(a_value_after_disconnected judge.cpp
  [=[  if (disconnected_.is_there()) {
    return break_rule]=]
  [=[  if (false) {
    return break_rule]=])
breaks(lost_at_disconnected judge_finish.cpp [=[if (disconnected_.is_there() && !sent.empty()) {]=] [=[if (false) {]=])

# ---- Disconnected sends
breaks(the_drop_is_early judge.cpp [=[receiver_drop_.op.end < instant]=] [=[receiver_drop_.op.begin < instant]=])
breaks(a_refusal_is_forgotten judge.cpp
  [=[return tells_senders_ && refusal_.is_there() && refusal_.op.end < instant ? &refusal_ : nullptr;]=]
  [=[return nullptr;]=])
breaks(a_refusal_does_not_bound judge.cpp
  [=[std::min(receiver_drop_.op.end, refusal_.op.end)]=]
  [=[receiver_drop_.op.end]=] 11 6)
breaks(the_last_refusal_counts judge.cpp [=[s.op.end < refusal_.op.end]=] [=[s.op.end > refusal_.op.end]=])
breaks(sent_after_the_drop judge.cpp
  [=[      if (const seen* gone = receiver_gone_before(s.op.begin)) {]=]
  [=[      if (const seen* gone = nullptr) {]=])
breaks(full_after_the_drop judge.cpp
  [=[std::size_t received_at_begin) {
  if (const seen* gone = receiver_gone_before(s.op.begin)) {]=]
  [=[std::size_t received_at_begin) {
  if (const seen* gone = nullptr) {]=])
breaks(refused_before_the_drop judge_finish.cpp
  [=[(!receiver_drop_.is_there() || refusal_.op.end < receiver_drop_.op.begin)]=]
  [=[!receiver_drop_.is_there()]=])
breaks(refused_without_a_drop judge_finish.cpp
  [=[(!receiver_drop_.is_there() || refusal_.op.end < receiver_drop_.op.begin)]=]
  [=[(receiver_drop_.is_there() && refusal_.op.end < receiver_drop_.op.begin)]=])

# ---- Capacity
breaks(more_than_fit judge.cpp [=[if (last_.front().recv.op.begin > send.op.end) {]=] [=[if (false) {]=])
breaks(one_place_too_many_at_the_end judge_finish.cpp
  [=[const std::size_t free = *room_ - last_.size();]=]
  [=[const std::size_t free = *room_ - last_.size() + 1;]=])
breaks(a_pending_receive_frees_nothing judge_finish.cpp [=[q - free == last_.size() && recv.is_there()]=] [=[false]=])
breaks(places_open_too_late tail.cpp [=[if (opens[q] > deadlines[q]) {]=] [=[if (opens[q] >= deadlines[q]) {]=])

# ---- `full` and `timeout` of a send
breaks(full_though_unbounded judge.cpp
  [=[if (!room_) {
    return break_rule(s.op.result == outcome::timeout ? rule::timeout_clean : rule::full_honest, {s});]=]
  [=[if (!room_) {
    return;]=])
breaks(spurious_is_honest judge.cpp
  [=[if (*room_ == 0 || promised_.full == fullness::spurious) {]=]
  [=[if (*room_ == 0) {]=])
breaks(honest_is_spurious judge.cpp [=[if (*room_ == 0 || promised_.full == fullness::spurious) {]=] [=[if (true) {]=])
breaks(full_once_is_full_for_ever judge.cpp
  [=[if (full_after_ && *full_after_ >= received_at_begin) {]=]
  [=[if (full_after_) {]=])
breaks(the_easiest_full_counts judge.cpp
  [=[if (!full.is_there() || s.op.end < full.op.end) {]=]
  [=[if (!full.is_there() || s.op.end > full.op.end) {]=])
breaks(full_whenever_many_were_sent judge.cpp
  [=[if (sent_at <= last_[1].recv.op.end && !was_empty_after]=]
  [=[if (!was_empty_after]=])
breaks(full_at_an_equal_stamp judge.cpp [=[unsettled_full_.op.end < sent_at]=] [=[unsettled_full_.op.end <= sent_at]=])
breaks(full_after_one_more judge.cpp
  [=[full_after_ = received_ - *room_;]=]
  [=[full_after_ = received_ - *room_ + 1;]=])
breaks(full_with_one_more judge_finish.cpp
  [=[const std::size_t more = *room_ - (last_.size() - 1 - i);]=]
  [=[const std::size_t more = *room_ - (last_.size() - 1 - i) + 1;]=])
breaks(full_after_the_receiver judge_finish.cpp
  [=[std::min(unsettled.op.end, latest_receiver_drop()) < full_from]=]
  [=[unsettled.op.end < full_from]=] 12 7)
breaks(never_full_is_fine judge_finish.cpp
  [=[  if (unsettled.is_there()) {
    return breach]=]
  [=[  if (false) {
    return breach]=])
breaks(the_tail_is_greedy tail.cpp [=[room.add_from(last, -1);]=] [=[]=])
breaks(the_tail_looks_at_one_place tail.cpp
  [=[std::min(released[c], room.least_from(c))]=]
  [=[std::min(released[c], opened[c])]=])

# ---- Rendezvous
breaks(they_need_not_meet judge.cpp
  [=[if (neither_waits || send.op.end < recv.op.begin) {]=]
  [=[if (neither_waits) {]=])
breaks(two_tries_meet judge.cpp
  [=[if (neither_waits || send.op.end < recv.op.begin) {]=]
  [=[if (send.op.end < recv.op.begin) {]=])
breaks(two_sends_for_one_receive judge_finish.cpp
  [=[if (sent.size() > 1 || !recv.is_there()]=]
  [=[if (!recv.is_there()]=])
breaks(the_receive_came_later judge_finish.cpp [=[recv.op.begin > s.end || neither_waits]=] [=[neither_waits]=])
breaks(two_tries_meet_at_the_end judge_finish.cpp
  [=[recv.op.begin > s.end || neither_waits]=]
  [=[recv.op.begin > s.end]=])

# ---- Who sleeps
breaks(sleeps_beside_a_value judge_finish.cpp
  [=[if (!waits(pending.op) || !sent.empty() || peer_gone) {]=]
  [=[if (!waits(pending.op) || peer_gone) {]=])
breaks(sleeps_when_all_are_gone judge_finish.cpp
  [=[if (!waits(pending.op) || !sent.empty() || peer_gone) {]=]
  [=[if (!waits(pending.op) || !sent.empty()) {]=])
breaks(a_try_sleeps judge_finish.cpp
  [=[if (!waits(pending.op) || !sent.empty() || peer_gone) {]=]
  [=[if (!sent.empty() || peer_gone) {]=])
breaks(sleeps_beside_room judge_finish.cpp [=[(!room_ || sent.size() < *room_)]=] [=[!room_]=])
breaks(two_sleep_beside_each_other judge_finish.cpp
  [=[if (waits(pending.op) && rendezvous_ && recv.is_there()) {]=]
  [=[if (false) {]=])

# ---- Streams: too early
breaks(the_open_receive_takes_nothing stream.cpp
  [=[all_.completed.inside() > *room_ + open_receives_]=]
  [=[all_.completed.inside() > *room_]=])
breaks(the_open_receive_meets_nobody stream.cpp
  [=[all_.completed.inside() > open_receives_]=]
  [=[all_.completed.inside() >= open_receives_]=])
breaks(the_oldest_at_an_equal_stamp stream.cpp
  [=[oldest->end < latest_floor()]=]
  [=[oldest->end <= latest_floor()]=])
breaks(what_ended_since_is_no_head stream.cpp
  [=[const bool has_head = values.completed.any_since(nothing_inside_.op.begin, sent_, may_be_ahead);]=]
  [=[const bool has_head = false;]=])
breaks(full_needs_one_more stream.cpp
  [=[received_ + sent_.size() >= ended.received_at_begin + *room_]=]
  [=[received_ + sent_.size() > ended.received_at_begin + *room_]=])

# ---- Which rule is named, and why
breaks(full_is_blamed_first checker.cpp [=[if (!rest.found) {]=] [=[if (true) {]=])
breaks(fulls_stand_alone checker.cpp
  [=[else_wrong.operations = with_what_they_need(h, else_wrong.operations);]=] [=[]=])
breaks(too_much_only_of_what_has_ended reasons_of_room.cpp [=[(had_ended || comes_first)]=] [=[had_ended]=])
breaks(the_order_is_backwards linearize.cpp [=[{order_.rbegin(), order_.rend()}]=] [=[{order_.begin(), order_.end()}]=])

# ---- What a breach in a long history is shown with
breaks(full_is_shown_by_its_neighbours certificate.cpp
  [=[shrinker(part).asks_for_all_values() ? std::nullopt : std::optional(std::move(near))]=]
  [=[near]=])
breaks(license_is_shown_by_its_neighbours certificate.cpp
  [=[std::ranges::any_of(licensed, [&](const operation& l) { return overlap(o, l); })]=]
  [=[false]=])
breaks(what_has_no_value_is_no_neighbour certificate.cpp
  [=[!is_recv(o.kind) || o.result == outcome::pending]=]
  [=[false]=])
breaks(the_open_receive_is_no_neighbour certificate.cpp
  [=[!is_recv(o.kind) || o.result == outcome::pending]=]
  [=[!is_recv(o.kind)]=])

# ---- What the verifier believes
breaks(states_without_an_order verifier.cpp [=[key += ',' + std::to_string(b.value);]=] [=[key += ',';]=])
breaks(begins_after_ends verifier.cpp
  [=[i < n && here.at(i).begin <= first_end; ++i]=]
  [=[i < n && here.at(i).begin < first_end; ++i]=])
breaks(the_drop_may_be_left_out part.cpp
  [=[return is_send(p.kind) && p.result == outcome::disconnected;]=]
  [=[return false;]=])
breaks(what_fills_may_be_left_out part.cpp
  [=[(stays && can_be_full && whole.quiescent && is_send(p.kind) && p.result == outcome::pending) ||]=]
  [=[]=])
breaks(heads_may_be_left_out part.cpp
  [=[whole.promised.empty != emptiness::honest && overlap(o, p)]=]
  [=[whole.promised.empty == emptiness::weak && overlap(o, p)]=] 9 7)
breaks(who_makes_room_may_be_left_out part.cpp
  [=[may_make_room && o.result == outcome::pending]=]
  [=[may_make_room && o.result == outcome::ok]=])

# ---- When the stream reports
delays(more_than_fit_is_told_late stream.cpp
  [=[if (all_.completed.inside() > *room_ + open_receives_) {]=]
  [=[if (false) {]=])
delays(more_than_fit_is_forgotten stream.cpp
  [=[if (overfull_since_ && (receiving_ == 0 || *overfull_since_ < recv.op.end)) {]=]
  [=[if (false) {]=])
delays(a_place_known_is_forgotten stream.cpp
  [=[has_places_ && promised_.capacity == bound::exact && last_.size() == *room_;]=]
  [=[false;]=])
delays(the_oldest_is_not_asked stream.cpp [=[} else if (oldest->end < latest_floor()) {]=] [=[} else if (false) {]=])
delays(lost_is_told_late stream.cpp [=[if (recv.op.result == outcome::disconnected) {]=] [=[if (false) {]=])
delays(the_lane_is_not_asked stream.cpp
  [=[oldest != nullptr && !rendezvous_ && oldest->end < values.latest_send.op.begin]=]
  [=[false]=])
delays(the_head_is_not_asked stream.cpp [=[} else if (recv.op.result != outcome::ok) {]=] [=[} else if (false) {]=])
delays(never_full_is_told_late stream.cpp [=[if (!can_have_been_full) {]=] [=[if (false) {]=])
delays(nobody_to_meet_is_told_late stream.cpp [=[if (all_.completed.inside() > open_receives_ || (]=] [=[if ((]=])
delays(a_try_may_meet_a_try stream.cpp [=[(tried && waiting_receives_ == 0)]=] [=[false]=])
delays(nobody_met_is_told_late stream.cpp [=[if (oldest->end < recv.op.end || receiving_ == 0) {]=] [=[if (false) {]=])
delays(the_end_of_a_late_send_settles_nothing stream.cpp
  [=[early_ && op.begin <= gone && gone <= op.end) {]=]
  [=[false) {]=])
