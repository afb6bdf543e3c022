# Runs PROGRAM, a plumbline command with a broken reference: it has to find the violation of one of RULES (a|b), and to end
# with exit code 1. CRASH among them: or that the channel crashed.
string(RANDOM LENGTH 8 unique)
set(history "${CMAKE_CURRENT_BINARY_DIR}/stress_finds-${unique}.jsonl")
execute_process(COMMAND "${PROGRAM}" stress --channel reference --seed 1 --seconds 60 --save "${history}"
                OUTPUT_VARIABLE report ERROR_VARIABLE report RESULT_VARIABLE code)
file(REMOVE "${history}")
message("${report}")
set(found "reference violates (${RULES}):")
if(RULES MATCHES "CRASH")
  string(APPEND found "|the channel crashed")
endif()
if(NOT code EQUAL 1 OR NOT report MATCHES "${found}")
  message(FATAL_ERROR "this broken channel was not found to violate ${RULES} (exit code ${code})")
endif()
