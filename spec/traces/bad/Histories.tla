------------------------------ MODULE Histories ------------------------------
(* Capacity 1, two senders in the beginning: histories that are not allowed.  *)
History == <<
    \* INTEGRITY: received, and never sent.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<0, 4, 12, 0>>, <<0, 12>> >>,
    \* INTEGRITY: received twice.
    << <<1, 1, 1, 1>>, <<1, 1>>, <<0, 4, 11, 0>>, <<0, 11>>, <<0, 4, 11, 0>>, <<0, 11>> >>,
    \* SENDER-ORDER: the second of a sender arrives first.
    << <<1, 1, 1, 2>>, <<1, 1>>, <<0, 4, 21, 0>>, <<1, 1, 1, 1>>, <<1, 1>>, <<0, 21>>, <<0, 4, 11, 0>>, <<0, 11>> >>,
    \* FIFO: sent later by the other sender, and arrives first.
    << <<1, 1, 1, 2>>, <<1, 1>>, <<2, 1, 1, 1>>, <<0, 4, 12, 0>>, <<0, 12>>, <<2, 1>>, <<0, 4, 11, 0>>, <<0, 11>> >>,
    \* NO-LOSS: sent, and disconnected is reported before it was received.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<1, 8, 1, 0>>, <<1, 1>>, <<2, 8, 1, 0>>, <<2, 1>>, <<0, 4, 5, 0>>, <<0, 5>> >>,
    \* RECV-DISCONNECTED: one sender of two is left.
    << <<1, 8, 1, 0>>, <<1, 1>>, <<0, 4, 5, 0>>, <<0, 5>> >>,
    \* SEND-DISCONNECTED: the receiver is there.
    << <<1, 1, 5, 0>>, <<1, 5>> >>,
    \* EMPTY-HONEST: a message was there.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<0, 5, 3, 0>>, <<0, 3>> >>,
    \* FULL-HONEST: there was room.
    << <<1, 2, 2, 0>>, <<1, 2>> >>,
    \* CAPACITY: two in one place.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<2, 1, 1, 0>>, <<2, 1>> >>,
    \* TIMEOUT-CLEAN: timed out, and arrives.
    << <<1, 1, 1, 1>>, <<1, 1>>, <<2, 3, 4, 2>>, <<2, 4>>, <<0, 4, 11, 0>>, <<0, 11>>, <<0, 4, 12, 0>>, <<0, 12>> >>,
    \* WAKE-RECV: a receive is blocked for good beside a message.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<0, 4, 0, 0>>, <<>> >>,
    \* WAKE-RECV: and when the last sender is gone.
    << <<0, 4, 0, 0>>, <<1, 8, 1, 0>>, <<1, 1>>, <<2, 8, 1, 0>>, <<2, 1>>, <<>> >>,
    \* WAKE-SEND: a send is blocked for good though the receiver is gone.
    << <<1, 1, 1, 0>>, <<1, 1>>, <<2, 1, 0, 0>>, <<0, 9, 1, 0>>, <<0, 1>>, <<>> >>
>>
Received == <<1, 2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0>>
=============================================================================
