# plumbline_add_channel_tests(<name>
#   ADAPTER <source>…             what makes the plug-in: a C++ adapter with PLUMBLINE_EXPORT_CHANNELS, or plumbline/plugin.h
#   [LIBRARIES <target>…]         what these need
#   [CHANNEL <channel>]           which channel of the plug-in; needed if there are several
#   [CONTRACT <dimension=word>…]  hold it to these words, not to what it declares: order=per-sender empty=weak
#   [SECONDS <n>]                 how long the campaign takes; 10 if nothing is said
#   [SANITIZERS <word>…])         of thread, address, undefined: as -fsanitize= has them
#
# Builds the plug-in <name>, and adds the tests
#   <name>.conformance    the first 2000 programs of seed 1: the same each time
#   <name>.stress         a campaign of <n> seconds from a seed that is drawn, and printed
#   <name>.<sanitizer>    the conformance programs, on the adapter built with it (the plug-in <name>_<sanitizer>)
# They have the labels plumbline and <name>. A test fails if the channel breaks its contract, or if the sanitizer reports
# something; its output has the command that runs the program again. Flags other than -fsanitize are the caller's affair.
function(plumbline_add_channel_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 with "" "CHANNEL;SECONDS" "ADAPTER;LIBRARIES;CONTRACT;SANITIZERS")
  if(with_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "plumbline_add_channel_tests(${name}): unknown argument ${with_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT with_ADAPTER)
    message(FATAL_ERROR "plumbline_add_channel_tests(${name}): which source has the adapter? Give ADAPTER <source>")
  endif()
  if(NOT TARGET plumbline::command)
    message(FATAL_ERROR "plumbline_add_channel_tests(${name}): there is no plumbline command: "
                        "find_package(plumbline REQUIRED COMPONENTS oracle), or set PLUMBLINE_BUILD_ORACLE")
  endif()
  if(NOT DEFINED with_SECONDS)
    set(with_SECONDS 10)
  elseif(NOT with_SECONDS MATCHES "^[1-9][0-9]*$")
    message(FATAL_ERROR "plumbline_add_channel_tests(${name}): SECONDS ${with_SECONDS} is not a whole number above 0")
  endif()

  set(flags)
  if(with_CHANNEL)
    list(APPEND flags --channel "${with_CHANNEL}")
  endif()
  if(with_CONTRACT)
    string(REPLACE ";" "," words "${with_CONTRACT}")
    list(APPEND flags --contract "${words}")
  endif()
  set(conformance --programs 2000 --seed 1)
  # A campaign ends on its own; shrinking may take half a minute, and machines are slow.
  math(EXPR patience "${with_SECONDS} + 120")

  add_library(${name} MODULE ${with_ADAPTER})
  target_link_libraries(${name} PRIVATE plumbline::oracle ${with_LIBRARIES})
  add_test(NAME ${name}.conformance
           COMMAND plumbline::command stress --plugin $<TARGET_FILE:${name}> ${flags} ${conformance})
  add_test(NAME ${name}.stress
           COMMAND plumbline::command stress --plugin $<TARGET_FILE:${name}> ${flags} --seconds ${with_SECONDS})
  set_tests_properties(${name}.conformance ${name}.stress PROPERTIES LABELS "plumbline;${name}" TIMEOUT ${patience})

  foreach(sanitizer IN LISTS with_SANITIZERS)
    if(NOT sanitizer MATCHES "^(thread|address|undefined)$")
      message(FATAL_ERROR "plumbline_add_channel_tests(${name}): unknown sanitizer ${sanitizer}: "
                          "thread, address and undefined are known")
    endif()
    set(plugin ${name}_${sanitizer})
    add_library(${plugin} MODULE ${with_ADAPTER})
    target_link_libraries(${plugin} PRIVATE plumbline::oracle ${with_LIBRARIES})
    # A finding has to end the program: AddressSanitizer's does, UndefinedBehaviorSanitizer's if it is told so.
    target_compile_options(${plugin} PRIVATE -fsanitize=${sanitizer} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    # Some compilers have the run-time in the executable, some beside it: what is undefined here is found there.
    target_link_options(${plugin} PRIVATE -fsanitize=${sanitizer})
    _plumbline_command_with(${sanitizer})
    add_test(NAME ${name}.${sanitizer}
             COMMAND plumbline_command_with_${sanitizer}
                     stress --plugin $<TARGET_FILE:${plugin}> ${flags} ${conformance})
    set_tests_properties(${name}.${sanitizer} PROPERTIES LABELS "plumbline;${name}" TIMEOUT 300
      ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1:exitcode=1:$ENV{TSAN_OPTIONS};ASAN_OPTIONS=exitcode=1:$ENV{ASAN_OPTIONS}")
  endforeach()
endfunction()

# The command with a sanitizer's run-time, which must be there before a plug-in that needs it is loaded. Its own code is
# not instrumented, so that all that is reported is the channel's. Once in a build.
function(_plumbline_command_with sanitizer)
  set(command plumbline_command_with_${sanitizer})
  if(TARGET ${command})
    return()
  endif()
  set(source "${CMAKE_BINARY_DIR}/plumbline-command/main.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"plumbline/main.hpp\"\n\nPLUMBLINE_MAIN();\n")
  add_executable(${command} "${source}")
  target_link_libraries(${command} PRIVATE plumbline::main)
  target_link_options(${command} PRIVATE -fsanitize=${sanitizer})
endfunction()
