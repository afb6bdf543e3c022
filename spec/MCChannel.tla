------------------------------ MODULE MCChannel ------------------------------
(* Channel as TLC checks it.                                                 *)
EXTENDS Channel, TLC

Symmetry == Permutations(Senders)
=============================================================================
