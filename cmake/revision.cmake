# Writes the commit that is built into OUT, if it is another one than before: SONDE_REVISION of the
# environment (for packages, which are built without a repository), else git's, else "unknown".
set(revision "$ENV{SONDE_REVISION}")
if(NOT revision)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision MATCHES "^[A-Za-z0-9._+-]+$")
  set(revision unknown)
endif()
set(text "#include \"daemon/app/version.hpp\"\n\nnamespace sonde::app {\nconst std::string_view revision = \"${revision}\";\n}\n")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT text STREQUAL "${old}")
  file(WRITE ${OUT} "${text}")
endif()
