# cmake -D PROGRAM=… -D ARGUMENTS=… -P must_disagree.cmake
# Succeeds if the cross-check with a broken checker ends with a history on which it disagrees with the search, finds that
# the stream reports at other times than is recorded, or crashes.
execute_process(COMMAND "${PROGRAM}" ${ARGUMENTS} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
message("${said}")
if(code STREQUAL "0" OR (code STREQUAL "1" AND NOT said MATCHES "^(history [0-9]+|late|early): ") OR code STREQUAL "3")
  message(FATAL_ERROR "nobody notices this break of the checker (${code})")
endif()
