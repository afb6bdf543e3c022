---------------------------- MODULE ChannelTest ----------------------------
(***************************************************************************)
(* Channel as a test driver can walk it.  A driver cannot choose when an   *)
(* operation takes effect; but it can begin one operation (or let one      *)
(* deadline pass), wait until everything that can happen by itself has     *)
(* happened, and look which operations have returned what.  Each path from *)
(* one settled state to the next is such a step of the driver, and all of  *)
(* them together say all that a correct channel may do there.              *)
(***************************************************************************)
EXTENDS Channel

Blocked(ops) == {t \in Threads : Pending(t, ops)}

(* With capacity 0 a try operation succeeds if a partner waits for it.  In   *)
(* general nobody can know that one waits; in a settled state one can.       *)
TrySendGivesUp(s) ==
    /\ Pending(s, {"try_send"}) /\ ~(Capacity = 0 /\ Blocked({"recv", "recv_for"}) # {})
    /\ SendGivesUp(s)
TryRecvGivesUp ==
    /\ Pending(Receiver, {"try_recv"}) /\ ~(Capacity = 0 /\ Blocked({"send", "send_for"}) # {})
    /\ RecvGivesUp

(* What happens by itself: everything but beginnings and deadlines.          *)
Settle == \/ \E s \in Senders : \/ SendStores(s) \/ TrySendGivesUp(s) \/ SendFails(s) \/ HandOver(s)
                                \/ Clone(s) \/ DropSender(s)
          \/ RecvTakes \/ TryRecvGivesUp \/ RecvFails \/ DropReceiver
          \/ \E t \in Threads : End(t)

Settled == ~ENABLED Settle

(* The driver's steps.                                                       *)
TestBegins(t) == Settled /\ Begin(t)
TestDeadlinePasses(t) ==
    /\ Settled /\ Pending(t, TimedOps)
    /\ IF t = Receiver THEN RecvGivesUp ELSE SendGivesUp(t)

TestNext == \/ \E t \in Threads : TestBegins(t) \/ TestDeadlinePasses(t)
            \/ Settle

TestSpec == Init /\ [][TestNext]_vars
=============================================================================
