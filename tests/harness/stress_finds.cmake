# Runs PROGRAM, a plumbline command: it has to find that CHANNEL, which is broken, or is held to more than it promises by
# OPTIONS, violates one of RULES (a|b), and to end with exit code 1. CRASH among them: or that the channel crashed.
string(RANDOM LENGTH 8 unique)
set(history "${CMAKE_CURRENT_BINARY_DIR}/stress_finds-${unique}.jsonl")
execute_process(COMMAND "${PROGRAM}" stress --channel "${CHANNEL}" ${OPTIONS} --seed 1 --seconds 60 --save "${history}"
                OUTPUT_VARIABLE report ERROR_VARIABLE report RESULT_VARIABLE code)
file(REMOVE "${history}")
message("${report}")
set(found "${CHANNEL} violates (${RULES}):")
if(RULES MATCHES "CRASH")
  string(APPEND found "|${CHANNEL} crashed:")
endif()
if(NOT code EQUAL 1 OR NOT report MATCHES "${found}")
  message(FATAL_ERROR "this channel was not found to violate ${RULES} (exit code ${code})")
endif()
