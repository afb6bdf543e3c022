------------------------------- MODULE Channel -------------------------------
(***************************************************************************)
(* The promise: what a user of a channel may rely on.                      *)
(*                                                                         *)
(* Many senders, one receiver.  A handle is used by one thread at a time,  *)
(* so the threads of this specification are the handles.  An operation is  *)
(* seen twice: when it begins (call[t] is set) and when it ends (call[t]   *)
(* is Idle again, and result[t] has been returned).  At one instant in     *)
(* between it takes effect: the channel changes and the result is decided. *)
(* Nobody sees that instant.  That there is one, is linearizability.       *)
(*                                                                         *)
(* The rules of docs/contract.md are stated where they can be seen: those  *)
(* about what is returned in Observer.tla, those about waking up (WakeRecv,*)
(* WakeSend) and about what becomes of each message (Lifetime) here.       *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
    Senders,         \* the sender handles that may ever exist
    Receiver,        \* the receiver handle
    InitialSenders,  \* how many sender handles exist in the beginning
    Capacity,        \* how many messages are buffered at most; 0: rendezvous
    Unbounded,       \* the Capacity that is no limit
    Operations,      \* what the threads of this model call
    MaxSends         \* how many sends a handle begins at most: bounds the model

SendOps      == {"send", "try_send", "send_for"}
RecvOps      == {"recv", "try_recv", "recv_for"}
TryOps       == {"try_send", "try_recv"}       \* never wait
TimedOps     == {"send_for", "recv_for"}       \* wait until a deadline
LifecycleOps == {"clone", "drop_sender", "drop_receiver"}

ASSUME /\ Receiver \notin Senders
       /\ InitialSenders \in 1..Cardinality(Senders)
       /\ Capacity = Unbounded \/ Capacity \in Nat
       /\ Operations \subseteq SendOps \cup RecvOps \cup LifecycleOps
       /\ MaxSends \in Nat

VARIABLES
    call,          \* call[t]: the operation that t is in, or Idle                (seen)
    result,        \* result[t]: what it will return, once that is decided  (seen at its end)
    sender,        \* sender[s]: "unborn", "live" or "dropped"
    receiverLive,  \* the receiver has not been dropped
    queue,         \* the messages buffered, oldest first
    destroyed,     \* the messages that were buffered when the receiver was dropped
    sends          \* sends[s]: sends that s has begun; numbers and bounds them (for the checker)

vars == <<call, result, sender, receiverLive, queue, destroyed, sends>>

Threads == Senders \cup {Receiver}

-----------------------------------------------------------------------------
(* Messages, calls and results.  A message is named by its sender and its   *)
(* number among the messages of this sender, so no two are equal.           *)

Message == Senders \X (1..MaxSends)

Idle               == [op |-> "idle"]
Call(op)           == [op |-> op]
SendCall(op, m)    == [op |-> op, msg |-> m]
CloneCall(new)     == [op |-> "clone", new |-> new]

Undecided    == [is |-> "undecided"]
Ok           == [is |-> "ok"]
Full         == [is |-> "full"]
Empty        == [is |-> "empty"]
Timeout      == [is |-> "timeout"]
Disconnected == [is |-> "disconnected"]
Value(m)     == [is |-> "value", msg |-> m]

Calls   == {Idle} \cup {Call(op) : op \in RecvOps \cup {"drop_sender", "drop_receiver"}}
                  \cup {SendCall(op, m) : op \in SendOps, m \in Message}
                  \cup {CloneCall(s) : s \in Senders}
Results == {Undecided, Ok, Full, Empty, Timeout, Disconnected} \cup {Value(m) : m \in Message}

LiveSenders == {s \in Senders : sender[s] = "live"}

(* t is in one of the operations ops, and that has not yet taken effect.    *)
Pending(t, ops) == call[t].op \in ops /\ result[t] = Undecided

(* Somebody is making t just now.  (Nobody has it until the clone ended.)   *)
BeingCloned(t) == \E s \in Senders : call[s].op = "clone" /\ call[s].new = t

(* There is a place in the buffer; with capacity 0 there never is one.      *)
Room == IF Capacity = Unbounded THEN TRUE ELSE Len(queue) < Capacity

-----------------------------------------------------------------------------
Init == /\ call   = [t \in Threads |-> Idle]
        /\ result = [t \in Threads |-> Undecided]
        /\ \E first \in {F \in SUBSET Senders : Cardinality(F) = InitialSenders} :
              sender = [s \in Senders |-> IF s \in first THEN "live" ELSE "unborn"]
        /\ receiverLive = TRUE
        /\ queue     = <<>>
        /\ destroyed = {}
        /\ sends     = [s \in Senders |-> 0]

(* An operation begins (seen).                                              *)

Owned(s) == call[s] = Idle /\ sender[s] = "live" /\ ~BeingCloned(s)

BeginSend(s, op) ==
    /\ op \in Operations \cap SendOps /\ Owned(s) /\ sends[s] < MaxSends
    /\ sends' = [sends EXCEPT ![s] = @ + 1]
    /\ call'  = [call EXCEPT ![s] = SendCall(op, <<s, sends'[s]>>)]
    /\ UNCHANGED <<result, sender, receiverLive, queue, destroyed>>

BeginClone(s, new) ==
    /\ "clone" \in Operations /\ Owned(s)
    /\ sender[new] = "unborn" /\ ~BeingCloned(new)
    /\ call' = [call EXCEPT ![s] = CloneCall(new)]
    /\ UNCHANGED <<result, sender, receiverLive, queue, destroyed, sends>>

BeginDropSender(s) ==
    /\ "drop_sender" \in Operations /\ Owned(s)
    /\ call' = [call EXCEPT ![s] = Call("drop_sender")]
    /\ UNCHANGED <<result, sender, receiverLive, queue, destroyed, sends>>

BeginRecv(op) ==                                     \* a receive, or the receiver's drop
    /\ op \in Operations \cap (RecvOps \cup {"drop_receiver"})
    /\ call[Receiver] = Idle /\ receiverLive
    /\ call' = [call EXCEPT ![Receiver] = Call(op)]
    /\ UNCHANGED <<result, sender, receiverLive, queue, destroyed, sends>>

Begin(t) == IF t = Receiver
              THEN \E op \in RecvOps \cup {"drop_receiver"} : BeginRecv(op)
              ELSE \/ \E op \in SendOps : BeginSend(t, op)
                   \/ \E new \in Senders : BeginClone(t, new)
                   \/ BeginDropSender(t)

(* An operation ends (seen).                                                *)

End(t) ==
    /\ result[t] # Undecided
    /\ call'   = [call EXCEPT ![t] = Idle]
    /\ result' = [result EXCEPT ![t] = Undecided]
    /\ UNCHANGED <<sender, receiverLive, queue, destroyed, sends>>

-----------------------------------------------------------------------------
(* An operation takes effect (not seen).                                    *)

Decide(t, r) == result' = [result EXCEPT ![t] = r]

SendStores(s) ==
    /\ Pending(s, SendOps) /\ receiverLive /\ Room
    /\ queue' = Append(queue, call[s].msg)
    /\ Decide(s, Ok)
    /\ UNCHANGED <<call, sender, receiverLive, destroyed, sends>>

(* Only if there is no room at this instant.  With capacity 0 that is so    *)
(* whenever no receive is waiting, which nobody outside can know.           *)
SendGivesUp(s) ==
    /\ Pending(s, {"try_send", "send_for"}) /\ receiverLive /\ ~Room
    /\ Decide(s, IF call[s].op = "try_send" THEN Full ELSE Timeout)
    /\ UNCHANGED <<call, sender, receiverLive, queue, destroyed, sends>>

SendFails(s) ==
    /\ Pending(s, SendOps) /\ ~receiverLive
    /\ Decide(s, Disconnected)
    /\ UNCHANGED <<call, sender, receiverLive, queue, destroyed, sends>>

RecvTakes ==
    /\ Pending(Receiver, RecvOps) /\ queue # <<>>
    /\ Decide(Receiver, Value(Head(queue)))
    /\ queue' = Tail(queue)
    /\ UNCHANGED <<call, sender, receiverLive, destroyed, sends>>

(* Only if nothing is buffered at this instant, and a sender is left.       *)
RecvGivesUp ==
    /\ Pending(Receiver, {"try_recv", "recv_for"}) /\ queue = <<>> /\ LiveSenders # {}
    /\ Decide(Receiver, IF call[Receiver].op = "try_recv" THEN Empty ELSE Timeout)
    /\ UNCHANGED <<call, sender, receiverLive, queue, destroyed, sends>>

RecvFails ==
    /\ Pending(Receiver, RecvOps) /\ queue = <<>> /\ LiveSenders = {}
    /\ Decide(Receiver, Disconnected)
    /\ UNCHANGED <<call, sender, receiverLive, queue, destroyed, sends>>

(* Capacity 0: a send and a receive take effect together.  One of the two   *)
(* has to be willing to wait for the other, so two try operations never meet. *)
HandOver(s) ==
    /\ Capacity = 0
    /\ Pending(s, SendOps) /\ Pending(Receiver, RecvOps)
    /\ ~(call[s].op = "try_send" /\ call[Receiver].op = "try_recv")
    /\ result' = [result EXCEPT ![s] = Ok, ![Receiver] = Value(call[s].msg)]
    /\ UNCHANGED <<call, sender, receiverLive, queue, destroyed, sends>>

Clone(s) ==
    /\ Pending(s, {"clone"})
    /\ sender' = [sender EXCEPT ![call[s].new] = "live"]
    /\ Decide(s, Ok)
    /\ UNCHANGED <<call, receiverLive, queue, destroyed, sends>>

DropSender(s) ==
    /\ Pending(s, {"drop_sender"})
    /\ sender' = [sender EXCEPT ![s] = "dropped"]
    /\ Decide(s, Ok)
    /\ UNCHANGED <<call, receiverLive, queue, destroyed, sends>>

DropReceiver ==
    /\ Pending(Receiver, {"drop_receiver"})
    /\ receiverLive' = FALSE
    /\ queue'     = <<>>
    /\ destroyed' = {queue[i] : i \in DOMAIN queue}
    /\ Decide(Receiver, Ok)
    /\ UNCHANGED <<call, sender, sends>>

SenderTakesEffect(s) == \/ SendStores(s) \/ SendGivesUp(s) \/ SendFails(s) \/ HandOver(s)
                        \/ Clone(s) \/ DropSender(s)
ReceiverTakesEffect  == RecvTakes \/ RecvGivesUp \/ RecvFails \/ DropReceiver

(* All handles are dropped: the end, and no deadlock.                       *)
Finished == /\ ~receiverLive /\ LiveSenders = {} /\ \A t \in Threads : call[t] = Idle
            /\ UNCHANGED vars

Next == \/ \E t \in Threads : Begin(t) \/ End(t)
        \/ \E s \in Senders : SenderTakesEffect(s)
        \/ ReceiverTakesEffect
        \/ Finished

(* What can take effect does, and ends.  Nobody is obliged to call anything, *)
(* and no sender is promised that it is the one whose message gets the room. *)
Fairness == /\ \A s \in Senders : WF_vars(SenderTakesEffect(s))
            /\ WF_vars(ReceiverTakesEffect)
            /\ \A t \in Threads : WF_vars(End(t))

SafeSpec == Init /\ [][Next]_vars
Spec     == SafeSpec /\ Fairness

-----------------------------------------------------------------------------
(* Safety                                                                   *)

(* Every variable has a value of its kind.                                  *)
TypeOK == /\ call   \in [Threads -> Calls]
          /\ result \in [Threads -> Results]
          /\ sender \in [Senders -> {"unborn", "live", "dropped"}]
          /\ receiverLive \in BOOLEAN
          /\ \A i \in DOMAIN queue : queue[i] \in Message
          /\ destroyed \subseteq Message
          /\ sends  \in [Senders -> 0..MaxSends]

(* A handle is unborn, then live, then dropped, and never goes back.         *)
NoRevival == [][ /\ \A s \in Senders : \/ sender'[s] = sender[s]
                                         \/ <<sender[s], sender'[s]>> \in {<<"unborn", "live">>, <<"live", "dropped">>}
                 /\ ~receiverLive => ~receiverLive' ]_vars

(* LIFETIME.  Every message is in one place: with its sender (not sent yet, *)
(* or given back), in the buffer, with the receiver, or destroyed; and when *)
(* the receiver is gone, nothing is buffered.  Two histories say what is    *)
(* over: sent (sends that returned ok) and received (by receives that ended). *)
OnePlaceEach(sent, received) ==
    /\ \A m \in Message :
         LET decidedOk == call[m[1]].op \in SendOps /\ call[m[1]].msg = m /\ result[m[1]] = Ok
             withSender   == m \notin sent /\ ~decidedOk
             withReceiver == m \in received \/ result[Receiver] = Value(m)
             places == Cardinality({i \in DOMAIN queue : queue[i] = m})
                         + (IF withSender THEN 1 ELSE 0)
                         + (IF withReceiver THEN 1 ELSE 0)
                         + (IF m \in destroyed THEN 1 ELSE 0)
         IN places = 1
    /\ ~receiverLive => queue = <<>>

-----------------------------------------------------------------------------
(* Liveness                                                                 *)

(* WAKE-RECV.  A receive returns if there is a message, or no sender left, or *)
(* it has taken effect; with capacity 0 a send that waits is a message.      *)
WakeRecv ==
    /\ (call[Receiver].op \in RecvOps /\ (result[Receiver] # Undecided \/ queue # <<>> \/ LiveSenders = {}))
          ~> call[Receiver] = Idle
    /\ (Capacity = 0 /\ Pending(Receiver, {"recv"}) /\ \E s \in Senders : Pending(s, {"send"}))
          ~> ~Pending(Receiver, {"recv"})

(* WAKE-SEND.  A send returns if the receiver is gone, or it has taken effect; *)
(* and room is not left unused as long as somebody waits for it.             *)
WakeSend ==
    /\ \A s \in Senders :
          (call[s].op \in SendOps /\ (result[s] # Undecided \/ ~receiverLive)) ~> call[s] = Idle
    /\ LET unused == receiverLive /\ Room /\ \E s \in Senders : Pending(s, {"send"})
       IN unused ~> ~unused

(* An operation that is not to wait for ever returns.                       *)
OthersReturn == \A t \in Threads :
    call[t].op \in TryOps \cup TimedOps \cup LifecycleOps ~> call[t] = Idle

THEOREM SafeSpec => []TypeOK /\ NoRevival
THEOREM Spec => WakeRecv /\ WakeSend /\ OthersReturn
=============================================================================
