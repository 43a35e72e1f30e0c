# Makes the manual pages, completions and changelog of PACKAGE in the installation under way.
set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")

# generate(PATH COMMAND...): a file with the output of a command; .gz packs it.
function(generate path)
  set(file "${root}/${path}")
  string(REGEX REPLACE "\\.gz$" "" plain "${file}")
  get_filename_component(folder "${file}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND ${ARGN} OUTPUT_FILE "${plain}" COMMAND_ERROR_IS_FATAL ANY)
  if(NOT plain STREQUAL file)
    execute_process(COMMAND gzip -9nf "${plain}" COMMAND_ERROR_IS_FATAL ANY)
  endif()
  file(CHMOD "${file}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

generate(share/doc/${PACKAGE}/changelog.Debian.gz python3 "${SOURCE}/deploy/packaging/changelog.py"
         "${SOURCE}" ${PACKAGE} ${VERSION} "${MAINTAINER}")
if(PACKAGE STREQUAL sonde)
  generate(share/man/man1/sonde.1.gz "${SONDE}" help --man)
  generate(share/man/man5/sonde.yaml.5.gz "${SONDE}" schema --man)
  generate(share/bash-completion/completions/sonde "${SONDE}" completion bash)
  generate(share/zsh/vendor-completions/_sonde "${SONDE}" completion zsh)
else()
  generate(share/man/man1/sonde-demo.1.gz cat "${SOURCE}/deploy/packaging/sonde-demo.1")
endif()
