# What runs at a load, for an answer or a notification, is made small: whatever of the binary has
# run once stays resident. Nothing that a run, its verdict or a scrape executes belongs here.
file(GLOB small CONFIGURE_DEPENDS
  config/*.cpp daemon/*_command.cpp daemon/app*.cpp daemon/*/*settings.cpp daemon/*/*_vet.cpp
  daemon/notify/*.cpp daemon/maintenance/d*.cpp daemon/promql/*.cpp daemon/report/*.cpp
  daemon/expose/api*.cpp probes/*settings.cpp probes/plan*.cpp probes/*/*settings.cpp)
list(APPEND small
  daemon/flags.cpp daemon/key_table.cpp daemon/reason_table.cpp daemon/settings.cpp
  daemon/evidence_page.cpp daemon/once.cpp daemon/expose/landing.cpp daemon/expose/session.cpp
  daemon/expose/web.cpp probes/common.cpp probes/kinds.cpp probes/auth/methods.cpp
  probes/auth/oidc_config.cpp probes/talk/built_in.cpp probes/talk/dialect.cpp
  probes/talk/dialect_book.cpp probes/talk/dialect_check.cpp probes/talk/event.cpp
  probes/talk/ready_check.cpp)
foreach(file IN LISTS small)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${file} AND NOT EXISTS ${file})
    message(FATAL_ERROR "cmake/small.cmake names ${file}, which is not there")
  endif()
endforeach()
set_source_files_properties(${small} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Oz>)
