# The oracle, broken: what its own tests have to notice.
#
# plumbline_broken_oracle(<variable> <name> <file> <text> <what stands in its place>): the path of a copy of that file of
# src/plumbline/oracle in which the text, which occurs there exactly once, is replaced. Empty if it does not fit any more: that is
# no error, which would keep everything else from being built; the test oracle-breaks.apply tells.
include_guard(GLOBAL)

function(plumbline_broken_oracle variable name file find replace)
  set(source "${PROJECT_SOURCE_DIR}/src/plumbline/oracle/${file}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  file(READ "${source}" text)
  string(REPLACE "${find}" "" without "${text}")
  string(LENGTH "${text}" length)
  string(LENGTH "${without}" length_without)
  string(LENGTH "${find}" length_of_one)
  math(EXPR rest "${length} - ${length_without} - ${length_of_one}")
  if(NOT rest EQUAL 0)
    message(STATUS "plumbline: skipping the break '${name}' of ${file}: its text has to occur there exactly once")
    set_property(GLOBAL APPEND PROPERTY PLUMBLINE_STALE_ORACLE_BREAKS ${name})
    set(${variable} "" PARENT_SCOPE)
    return()
  endif()
  string(REPLACE "${find}" "${replace}" text "${text}")
  set(broken "${PROJECT_BINARY_DIR}/broken_oracle/${name}/${file}")
  file(CONFIGURE OUTPUT "${broken}" CONTENT "${text}" @ONLY)
  set(${variable} "${broken}" PARENT_SCOPE)
endfunction()

# The test that each break of the oracle still fits it. To be called when all of them were made.
function(plumbline_broken_oracle_test)
  get_property(stale GLOBAL PROPERTY PLUMBLINE_STALE_ORACLE_BREAKS)
  add_test(NAME oracle-breaks.apply
           COMMAND "${CMAKE_COMMAND}" -E echo "breaks that do not fit the oracle any more: [${stale}]")
  set_tests_properties(oracle-breaks.apply PROPERTIES LABELS mutant PASS_REGULAR_EXPRESSION "any more: \\[\\]")
endfunction()
