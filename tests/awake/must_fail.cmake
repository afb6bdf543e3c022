# cmake -D PROGRAM=… -D TEST=Suite.Name -D MUTANT=… -P must_fail.cmake
# Succeeds if that one test, which passes on the real core, fails here, crashes or does not end: then it notices the bug.
# A program that does not even start the test shows nothing.
set(ENV{PLUMBLINE_HANG_SECONDS} 2)
execute_process(COMMAND "${PROGRAM}" "--gtest_filter=${TEST}" "--gtest_color=no"
                RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said_on_stderr)
string(FIND "${said}" "[ RUN      ] ${TEST}\n" started)
if(started EQUAL -1)
  message(FATAL_ERROR "${PROGRAM} (${code}) did not start a test ${TEST}:\n${said}${said_on_stderr}")
elseif(code STREQUAL "0")
  message(FATAL_ERROR "${TEST} does not notice the broken core '${MUTANT}':\n${said}${said_on_stderr}")
endif()
message(STATUS "${TEST} notices the broken core '${MUTANT}'")
