---------------------------- MODULE MutexChannel ----------------------------
(***************************************************************************)
(* The algorithm of src/plumbline/detail/core.hpp: one mutex, one queue, a *)
(* condition variable per reason to wait.  It keeps the promise of Channel *)
(* (see the end of this module for how it is mapped to it).                *)
(*                                                                         *)
(*   not_empty  the receiver sleeps here: for a message, for the last      *)
(*              sender to go                                               *)
(*   not_full   senders sleep here: for room, for the receiver to go       *)
(*              (Capacity > 0)                                             *)
(*   answered   each sender has its own, in its offer, and sleeps there:   *)
(*              for its message to be taken, for the receiver to go        *)
(*              (Capacity 0)                                               *)
(*                                                                         *)
(* A thread goes from place to place like this; only the holder of the     *)
(* mutex makes the steps of its critical section:                          *)
(*                                                                         *)
(*   idle --Begin--> ready --Acquire--> [critical section]                 *)
(*                                         |    |     |                    *)
(*                       SendWaits, ...    |    |     +--> notifies        *)
(*                 waits <-----------------+    |             | Notify     *)
(*                   | Sleep                    v             |            *)
(*                   v                       returns <--------+            *)
(*                asleep                        | End                      *)
(*                   | woken                    v                          *)
(*                   v                        idle                         *)
(*                 awake --Acquire--> [critical section]                   *)
(*                                                                         *)
(* What is done between taking the mutex and releasing it is one step for  *)
(* each decision, since no other thread sees the inside of it.  Going to   *)
(* sleep is a step of its own: it releases the mutex and sleeps, at once.  *)
(* Notifications are steps of their own, after the mutex was released, but *)
(* for those of DropReceiver, which core.hpp makes under the mutex.        *)
(* Memory never runs out here.  (There, a send without any for the queue   *)
(* changes nothing, and notifies the next sender, under the mutex.)        *)
(*                                                                         *)
(* The disjuncts of CriticalSection are the names that core.hpp has in its *)
(* comments [spec: Name]; ci/spec compares the two lists.  The operators   *)
(* of the section DECISIONS are what is easily got wrong: Mutants.tla      *)
(* replaces them one at a time.                                            *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Senders, Receiver, InitialSenders, Capacity, Unbounded, Operations, MaxSends

VARIABLES
    call, result, sender, receiverLive, queue, destroyed, sends,    \* as in Channel
    receiverWaiting,  \* the receiver sleeps on not_empty, or was woken and has not decided yet
    offer,            \* offer[s] (Capacity 0): "none", "open": its message is in the queue, "taken"
    holder,           \* the thread that has the mutex, or Nobody
    pc,               \* pc[t]: where t is, see above
    cv,               \* cv[t]: the condition variable it waits for, sleeps on or notifies
    late              \* the threads whose deadline has passed

promised == <<call, result, sender, receiverLive, queue, destroyed, sends>>
vars     == <<promised, receiverWaiting, offer, holder, pc, cv, late>>

Nobody == "nobody"
Places == {"idle", "ready", "waits", "asleep", "awake", "notifies", "notifies both", "notifies all", "returns"}
ConditionVariables == {"not_empty", "not_full", "answered"}

(* The words of Channel.  Of its actions only Begin and End are used, which  *)
(* are the same here.                                                        *)
C == INSTANCE Channel

Threads     == C!Threads
LiveSenders == C!LiveSenders

Asleep(t, on)  == pc[t] = "asleep" /\ cv[t] = on
Sleepers(on)   == {t \in Threads : Asleep(t, on)}
Owner(m)       == m[1]

(* The message m of the queue is on offer: its sender waits for the answer.  *)
(* (The others of the queue have been sent for good.)                        *)
OnOffer(m) == offer[Owner(m)] = "open" /\ call[Owner(m)].msg = m

-----------------------------------------------------------------------------
(* DECISIONS                                                                *)

(* The message may be put into the queue.  With capacity 0: for a receiver   *)
(* that waits, and has none yet.                                             *)
Room == IF Capacity = Unbounded THEN TRUE
        ELSE Len(queue) < (IF Capacity = 0 THEN (IF receiverWaiting THEN 1 ELSE 0) ELSE Capacity)

(* Once the message is in the queue, there is room for another.  (Unbounded:  *)
(* nobody waits for room.)                                                   *)
RoomIsLeft == Capacity # Unbounded /\ Len(queue) + 1 < Capacity

(* What the three loops wait for, and what is asked after them.              *)
ReceiverGone     == ~receiverLive
Taken(s)         == offer[s] = "taken"
NothingLeft      == queue = <<>>
SendMustWait(s)  == ~ReceiverGone /\ ~Room
OfferMustWait(s) == ~Taken(s) /\ ~ReceiverGone
RecvMustWait(r)  == queue = <<>> /\ LiveSenders # {}

(* Whether the deadline lies ahead.  Asked only when one must wait.          *)
MayWait(t) == call[t].op \notin C!TryOps /\ t \notin late

(* What is on the queue after it was given a message, and which comes next.   *)
WithLast(q, m) == Append(q, m)
First(q)       == Head(q)
WithoutFirst(q) == Tail(q)
Without(q, m)  == SelectSeq(q, LAMBDA other : other # m)

(* Where one sleeps until there is a message, and until there is room.       *)
ForMessages == "not_empty"
ForRoom     == "not_full"

(* Whom an operation notifies when it has released the mutex.  A receive      *)
(* wakes one sender: the one whose offer it took, or if the channel was full *)
(* one that waits for room.  Who stores a message and leaves room wakes the  *)
(* next.  So there is never room and a sleeper without somebody on the way   *)
(* to fill it.                                                               *)
NoOne               == <<"returns", "none">>
OneOf(on)           == <<"notifies", on>>
AllOf(on)           == <<"notifies all", on>>
OneOfEach           == <<"notifies both", ForMessages>>       \* and then ForRoom
StoringNotifies     == IF receiverWaiting
                         THEN IF RoomIsLeft THEN OneOfEach ELSE OneOf(ForMessages)
                         ELSE IF RoomIsLeft THEN OneOf(ForRoom) ELSE NoOne
TakingNotifies      == IF OnOffer(First(queue)) THEN OneOf("answered")
                       ELSE IF Room THEN NoOne ELSE OneOf(ForRoom)
LastSenderNotifies  == OneOf(ForMessages)
ReceiverNotifies    == AllOf(ForRoom)

(* Who wakes up, of the threads that sleep where a notification goes.        *)
WokenByOne(sleepers) == IF sleepers = {} THEN {{}} ELSE {{t} : t \in sleepers}
WokenByAll(sleepers) == {sleepers}

(* Capacity 0: whom the receiver answers, which is who sleeps for the message *)
(* that it took; and an offer belongs to both, for either may be through     *)
(* with it first.                                                            *)
Answers(r)          == {s \in Sleepers("answered") : call[s].msg = result[r].msg}
OfferBelongsToBoth  == TRUE

(* Capacity 0, notified under the mutex at the receiver's drop: every sender  *)
(* that has an offer in the queue.                                           *)
WokenByTheReceiver == {t \in Sleepers("answered") : OnOffer(call[t].msg)}

(* The receiver keeps this in receiverWaiting as soon as it has the mutex.   *)
NoLongerWaiting == FALSE

(* What is buffered when the receiver goes is taken out of the queue, and    *)
(* destroyed; with capacity 0 each message is left to its sender.            *)
LeftByReceiver      == IF Capacity = 0 THEN queue ELSE <<>>
DestroyedByReceiver == IF Capacity = 0 THEN {} ELSE {queue[i] : i \in DOMAIN queue}

(* What becomes of a sender's handle when it is dropped, and of the          *)
(* receiver's when a sender is cloned.                                       *)
Dropped            == "dropped"
ReceiverWhenCloned == receiverLive

(* What an operation that has to give up returns.                            *)
GaveUp(t) == CASE call[t].op = "try_send" -> C!Full
               [] call[t].op = "try_recv" -> C!Empty
               [] OTHER                   -> C!Timeout

(* Where an operation begins, and where a notification leads.                *)
FirstStep(t)      == <<"ready", "none">>
AfterNotifying(t) == IF pc[t] = "notifies both" THEN OneOf(ForRoom) ELSE NoOne

(* The mutex is needed for a critical section, and one thread has it.        *)
Holds(t) == holder = t /\ pc[t] \in {"ready", "awake"}

(* Condition variables wake for no reason.                                   *)
WakesForNoReason(t) == TRUE

-----------------------------------------------------------------------------
Init == /\ C!Init
        /\ receiverWaiting = FALSE
        /\ offer  = [s \in Senders |-> "none"]
        /\ holder = Nobody
        /\ pc     = [t \in Threads |-> "idle"]
        /\ cv     = [t \in Threads |-> "none"]
        /\ late   = {}

Goes(t, to) == /\ pc' = [pc EXCEPT ![t] = to[1]]
               /\ cv' = [cv EXCEPT ![t] = to[2]]

Begin(t) ==
    /\ pc[t] = "idle"
    /\ C!Begin(t)
    /\ Goes(t, FirstStep(t))
    /\ UNCHANGED <<receiverWaiting, offer, holder, late>>

End(t) ==
    /\ pc[t] = "returns"
    /\ C!End(t)
    /\ Goes(t, <<"idle", "none">>)
    /\ UNCHANGED <<receiverWaiting, offer, holder, late>>

Acquire(t) ==
    /\ pc[t] \in {"ready", "awake"} /\ holder = Nobody
    /\ holder' = t
    /\ UNCHANGED <<promised, receiverWaiting, offer, pc, cv, late>>

Release(t) == holder' = IF holder = t THEN Nobody ELSE holder

(* The end of a critical section: the result r is decided, `woken` threads    *)
(* were notified under the mutex, which is now released; then goes `to`.      *)
LeaveWaking(t, r, woken, to) ==
    /\ result' = [result EXCEPT ![t] = r]
    /\ Release(t)
    /\ pc' = [x \in Threads |-> IF x = t THEN to[1] ELSE IF x \in woken THEN "awake" ELSE pc[x]]
    /\ cv' = [x \in Threads |-> IF x = t THEN to[2] ELSE IF x \in woken THEN "none" ELSE cv[x]]
    /\ late' = late \ {t}
    /\ UNCHANGED <<call, sends>>

Leave(t, r, to) == LeaveWaking(t, r, {}, to)

(* It is decided to wait, still under the mutex.                              *)
WaitFor(t, on) ==
    /\ Goes(t, <<"waits", on>>)
    /\ UNCHANGED <<call, result, sends, holder, late>>

-----------------------------------------------------------------------------
(* Critical sections of send                                                 *)

InSend(s) == call[s].op \in C!SendOps /\ offer[s] = "none" /\ Holds(s)

SendGivesUp(s) ==
    /\ InSend(s) /\ SendMustWait(s) /\ ~MayWait(s)
    /\ Leave(s, GaveUp(s), NoOne)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, receiverWaiting, offer>>

SendWaits(s) ==
    /\ InSend(s) /\ SendMustWait(s) /\ MayWait(s) /\ Capacity # 0
    /\ WaitFor(s, ForRoom)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, receiverWaiting, offer>>

SendFails(s) ==
    /\ InSend(s) /\ ~SendMustWait(s) /\ ReceiverGone
    /\ Leave(s, C!Disconnected, NoOne)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, receiverWaiting, offer>>

SendStores(s) ==
    /\ InSend(s) /\ ~SendMustWait(s) /\ ~ReceiverGone
    /\ queue' = WithLast(queue, call[s].msg)
    /\ Leave(s, C!Ok, StoringNotifies)
    /\ UNCHANGED <<sender, receiverLive, destroyed, receiverWaiting, offer>>

(* Capacity 0, and no receiver waits for a message.  The mutex is kept: the   *)
(* next step of s is one of the following three.                             *)
SendOffers(s) ==
    /\ InSend(s) /\ SendMustWait(s) /\ MayWait(s) /\ Capacity = 0
    /\ queue' = WithLast(queue, call[s].msg)
    /\ offer' = [offer EXCEPT ![s] = "open"]
    /\ UNCHANGED <<call, result, sender, receiverLive, destroyed, sends,
                   receiverWaiting, holder, pc, cv, late>>

InOffer(s) == call[s].op \in C!SendOps /\ offer[s] # "none" /\ Holds(s)

OfferWaits(s) ==
    /\ InOffer(s) /\ OfferMustWait(s) /\ MayWait(s)
    /\ WaitFor(s, "answered")
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, receiverWaiting, offer>>

OfferTaken(s) ==
    /\ InOffer(s) /\ ~(OfferMustWait(s) /\ MayWait(s)) /\ Taken(s)
    /\ offer' = [offer EXCEPT ![s] = "none"]
    /\ Leave(s, C!Ok, NoOne)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, receiverWaiting>>

OfferWithdrawn(s) ==
    /\ InOffer(s) /\ ~(OfferMustWait(s) /\ MayWait(s)) /\ ~Taken(s)
    /\ queue' = Without(queue, call[s].msg)
    /\ offer' = [offer EXCEPT ![s] = "none"]
    /\ Leave(s, IF ReceiverGone THEN C!Disconnected ELSE GaveUp(s), NoOne)
    /\ UNCHANGED <<sender, receiverLive, destroyed, receiverWaiting>>

-----------------------------------------------------------------------------
(* Critical sections of recv                                                 *)

InRecv(r) == r = Receiver /\ call[r].op \in C!RecvOps /\ Holds(r)

RecvGivesUp(r) ==
    /\ InRecv(r) /\ RecvMustWait(r) /\ ~MayWait(r)
    /\ receiverWaiting' = NoLongerWaiting
    /\ Leave(r, GaveUp(r), NoOne)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, offer>>

RecvWaits(r) ==
    /\ InRecv(r) /\ RecvMustWait(r) /\ MayWait(r)
    /\ receiverWaiting' = TRUE
    /\ WaitFor(r, ForMessages)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, offer>>

RecvFails(r) ==
    /\ InRecv(r) /\ ~RecvMustWait(r) /\ NothingLeft
    /\ receiverWaiting' = NoLongerWaiting
    /\ Leave(r, C!Disconnected, NoOne)
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, offer>>

RecvTakes(r) ==
    /\ InRecv(r) /\ ~RecvMustWait(r) /\ ~NothingLeft
    /\ receiverWaiting' = NoLongerWaiting
    /\ LET m == First(queue) IN
         /\ queue' = WithoutFirst(queue)
         /\ IF OnOffer(m)
              THEN offer' = [offer EXCEPT ![Owner(m)] = "taken"]
              ELSE UNCHANGED offer
         /\ Leave(r, C!Value(m), TakingNotifies)
    /\ UNCHANGED <<sender, receiverLive, destroyed>>

-----------------------------------------------------------------------------
(* Critical sections of the handles                                          *)

Clone(s) ==
    /\ call[s].op = "clone" /\ Holds(s)
    /\ sender' = [sender EXCEPT ![call[s].new] = "live"]
    /\ receiverLive' = ReceiverWhenCloned
    /\ Leave(s, C!Ok, NoOne)
    /\ UNCHANGED <<queue, destroyed, receiverWaiting, offer>>

DropSender(s) ==
    /\ call[s].op = "drop_sender" /\ Holds(s)
    /\ sender' = [sender EXCEPT ![s] = Dropped]
    /\ Leave(s, C!Ok, IF LiveSenders = {s} THEN LastSenderNotifies ELSE NoOne)
    /\ UNCHANGED <<receiverLive, queue, destroyed, receiverWaiting, offer>>

DropReceiver(r) ==
    /\ call[r].op = "drop_receiver" /\ Holds(r)
    /\ receiverLive' = FALSE
    /\ queue'     = LeftByReceiver
    /\ destroyed' = DestroyedByReceiver
    /\ LeaveWaking(r, C!Ok, WokenByTheReceiver, ReceiverNotifies)
    /\ UNCHANGED <<sender, receiverWaiting, offer>>

(* The names in core.hpp.                                                    *)
CriticalSection(t) ==
    \/ SendGivesUp(t)
    \/ SendWaits(t)
    \/ SendFails(t)
    \/ SendStores(t)
    \/ SendOffers(t)
    \/ OfferWaits(t)
    \/ OfferTaken(t)
    \/ OfferWithdrawn(t)
    \/ RecvGivesUp(t)
    \/ RecvWaits(t)
    \/ RecvFails(t)
    \/ RecvTakes(t)
    \/ Clone(t)
    \/ DropSender(t)
    \/ DropReceiver(t)

-----------------------------------------------------------------------------
(* Condition variables                                                       *)

Sleep(t) ==                              \* releases the mutex and sleeps, at once
    /\ pc[t] = "waits"
    /\ pc' = [pc EXCEPT ![t] = "asleep"]
    /\ Release(t)
    /\ UNCHANGED <<promised, receiverWaiting, offer, cv, late>>

Notify(t) ==
    /\ pc[t] \in {"notifies", "notifies both", "notifies all"}
    /\ \E woken \in IF pc[t] = "notifies all" THEN WokenByAll(Sleepers(cv[t]))
                   ELSE WokenByOne(IF cv[t] = "answered" THEN Answers(t) ELSE Sleepers(cv[t])) :
         /\ pc' = [x \in Threads |-> IF x = t THEN AfterNotifying(t)[1]
                                     ELSE IF x \in woken THEN "awake" ELSE pc[x]]
         /\ cv' = [x \in Threads |-> IF x = t THEN AfterNotifying(t)[2] ELSE IF x \in woken THEN "none" ELSE cv[x]]
    /\ UNCHANGED <<promised, receiverWaiting, offer, holder, late>>

WakeForNoReason(t) ==
    /\ pc[t] = "asleep" /\ WakesForNoReason(t)
    /\ Goes(t, <<"awake", "none">>)
    /\ UNCHANGED <<promised, receiverWaiting, offer, holder, late>>

(* The deadline of t passes.  Only where that makes a difference: while t     *)
(* sleeps, which wakes it, and when it is about to look at the clock.        *)
DeadlinePasses(t) ==
    /\ call[t].op \in C!TimedOps /\ t \notin late
    /\ late' = late \cup {t}
    /\ \/ pc[t] = "asleep" /\ Goes(t, <<"awake", "none">>)
       \/ Holds(t) /\ UNCHANGED <<pc, cv>>
    /\ UNCHANGED <<promised, receiverWaiting, offer, holder>>

Finished == C!Finished /\ UNCHANGED vars

Next == \/ \E t \in Threads : \/ Begin(t) \/ Acquire(t) \/ CriticalSection(t) \/ Sleep(t)
                              \/ Notify(t) \/ WakeForNoReason(t) \/ DeadlinePasses(t) \/ End(t)
        \/ Finished

(* Assumed: a thread that keeps asking for the mutex gets it at some time,    *)
(* threads run, deadlines pass.  Not assumed: that anybody begins anything,  *)
(* or that a condition variable ever wakes for no reason.  A deadline passes  *)
(* even if the sleep is interrupted again and again.                         *)
Fairness == \A t \in Threads :
    /\ SF_vars(Acquire(t))
    /\ WF_vars(CriticalSection(t)) /\ WF_vars(Sleep(t)) /\ WF_vars(Notify(t)) /\ WF_vars(End(t))
    /\ SF_vars(DeadlinePasses(t))

SafeSpec == Init /\ [][Next]_vars
Spec     == SafeSpec /\ Fairness

-----------------------------------------------------------------------------
(* Safety                                                                    *)

(* Every variable has a value of its kind.                                   *)
TypeOK == /\ C!TypeOK
          /\ receiverWaiting \in BOOLEAN
          /\ offer  \in [Senders -> {"none", "open", "taken"}]
          /\ holder \in Threads \cup {Nobody}
          /\ pc     \in [Threads -> Places]
          /\ cv     \in [Threads -> ConditionVariables \cup {"none"}]
          /\ late   \subseteq Threads

(* Who has decided to wait, and does not sleep yet, holds the mutex.          *)
MutualExclusion == \A t \in Threads : pc[t] = "waits" => holder = t

(* Nobody notifies a condition variable that is gone.  (The one of an offer   *)
(* lives as long as the offer, and its sender may have gone on by then.  So   *)
(* this says nothing if an offer belongs to both, and all if it does not.)    *)
NotifiesTheLiving == \A t \in Threads :
    (pc[t] = "notifies" /\ cv[t] = "answered") => OfferBelongsToBoth \/ offer[Owner(result[t].msg)] # "none"

(* WAKE-RECV, WAKE-SEND, for a glance: when everybody rests, nobody sleeps    *)
(* whose condition to wait is no longer so.  A lost wake-up breaks this       *)
(* soonest; what the rules say in full is liveness.                          *)
NoLostWakeup ==
    (\A t \in Threads : pc[t] \in {"idle", "asleep"}) =>
        \A t \in Threads : pc[t] = "asleep" =>
            IF t = Receiver THEN queue = <<>> /\ LiveSenders # {}
            ELSE /\ receiverLive
                 /\ IF Capacity = 0 THEN offer[t] = "open"
                    ELSE Capacity # Unbounded /\ Len(queue) >= Capacity

(* Capacity 0: only one message is in the queue without its sender waiting for *)
(* the answer, namely the first one, handed to the receiver that waits for it. *)
SentOnlyToTheWaiting == Capacity = 0 =>
    \A i \in DOMAIN queue : OnOffer(queue[i]) \/ (i = 1 /\ receiverWaiting)

-----------------------------------------------------------------------------
(* Refinement.  With Capacity > 0 the variables of Channel are those of this *)
(* module.  With Capacity 0 nothing is ever buffered, and a hand-over takes  *)
(* effect for both sides in one instant: when the receiver takes an offer,   *)
(* the send has succeeded too; when a sender stores its message for the      *)
(* receiver that waits, that has received it.                                *)

HandedToReceiver == Capacity = 0 /\ queue # <<>> /\ ~OnOffer(Head(queue))

PromisedQueue == IF Capacity = 0 THEN <<>> ELSE queue

PromisedResult == [t \in Threads |->
    IF result[t] # C!Undecided                          THEN result[t]
    ELSE IF t = Receiver /\ HandedToReceiver            THEN C!Value(Head(queue))
    ELSE IF t \in Senders /\ Capacity = 0 /\ offer[t] = "taken" THEN C!Ok
    ELSE C!Undecided]

Promise == INSTANCE Channel WITH queue <- PromisedQueue, result <- PromisedResult

KeepsThePromise       == Promise!SafeSpec
KeepsThePromiseInTime == Promise!Spec          \* with fairness: and everybody returns

THEOREM SafeSpec => [](TypeOK /\ MutualExclusion /\ NotifiesTheLiving
                         /\ NoLostWakeup /\ SentOnlyToTheWaiting)
THEOREM SafeSpec => KeepsThePromise
THEOREM Spec => KeepsThePromiseInTime
=============================================================================
