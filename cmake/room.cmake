# davy_room(NAME SOURCES ... LINKS ...): one room of the house is one static library, davy::NAME, whose links are
# the rooms and libraries it may use. Sources are listed by hand.
function(davy_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS" ${ARGN})
  add_library(davy_${name} STATIC ${ROOM_SOURCES})
  add_library(davy::${name} ALIAS davy_${name})
  target_include_directories(davy_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(davy_${name} PUBLIC ${ROOM_LINKS} PRIVATE davy::warnings)
endfunction()

# davy_test(NAME SOURCES ... LINKS ...): one doctest binary a room; every case is a ctest of its own, so a failure
# names itself.
function(davy_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(davy_test_${name} ${TEST_SOURCES})
  target_link_libraries(davy_test_${name} PRIVATE davy_test_main davy::warnings ${TEST_LINKS})
  target_compile_definitions(davy_test_${name} PRIVATE
    DAVY_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data" DAVY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set_target_properties(davy_test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  doctest_discover_tests(davy_test_${name} TEST_PREFIX "${name}: "
    PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
