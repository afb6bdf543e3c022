--------------------------- MODULE MCMutexChannel ---------------------------
(* MutexChannel as TLC checks it, and as Mutants.tla breaks it.              *)
EXTENDS MutexChannel, Mutants, TLC

(* The same as KeepsThePromise, written so that TLC need not look for the step *)
(* of Channel when there is none to look for; halves the time.                *)
RefinesChannel ==
    /\ Promise!Init
    /\ [][IF UNCHANGED Promise!vars THEN TRUE ELSE Promise!Next]_(Promise!vars)

RefinesChannelInTime == RefinesChannel /\ Promise!Fairness

NoRevival == Promise!NoRevival

(* The liveness of Channel, of what the algorithm promises.                   *)
WakeRecv     == Promise!WakeRecv
WakeSend     == Promise!WakeSend
OthersReturn == Promise!OthersReturn

Symmetry == Permutations(Senders)
=============================================================================
