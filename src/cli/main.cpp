// The plumbline command: the channels of stress/channels are linked in as objects, and register themselves.

#include "plumbline/main.hpp"

PLUMBLINE_MAIN();
