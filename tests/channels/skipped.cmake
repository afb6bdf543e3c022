# Configures SOURCE as on machines where something is missing: each channel that cannot be built is skipped with one line
# that says why, and the build goes on.
string(RANDOM LENGTH 8 unique)
set(directory "${CMAKE_CURRENT_BINARY_DIR}/skipped-${unique}")

# says(<line>… WITH <option>…): cmake with these options succeeds, and says each of these lines, once.
function(says)
  cmake_parse_arguments(PARSE_ARGV 0 cmake "" "" "WITH")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${directory}" --fresh -G Ninja -D CMAKE_CXX_COMPILER=${COMPILER}
            -D CMAKE_CXX_STANDARD=23 -D PLUMBLINE_BUILD_TESTS=OFF ${cmake_WITH}
    OUTPUT_VARIABLE said ERROR_VARIABLE errors RESULT_VARIABLE code)
  file(REMOVE_RECURSE "${directory}")
  if(NOT code EQUAL 0 OR NOT errors STREQUAL "")
    message(FATAL_ERROR "cmake ${cmake_WITH}: exit code ${code}\n${said}${errors}")
  endif()
  foreach(line IN LISTS cmake_UNPARSED_ARGUMENTS)
    string(REGEX MATCHALL "-- plumbline: channel ${line}\n" found "${said}")
    list(LENGTH found times)
    if(NOT times EQUAL 1)
      message(FATAL_ERROR "cmake ${cmake_WITH} says ${times} times: ${line}\n${said}")
    endif()
  endforeach()
endfunction()

set(crates "crossbeam, flume, kanal, kanal-recv-timeout, tokio, tokio-unbounded is not built:")
# Nothing is there. (false is a tool that tells no version.)
says("tbb is not built: [^\n]*apt install libtbb-dev."
     "boost-fiber, boost-fiber-push-wait-for is not built: [^\n]*apt install libboost-fiber-dev."
     "urcu-wfcqueue, [^\n]*python-simple-queue is not built: [^\n]*apt install pkg-config."
     "rust-std, rust-std-sync is not built: [^\n]*apt install rustc."
     "${crates} there is no cargo .1.70 or later is needed."
     "go-chan is not built: there is no go .apt install golang-go."
  WITH -D CMAKE_DISABLE_FIND_PACKAGE_TBB=ON -D CMAKE_DISABLE_FIND_PACKAGE_Boost=ON
       -D CMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -D RUSTC=/bin/false -D CARGO=/bin/false -D GO=/bin/false)
# pkg-config knows of nothing; cargo cannot reach its registry.
set(ENV{PKG_CONFIG_LIBDIR} /nowhere)
set(ENV{PKG_CONFIG_PATH} "")
says("urcu-wfcqueue, urcu-wfcqueue-nonblocking is not built: [^\n]*apt install liburcu-dev."
     "dpdk-ring is not built: [^\n]*apt install libdpdk-dev."
     "python-queue, python-simple-queue is not built: [^\n]*apt install python3-dev."
     "${crates} cargo could not fetch them .failed to get .flume. as a dependency."
  WITH -D GO=/bin/false -D CARGO=${CMAKE_CURRENT_LIST_DIR}/cargo_offline)
# Debian 12's cargo.
says("${crates} cargo 1.65.0 is too old for them .1.70 or later is needed."
  WITH -D GO=/bin/false -D CARGO=${CMAKE_CURRENT_LIST_DIR}/cargo_old)
