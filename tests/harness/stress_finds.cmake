# Runs PROGRAM, a plumbline command with a broken reference: it has to find the violation of one of RULES (a|b), and to end
# with exit code 1.
string(RANDOM LENGTH 8 unique)
set(history "${CMAKE_CURRENT_BINARY_DIR}/stress_finds-${unique}.jsonl")
execute_process(COMMAND "${PROGRAM}" stress --channel reference --seed 1 --seconds 60 --save "${history}"
                OUTPUT_VARIABLE report ERROR_VARIABLE report RESULT_VARIABLE code)
file(REMOVE "${history}")
message("${report}")
if(NOT code EQUAL 1 OR NOT report MATCHES "reference violates (${RULES}):")
  message(FATAL_ERROR "this broken channel was not found to violate ${RULES} (exit code ${code})")
endif()
