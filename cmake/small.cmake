# Rooms that run at a load, for an answer or a notification are made small: whatever of the binary has
# run once stays resident. Nothing that a run, its verdict or a scrape executes belongs here.
foreach(room config maintenance notify promql report app)
  target_compile_options(${room} PRIVATE $<$<CONFIG:Release>:-Oz>)
endforeach()
