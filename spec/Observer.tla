------------------------------ MODULE Observer ------------------------------
(***************************************************************************)
(* The promise as it looks from outside.  An observer that sees operations *)
(* begin (call[t] is set), end (call[t] is Idle again) and return          *)
(* (result[t], read at the end), and nothing else: no queue, no lock, no   *)
(* instant of effect.  So the same sentences judge Channel, MutexChannel   *)
(* and every mutant of it.  They never ask for more than was visible: what *)
(* may have happened is not blamed.                                        *)
(*                                                                         *)
(* Each rule of docs/contract.md is the property of the same name; only    *)
(* rule CAPACITY is CapacityKept, for Capacity is the constant.  WakeRecv, *)
(* WakeSend and Lifetime cannot be seen here; Channel.tla has them.        *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS Senders, Receiver, InitialSenders, Capacity, Unbounded

VARIABLES
    call, result,  \* observed
    sent,          \* messages whose send returned ok
    received,      \* messages returned by receives
    before,        \* <<a, b>>: the send of a had returned ok before the send of b began
    expired,       \* messages whose send timed out
    handles,       \* senders made minus senders dropped, counting what has ended
    senderTold,    \* the drop of the receiver has ended, or a send returned disconnected
    receiverTold,  \* a receive returned disconnected
    known          \* known[t]: what was visible when the operation of t began

observed == <<sent, received, before, expired, handles, senderTold, receiverTold, known>>

Threads   == Senders \cup {Receiver}
IsSend(c) == c.op \in {"send", "try_send", "send_for"}
IsRecv(c) == c.op \in {"recv", "try_recv", "recv_for"}

Sending == {s \in Senders : IsSend(call[s])}

(* What was visible when an operation began.                                *)
(*   over   its peers were gone already, whatever happens from now on       *)
(*   owed   (a receive) a message was buffered: sent, and not received      *)
(*   taken  (a try_send or send_for) how many messages had been received    *)
Known(over, owed, taken) == [over |-> over, owed |-> owed, taken |-> taken]
Nothing == Known(FALSE, FALSE, 0)

ObserverInit ==
    /\ sent = {} /\ received = {} /\ before = {} /\ expired = {}
    /\ handles = InitialSenders
    /\ senderTold = FALSE /\ receiverTold = FALSE
    /\ known = [t \in Threads |-> Nothing]

Begins(t)      == call[t].op = "idle" /\ call'[t].op # "idle"
Ends(t)        == call[t].op # "idle" /\ call'[t].op = "idle"
Returns(t, r)  == Ends(t) /\ result[t].is = r

(* Senders that may be left: those being made count, those being dropped too. *)
MayBeLeft == handles + Cardinality({s \in Senders : call[s].op \in {"clone", "drop_sender"}})

KnownAtBegin(t) ==
    IF IsRecv(call'[t]) THEN Known(MayBeLeft = 0, sent \ received # {}, 0)
    ELSE IF IsSend(call'[t])
      THEN Known(senderTold, FALSE, IF call'[t].op = "send" THEN 0 ELSE Cardinality(received))
    ELSE Nothing

(* The observer goes along with every step of what it observes, and never    *)
(* prevents one.                                                             *)
Observe ==
    IF call' = call THEN UNCHANGED observed ELSE
    LET senders(r) == {s \in Senders : Returns(s, r)}
        messages(r) == {call[s].msg : s \in {x \in senders(r) : IsSend(call[x])}}
        ended(op) == Cardinality({s \in Senders : Ends(s) /\ call[s].op = op})
    IN
    /\ sent'     = sent \cup messages("ok")
    /\ expired'  = expired \cup messages("timeout")
    /\ received' = IF Returns(Receiver, "value") THEN received \cup {result[Receiver].msg} ELSE received
    /\ before'   = before \cup UNION {sent \X {call'[s].msg} :
                                        s \in {x \in Senders : Begins(x) /\ IsSend(call'[x])}}
    /\ handles'  = (handles + ended("clone")) - ended("drop_sender")
    /\ senderTold'   = (senderTold \/ senders("disconnected") # {}
                          \/ (Ends(Receiver) /\ call[Receiver].op = "drop_receiver"))
    /\ receiverTold' = (receiverTold \/ Returns(Receiver, "disconnected"))
    /\ known' = [t \in Threads |-> IF Begins(t) THEN KnownAtBegin(t)
                                   ELSE IF Ends(t) THEN Nothing ELSE known[t]]

-----------------------------------------------------------------------------
(* The rules.  Each says what must be so at the step at which an operation   *)
(* ends, or in every state.                                                  *)

(* INTEGRITY.  What is received was sent, once.                              *)
Integrity == [][ Returns(Receiver, "value") =>
    LET m == result[Receiver].msg
    IN m \notin received /\ m \in sent \cup {call[s].msg : s \in Sending} ]_call

(* SENDER-ORDER.  Messages of one sender arrive in the order of its sends.   *)
SenderOrder == [][ Returns(Receiver, "value") =>
    LET m == result[Receiver].msg
    IN \A other \in received : other[1] = m[1] => other[2] <= m[2] ]_call

(* FIFO.  If the send of a ended before the send of b began, a arrives first. *)
Fifo == [][ Returns(Receiver, "value") =>
    \A p \in before : p[2] = result[Receiver].msg => p[1] \in received ]_call

(* NO-LOSS.  When a receive reports disconnected, everything sent was received. *)
NoLoss == [][ Returns(Receiver, "disconnected") => sent \subseteq received ]_call

(* RECV-DISCONNECTED.  Reported only when every sender is gone (its drop has *)
(* begun, at least), and from then on by every receive.                      *)
RecvDisconnected ==
    [][ /\ Returns(Receiver, "disconnected") =>
             handles = Cardinality({s \in Senders : call[s].op = "drop_sender"})
        /\ (receiverTold /\ Ends(Receiver) /\ IsRecv(call[Receiver])) =>
             result[Receiver].is = "disconnected" ]_call

(* SEND-DISCONNECTED.  Reported only when the receiver is gone (its drop has *)
(* begun, at least), and by every send that begins after that was known.     *)
SendDisconnected ==
    [][ \A s \in Senders : (Ends(s) /\ IsSend(call[s])) =>
          /\ result[s].is = "disconnected" => senderTold \/ call[Receiver].op = "drop_receiver"
          /\ known[s].over => result[s].is = "disconnected" ]_call

(* What `empty` and a receive's timeout claim: that at some instant of the   *)
(* call nothing was buffered, and a sender was left.                         *)
WasEmpty == ~known[Receiver].owed /\ ~known[Receiver].over

(* What `full` and a send's timeout claim: that at some instant of the call  *)
(* there was no room.  The most that can have been buffered then: what is    *)
(* sent by now, or being sent by others, and was not received at the begin.  *)
WasFull(s) == CASE Capacity = Unbounded -> FALSE
                [] OTHER -> Cardinality(sent) + Cardinality(Sending \ {s})
                              >= Capacity + known[s].taken

(* EMPTY-HONEST.  `empty` is said only if there was such an instant.         *)
EmptyHonest == [][ Returns(Receiver, "empty") => WasEmpty ]_call

(* FULL-HONEST.  `full` is said only if there was such an instant.           *)
FullHonest == [][ \A s \in Senders : Returns(s, "full") => WasFull(s) ]_call

(* TIMEOUT-CLEAN.  A timeout is said only if there was no value (no room) at *)
(* some instant of the call, and a message whose send timed out never arrives. *)
TimeoutClean ==
    [][ /\ Returns(Receiver, "timeout") => WasEmpty
        /\ \A s \in Senders : Returns(s, "timeout") => WasFull(s)
        /\ expired' \cap received' = {} ]_call

(* Sent, not received, and not on its way out by a receive in progress.      *)
Left == Cardinality(sent \ received) - (IF IsRecv(call[Receiver]) /\ sent \ received # {} THEN 1 ELSE 0)

(* CAPACITY.  Never more than N messages are buffered.  (That N fit is       *)
(* FullHonest: nobody is turned away before.)                                *)
CapacityKept == (Capacity # Unbounded /\ ~senderTold /\ call[Receiver].op # "drop_receiver")
                    => Left <= Capacity

(* RENDEZVOUS.  With capacity 0 a send succeeds only together with the       *)
(* receive that takes its message: at most that one is on its way.           *)
Rendezvous == Capacity = 0 => Left = 0

(* RENDEZVOUS.  Two try operations never meet: one of the two sides has to   *)
(* wait.  Which two have met is known when the first of them ends, for the   *)
(* other is still under way then.                                            *)
TriesNeverMeet ==
    [][ Capacity = 0 =>
        /\ (Returns(Receiver, "value") /\ call[Receiver].op = "try_recv") =>
             \A s \in Senders : ~(call[s].op = "try_send" /\ call[s].msg = result[Receiver].msg)
        /\ \A s \in Senders : (Returns(s, "ok") /\ call[s].op = "try_send") =>
             call[s].msg \in received \/ call[Receiver].op # "try_recv" ]_call
=============================================================================
