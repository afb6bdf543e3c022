# Broken channels: what our checks have to catch.
#
#   include(core_mutant)
#   target_link_libraries(my_test_against_lifo PRIVATE plumbline::mutant::lifo)    # instead of plumbline::channel
#
# A mutant is the real core.hpp (or another header of the reference) with one piece of its text replaced, so it cannot fall
# behind the real one: when that header changes under a mutant, that mutant is left out, and the test `mutants.apply` fails and names it. (An error here would
# stop everything else from being built, just when the core was changed and its tests are wanted.) All includes are
# spelled "plumbline/detail/core.hpp", so the mutated file wins because its directory comes first.
include_guard(GLOBAL)

if(NOT DEFINED PLUMBLINE_MUTANTS_CORE)  # the test mutants.stale_ones_stop_nothing names another one
  cmake_path(SET PLUMBLINE_MUTANTS_CORE NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../src/plumbline/detail/core.hpp")
endif()
cmake_path(SET PLUMBLINE_MUTANTS_HEADERS NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../src/plumbline")
cmake_path(SET PLUMBLINE_MUTANTS_CATALOGUE NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../stress/mutants/catalogue.cmake")

# plumbline_mutant(<name> [FILE <header>] FIND <text> [REPLACE <text>] BREAKS <rule>… ORIGIN <text> KILLED_BY <rung>…)
#   FILE       the header in src/plumbline that is broken, if it is not detail/core.hpp
#   FIND       text that occurs exactly once in it
#   REPLACE    what stands in its place; "" or absent: nothing
#   BREAKS     the rules of docs/contract.md that no longer hold
#   ORIGIN     where this bug has been seen, and what it is, in a sentence
#   KILLED_BY  the rungs that must notice: relacy, walks, unit (a test made for it), property, memory (a unit test
#              in which there is none), tsan, asan
function(plumbline_mutant name)
  cmake_parse_arguments(PARSE_ARGV 1 mutant "" "FILE;FIND;REPLACE;ORIGIN" "BREAKS;KILLED_BY")
  foreach(field FIND ORIGIN BREAKS KILLED_BY)
    if(NOT DEFINED mutant_${field})
      message(FATAL_ERROR "stress/mutants/catalogue.cmake: mutant '${name}' has no ${field}")
    endif()
  endforeach()
  foreach(rung IN LISTS mutant_KILLED_BY)
    if(NOT rung MATCHES "^(relacy|walks|unit|property|memory|tsan|asan)$")
      message(FATAL_ERROR "stress/mutants/catalogue.cmake: mutant '${name}': KILLED_BY names '${rung}', which is no rung")
    endif()
  endforeach()

  set(broken "${PLUMBLINE_MUTANTS_CORE}")
  if(DEFINED mutant_FILE)
    set(broken "${PLUMBLINE_MUTANTS_HEADERS}/${mutant_FILE}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${broken}")
  else()
    set(mutant_FILE detail/core.hpp)
  endif()
  file(READ "${broken}" core)
  string(LENGTH "${core}" length)
  string(LENGTH "${mutant_FIND}" length_of_one)
  string(REPLACE "${mutant_FIND}" "" without "${core}")
  string(LENGTH "${without}" length_without)
  math(EXPR occurrences "(${length} - ${length_without}) / ${length_of_one}")
  if(NOT occurrences EQUAL 1)
    message(STATUS "plumbline: skipping the mutant '${name}': its FIND text in stress/mutants/catalogue.cmake must occur "
                   "exactly once in src/plumbline/${mutant_FILE}, but occurs ${occurrences} times")
    set_property(GLOBAL APPEND PROPERTY PLUMBLINE_STALE_MUTANTS ${name})
    return()
  endif()
  string(REPLACE "${mutant_FIND}" "${mutant_REPLACE}" core "${core}")
  set(directory "${PROJECT_BINARY_DIR}/mutants/${name}")
  file(CONFIGURE OUTPUT "${directory}/plumbline/${mutant_FILE}" CONTENT "${core}" @ONLY)

  add_library(plumbline_mutant_${name} INTERFACE)
  add_library(plumbline::mutant::${name} ALIAS plumbline_mutant_${name})
  target_include_directories(plumbline_mutant_${name} BEFORE INTERFACE "${directory}")
  target_link_libraries(plumbline_mutant_${name} INTERFACE plumbline_channel)
  set_target_properties(plumbline_mutant_${name} PROPERTIES
    PLUMBLINE_BREAKS "${mutant_BREAKS}" PLUMBLINE_ORIGIN "${mutant_ORIGIN}" PLUMBLINE_KILLED_BY "${mutant_KILLED_BY}")
  set_property(GLOBAL APPEND PROPERTY PLUMBLINE_MUTANTS ${name})
endfunction()

# plumbline_mutants(<variable> [<rung>]): the names of all mutants, or of those that `rung` has to kill.
function(plumbline_mutants variable)
  get_property(names GLOBAL PROPERTY PLUMBLINE_MUTANTS)
  if(ARGC GREATER 1)
    set(chosen "")
    foreach(name IN LISTS names)
      get_target_property(killed_by plumbline_mutant_${name} PLUMBLINE_KILLED_BY)
      if("${ARGV1}" IN_LIST killed_by)
        list(APPEND chosen ${name})
      endif()
    endforeach()
    set(names ${chosen})
  endif()
  set(${variable} ${names} PARENT_SCOPE)
endfunction()

# A change of the core makes the mutants anew before the next build (as one of the catalogue does, being included).
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PLUMBLINE_MUTANTS_CORE}")
include("${PLUMBLINE_MUTANTS_CATALOGUE}")

get_property(stale GLOBAL PROPERTY PLUMBLINE_STALE_MUTANTS)
add_test(NAME mutants.apply COMMAND "${CMAKE_COMMAND}" -E echo "mutants that do not fit core.hpp any more: [${stale}]")
set_tests_properties(mutants.apply PROPERTIES LABELS mutant PASS_REGULAR_EXPRESSION "any more: \\[\\]")
