--------------------------- MODULE ObservedChannel ---------------------------
(* The promise, with the observer beside it.                                 *)
EXTENDS MCChannel

VARIABLES sent, received, before, expired, handles, senderTold, receiverTold, known

O == INSTANCE Observer

ObservedSpec == /\ Init /\ O!ObserverInit
                /\ [][Next /\ O!Observe]_<<vars, O!observed>>

Integrity        == O!Integrity
SenderOrder      == O!SenderOrder
Fifo             == O!Fifo
NoLoss           == O!NoLoss
RecvDisconnected == O!RecvDisconnected
SendDisconnected == O!SendDisconnected
EmptyHonest      == O!EmptyHonest
FullHonest       == O!FullHonest
CapacityKept     == O!CapacityKept
Rendezvous       == O!Rendezvous
TriesNeverMeet   == O!TriesNeverMeet
TimeoutClean     == O!TimeoutClean
Lifetime         == OnePlaceEach(sent, received)
=============================================================================
