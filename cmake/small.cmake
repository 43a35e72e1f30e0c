# Rooms that run at a load, for an answer or a notification are made small: whatever of the binary has
# run once stays resident. Nothing that a run, its verdict or a scrape executes belongs here.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  foreach(room config daemon_maintenance daemon_notify daemon_rules daemon_report daemon_app daemon_commands)
    target_compile_options(${room} PRIVATE -Oz)
  endforeach()
endif()
