# Run by cpack when the packages are made. CPack packs files in the order in which a folder happens to
# list them, and measures them in blocks of its file system. dpkg-deb sorts them, and compresses with
# xz or with $DPKG_DEB_COMPRESSOR_TYPE.

# The Installed-Size of policy 5.6.20: in KiB, each file rounded up, 1 for a folder.
function(installed_size folder out)
  file(GLOB_RECURSE paths LIST_DIRECTORIES true ${folder}/*)
  list(FILTER paths EXCLUDE REGEX "^${folder}/DEBIAN")
  set(sum 0)
  foreach(path IN LISTS paths)
    set(bytes 1)
    if(NOT IS_DIRECTORY ${path})
      file(SIZE ${path} bytes)
    endif()
    math(EXPR sum "${sum} + (${bytes} + 1023) / 1024")
  endforeach()
  set(${out} ${sum} PARENT_SCOPE)
endfunction()

foreach(package IN LISTS CPACK_PACKAGE_FILES)
  set(folder ${package}.unpacked)
  file(REMOVE_RECURSE ${folder})
  execute_process(COMMAND dpkg-deb --raw-extract ${package} ${folder} COMMAND_ERROR_IS_FATAL ANY)
  file(STRINGS ${folder}/DEBIAN/md5sums sums)
  list(SORT sums)
  list(JOIN sums "\n" sums)
  file(WRITE ${folder}/DEBIAN/md5sums "${sums}\n")
  installed_size(${folder} size)
  file(READ ${folder}/DEBIAN/control control)
  string(REGEX REPLACE "Installed-Size: [0-9]+" "Installed-Size: ${size}" control "${control}")
  file(WRITE ${folder}/DEBIAN/control "${control}")
  execute_process(COMMAND dpkg-deb --root-owner-group --build ${folder} ${package}
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE ${folder})
endforeach()
