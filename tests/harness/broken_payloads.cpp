// A plumbline command with a channel that hangs with a payload, and with the same without a fault.

#include "broken_payload_channel.hpp"
#include "plumbline/main.hpp"

using plumbline::oracle::describe;

PLUMBLINE_MAIN(describe<broken::with<broken::payload_fault::none>::channel>("sound", "1.0"),
               describe<broken::with<broken::payload_fault::destroys_under_its_mutex>::channel>(
                   "destroys-under-its-mutex", "1.0"));
