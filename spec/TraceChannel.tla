---------------------------- MODULE TraceChannel ----------------------------
(***************************************************************************)
(* Does Channel allow these recorded histories?  The module Histories (of  *)
(* a recording, or of traces/) holds them:                                 *)
(*                                                                         *)
(*   History   a tuple of histories, each a tuple of events                *)
(*   Received  for each history, how many messages were received in it     *)
(*                                                                         *)
(* An event is a tuple of numbers, in the order in which they were seen:   *)
(*   <<thread, operation, outcome, extra>>   an operation begins; what it  *)
(*                                           will return is told here      *)
(*   <<thread, outcome>>                     it ends                       *)
(*   <<>>                                    everybody was seen to be idle *)
(*                                           or blocked for good           *)
(* thread     0 is the receiver, 1 and up are senders                      *)
(* operation  see OpName                                                   *)
(* outcome    0 pending: it did not end; see OutcomeName; from 10 on the   *)
(*            message of sender s and number n is 10 * n + s               *)
(* extra      of a send: its message is the extra-th that is received, 0   *)
(*            if it is not; of a clone: the new handle; otherwise 0        *)
(*                                                                         *)
(* TLC finds the instants of effect.  It need not try all of them:         *)
(*  - An operation takes effect only when the next event is the end of one *)
(*    that is still undecided, so as late as possible: what is put off can *)
(*    only be seen by what ends.                                           *)
(*  - It takes effect with the outcome that was recorded.                  *)
(*  - There is one receiver and the queue is first in, first out; so the   *)
(*    messages are stored in the order in which they are received, and     *)
(*    those that never are come last.                                      *)
(***************************************************************************)
EXTENDS ChannelTest, TLC, Histories

VARIABLES
    h,       \* which history
    i,       \* its next event
    wanted,  \* wanted[t]: what the operation of t will return; Undecided: it did not end
    place,   \* place[t]: its message is received as the place[t]-th; 0: never
    stored   \* how many of the messages that will be received were stored

traceVars == <<vars, h, i, wanted, place, stored>>

OpName == <<"send", "try_send", "send_for", "recv", "try_recv", "recv_for",
            "clone", "drop_sender", "drop_receiver">>
OutcomeName == <<Ok, Full, Empty, Timeout, Disconnected>>
Outcome(k) == IF k = 0 THEN Undecided
              ELSE IF k < 10 THEN OutcomeName[k] ELSE Value(<<k % 10, k \div 10>>)

ASSUME Receiver = 0 /\ \A s \in Senders : s \in 1..9

Event     == History[h][i]
Left      == i <= Len(History[h])
AtBegin   == Left /\ Len(Event) = 4
AtEnd     == Left /\ Len(Event) = 2
AtQuiet   == Left /\ Len(Event) = 0

TraceInit ==
    /\ Init
    /\ sender = [s \in Senders |-> IF s <= InitialSenders THEN "live" ELSE "unborn"]
    /\ h \in DOMAIN History
    /\ i = 1
    /\ wanted = [t \in Threads |-> Undecided]
    /\ place  = [t \in Threads |-> 0]
    /\ stored = 0

(* What is printed when the last event is explained is the verdict.           *)
Explained == /\ i' = i + 1
             /\ h' = h
             /\ IF i = Len(History[h]) THEN PrintT(<<"accepted", h>>) ELSE TRUE

TraceBegin ==
    /\ AtBegin
    /\ LET t == Event[1]  op == OpName[Event[2]] IN
         /\ CASE op \in SendOps       -> BeginSend(t, op)
              [] op = "clone"         -> BeginClone(t, Event[4])
              [] op = "drop_sender"   -> BeginDropSender(t)
              [] OTHER                -> t = Receiver /\ BeginRecv(op)
         /\ wanted' = [wanted EXCEPT ![t] = Outcome(Event[3])]
         /\ place'  = [place  EXCEPT ![t] = IF op \in SendOps THEN Event[4] ELSE 0]
    /\ UNCHANGED stored
    /\ Explained

TraceEnd ==
    /\ AtEnd
    /\ result[Event[1]] = Outcome(Event[2])
    /\ End(Event[1])
    /\ UNCHANGED <<wanted, place, stored>>
    /\ Explained

TraceQuiet ==
    /\ AtQuiet
    /\ Settled
    /\ UNCHANGED <<vars, wanted, place, stored>>
    /\ Explained

InOrder(s) == IF place[s] = 0 THEN stored = Received[h] ELSE stored = place[s] - 1

TakesEffect(t) ==
    IF t = Receiver THEN ReceiverTakesEffect /\ stored' = stored
    ELSE \/ SendStores(t) /\ InOrder(t) /\ stored' = (IF place[t] = 0 THEN stored ELSE stored + 1)
         \/ (SendGivesUp(t) \/ SendFails(t) \/ HandOver(t) \/ Clone(t) \/ DropSender(t)) /\ stored' = stored

(* Nothing is decided otherwise than it was recorded.  An operation that did  *)
(* not end may take effect, too, and returns what nobody saw.                *)
AsRecorded == {t \in Threads : result'[t] # result[t] /\ wanted[t] \notin {Undecided, result'[t]}} = {}

TraceEffect ==
    /\ AtEnd /\ result[Event[1]] = Undecided
    /\ \E t \in Threads : call[t] # Idle /\ result[t] = Undecided /\ TakesEffect(t)
    /\ AsRecorded
    /\ UNCHANGED <<h, i, wanted, place>>

TraceSpec == TraceInit /\ [][TraceBegin \/ TraceEnd \/ TraceQuiet \/ TraceEffect]_traceVars

(* States that agree here go on alike: what is in the queue follows from      *)
(* `stored` and the history as far as it will be received.                   *)
TraceView == <<h, i, call, result, sender, receiverLive, stored, Len(queue)>>

NoMessages == {}      \* for Message: TLC builds the set, and there is no bound to sends here
=============================================================================
