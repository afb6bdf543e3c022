------------------------------ MODULE Mutants ------------------------------
(***************************************************************************)
(* Ways to get the algorithm wrong.  A mutant replaces one decision of     *)
(* MutexChannel (more, where the mistake has more ends) by an operator of  *)
(* this module; manifest.json says which by which, and what must object.   *)
(* A decision that is replaced by another one of MutexChannel (notify      *)
(* nobody: NoOne) needs no operator here.                                  *)
(***************************************************************************)
EXTENDS MutexChannel

(* --- whom to wake -------------------------------------------------------- *)

(* The receiver is notified before the message is in the queue.              *)
NotifiedFirst(t)  == IF call'[t].op \in C!SendOps THEN OneOf(ForMessages) ELSE <<"ready", "none">>
EntersThen(t)     == IF result[t] = C!Undecided THEN <<"ready", "none">> ELSE NoOne
(* The wrong condition variable; all where one; one where all.               *)
OneForRoom        == OneOf("not_full")
NotFull           == "not_full"
(* The answer to an offer: to nobody; to anybody; when the offer may be gone. *)
Nobodys(r)        == {}
Anybodys(r)       == Sleepers("answered")
No                == FALSE
None              == {}
(* There is news only if the channel was full, and who is woken passes no    *)
(* news on: but two senders may be asleep.                                   *)
OneForMessages    == OneOf(ForMessages)

(* --- when to wait -------------------------------------------------------- *)

(* `if` for `while`: woken, it does not look again.                          *)
SendMustWaitOnce(s) == pc[s] # "awake" /\ ~ReceiverGone /\ ~Room
RecvMustWaitOnce(r) == pc[r] # "awake" /\ queue = <<>> /\ LiveSenders # {}
(* The clock comes before the condition: always, or only after the sleep.    *)
SendClockFirst(s)   == s \in late \/ (~ReceiverGone /\ ~Room)
RecvClockFirst(r)   == r \in late \/ (queue = <<>> /\ LiveSenders # {})
SendNoLastLook(s)   == (pc[s] = "awake" /\ s \in late) \/ (~ReceiverGone /\ ~Room)
(* try_recv does not look as long as a sender is left; a full channel hides   *)
(* that the receiver left.                                                   *)
TryNeverLooks(r)    == LiveSenders # {} /\ (call[r].op = "try_recv" \/ queue = <<>>)
FullHidesTheDrop(s) == ~Room
(* A try operation waits; only one of the two; a deadline is forgotten.      *)
TryWaits(t)         == t \notin late
TryRecvWaits(t)     == call[t].op # "try_send" /\ t \notin late
TrySendWaits(t)     == call[t].op # "try_recv" /\ t \notin late
NoDeadline(t)       == call[t].op \notin C!TryOps
(* The clock is asked before whether the offer was taken.                    *)
TakenInTime(s)      == offer[s] = "taken" /\ s \notin late

(* --- how much fits -------------------------------------------------------- *)

OneTooMany == IF Capacity = Unbounded THEN TRUE ELSE Len(queue) <= Capacity
OneTooFew  == IF Capacity = Unbounded THEN TRUE ELSE Len(queue) + 1 < Capacity
(* A place that was used once is not used again.                             *)
UsedOnce   == Len(queue) < Capacity /\ \A s \in Senders : sends[s] <= Capacity
(* Capacity 0: sent although no receiver waits; although it has one already.  *)
OnePlace   == Len(queue) < 1
AnyNumber  == receiverWaiting
(* Capacity 0: each message is offered, to a receiver that waits as well.     *)
NoPlace    == FALSE
(* The receiver left, and still looks as if it waited.                       *)
StillWaiting == receiverWaiting

(* --- what comes out ------------------------------------------------------- *)

Last(q)          == q[Len(q)]
WithoutLast(q)   == SubSeq(q, 1, Len(q) - 1)
KeepsTheLast(q)  == IF Len(q) > 1 THEN Tail(q) ELSE q
LosesOneMore(q)  == IF Len(q) > 1 THEN Tail(Tail(q)) ELSE Tail(q)
NeverSent(q)     == <<Head(q)[1], Head(q)[2] + 1>>
(* The second overtakes the first: of another sender; of the same one.       *)
OtherOvertakes(q)  == Len(q) > 1 /\ q[1][1] # q[2][1]
OwnOvertakes(q)    == Len(q) > 1 /\ q[1][1] = q[2][1]
WithoutSecond(q)   == <<q[1]>> \o SubSeq(q, 3, Len(q))
FirstOfOthers(q)   == IF OtherOvertakes(q) THEN q[2] ELSE q[1]
WithoutOthers(q)   == IF OtherOvertakes(q) THEN WithoutSecond(q) ELSE Tail(q)
FirstOfOwn(q)      == IF OwnOvertakes(q) THEN q[2] ELSE q[1]
WithoutOwn(q)      == IF OwnOvertakes(q) THEN WithoutSecond(q) ELSE Tail(q)
(* An offer that is given up stays in the queue.                             *)
NotWithdrawn(q, m) == q

(* --- who is gone ---------------------------------------------------------- *)

(* Disconnected before what is buffered was received; at the first drop.     *)
NoSenderLeft         == LiveSenders = {}
AllSendersLive(r)    == queue = <<>> /\ ~\E s \in Senders : sender[s] = "dropped"
NeverGone            == FALSE
(* To a try_recv a channel is empty and never disconnected; or a sender counts *)
(* until its drop has ended.                                                  *)
TryNeverFails(r)     == queue = <<>> /\ (LiveSenders # {} \/ call[r].op = "try_recv")
TryAwaitsTheDrop(r)  == queue = <<>> /\ \/ LiveSenders # {}
                                        \/ call[r].op = "try_recv" /\ \E s \in Senders : call[s].op = "drop_sender"
SaysDisconnected(t)  == C!Disconnected
Reborn               == "unborn"
ReceiverReborn       == TRUE
(* What is buffered when the receiver goes: kept; with capacity 0, destroyed. *)
AllKept              == queue
AllTakenOut          == <<>>
AllDestroyed         == {queue[i] : i \in DOMAIN queue}

(* --- the mutex ------------------------------------------------------------ *)

DropNeedsNone(t) == IF call[t].op = "drop_sender" THEN pc[t] = "ready"
                    ELSE holder = t /\ pc[t] \in {"ready", "awake"}
NobodyNeedsIt(t) == pc[t] \in {"ready", "awake"}
(* A drop keeps the mutex until all is received.                             *)
DropWaits(t)     == /\ holder = t /\ pc[t] \in {"ready", "awake"}
                    /\ call[t].op = "drop_sender" => queue = <<>>

(* Condition variables that never wake for no reason hide a missing loop, and *)
(* show that another mistake does not need them.                             *)
NeverForNoReason(t) == FALSE
=============================================================================
