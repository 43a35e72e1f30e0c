# Read by cpack before it packs. SOURCE_DATE_EPOCH of the environment wins.
if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  execute_process(COMMAND git -C ${CPACK_SONDE_SOURCE} log -1 --format=%ct
                  OUTPUT_VARIABLE committed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT committed)
    set(committed 0)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} ${committed})
endif()
