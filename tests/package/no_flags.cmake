# cmake -D DIRECTORY=… -P no_flags.cmake: the installed CMake files carry no warning, sanitizer or optimization flag.
file(GLOB_RECURSE files "${DIRECTORY}/*.cmake")
# This one has the sanitizers that somebody asks for by name, for targets of its own.
list(FILTER files EXCLUDE REGEX "/plumbline-channel-tests\\.cmake$")
if(NOT files)
  message(FATAL_ERROR "there is no CMake file in ${DIRECTORY}")
endif()
foreach(file IN LISTS files)
  file(STRINGS "${file}" flags REGEX "-fsanitize|-fno-|[\"; ]-W[a-z]|[\"; ]-O[0-3sg]|[\"; ]-g[\"; ]")
  if(flags)
    message(FATAL_ERROR "${file} carries compiler flags to whoever links to it:\n${flags}")
  endif()
endforeach()
