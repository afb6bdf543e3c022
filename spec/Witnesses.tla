------------------------------ MODULE Witnesses ------------------------------
(***************************************************************************)
(* Situations that must come about, lest the models say nothing about      *)
(* them.  Each is stated as never happening; TLC must object, and its      *)
(* trace is the example.                                                   *)
(***************************************************************************)
EXTENDS MCMutexChannel

Decided(t, r) == result[t].is = r

(* Two senders sleep on not_full.                                            *)
NeverTwoSleepers == Cardinality(Sleepers("not_full")) < 2

(* The receiver of a message and the sender of the next one sleep together,   *)
(* although neither has to: their notifications are still on the way.        *)
NeverBothSidesAsleep == ~(Asleep(Receiver, "not_empty") /\ Sleepers("not_full") # {})

(* A thread that was woken has to wait again.                                *)
NeverWokenInVain == \A s \in Senders : ~(Holds(s) /\ pc[s] = "awake" /\ SendMustWait(s))

(* Past its deadline, a sender still finds room.                             *)
NeverLateAndLucky == \A s \in Senders :
    ~(Holds(s) /\ s \in late /\ pc[s] = "awake" /\ ~SendMustWait(s) /\ receiverLive)

(* A send times out.                                                         *)
NeverTimesOut == \A s \in Senders : ~Decided(s, "timeout")

(* Capacity 0: a try_send is handed to a receiver that waits.                *)
NeverHandedOver == \A s \in Senders : ~(call[s].op = "try_send" /\ Decided(s, "ok"))

(* Capacity 0: a try_recv takes what a sender offers.                        *)
NeverTakenByTrying == ~(call[Receiver].op = "try_recv" /\ Decided(Receiver, "value"))

(* Capacity 0: an offer lies behind a message that is handed over already.    *)
NeverOfferBehindHandOver == ~(HandedToReceiver /\ Len(queue) > 1)

(* Capacity 0: an offer is taken although its sender's deadline has passed.   *)
NeverTakenLate == \A s \in Senders : ~(offer[s] = "taken" /\ s \in late)

(* Capacity 0: a sender with an offer learns that the receiver is gone.       *)
NeverOfferRefused == \A s \in Senders : ~(Holds(s) /\ offer[s] = "open" /\ ~receiverLive)

(* Messages are destroyed because the receiver goes.                         *)
NeverDestroyed == destroyed = {}

(* A receive gets a message after the last sender has gone.                  *)
NeverDrained == ~(Decided(Receiver, "value") /\ LiveSenders = {})

(* A sender is cloned when the receiver is gone already.                     *)
NeverClonedInVain == \A s \in Senders : ~(call[s].op = "clone" /\ Decided(s, "ok") /\ ~receiverLive)

(* Everything is over.                                                       *)
NeverFinished == ~(~receiverLive /\ LiveSenders = {} /\ \A t \in Threads : pc[t] = "idle")
=============================================================================
