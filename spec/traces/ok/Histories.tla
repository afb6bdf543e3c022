------------------------------ MODULE Histories ------------------------------
(* Capacity 1, two senders in the beginning: histories that are allowed.      *)
History == <<
    \* A message is sent, and received.
    << <<1, 1, 1, 1>>, <<1, 1>>, <<0, 4, 11, 0>>, <<0, 11>> >>,
    \* The receive began before the send.
    << <<0, 4, 11, 0>>, <<1, 1, 1, 1>>, <<0, 11>>, <<1, 1>> >>,
    \* Full, and honestly.
    << <<1, 1, 1, 1>>, <<1, 1>>, <<2, 2, 2, 0>>, <<2, 2>>, <<0, 4, 11, 0>>, <<0, 11>> >>,
    \* Both senders go, the receiver is told; and again.
    << <<1, 8, 1, 0>>, <<1, 1>>, <<2, 8, 1, 0>>, <<2, 1>>, <<0, 4, 5, 0>>, <<0, 5>>, <<0, 5, 5, 0>>, <<0, 5>> >>,
    \* A clone sends.
    << <<1, 7, 1, 3>>, <<1, 1>>, <<3, 1, 1, 1>>, <<3, 1>>, <<0, 5, 13, 0>>, <<0, 13>> >>,
    \* Two sends overlap, and arrive the other way round.
    << <<1, 1, 1, 2>>, <<2, 1, 1, 1>>, <<0, 4, 12, 0>>, <<1, 1>>, <<0, 12>>, <<2, 1>>, <<0, 6, 11, 0>>, <<0, 11>> >>,
    \* A receive is blocked for good while nobody sends.
    << <<0, 4, 0, 0>>, <<>> >>,
    \* A send is blocked for good while there is no room.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<2, 1, 0, 0>>, <<>> >>,
    \* The receiver goes, and a blocked send is told.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<2, 3, 5, 0>>, <<0, 9, 1, 0>>, <<2, 5>>, <<0, 1>>, <<>> >>
>>
Received == <<1, 1, 1, 0, 1, 2, 0, 0, 0>>
=============================================================================
