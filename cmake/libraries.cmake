# What Debian carries; deploy/install-deps installs it.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(PkgConfig REQUIRED)
pkg_check_modules(systemd_pc REQUIRED IMPORTED_TARGET libsystemd)
add_library(systemd ALIAS PkgConfig::systemd_pc)
pkg_check_modules(cares_pc REQUIRED IMPORTED_TARGET libcares)
add_library(cares ALIAS PkgConfig::cares_pc)
pkg_check_modules(idn2_pc REQUIRED IMPORTED_TARGET libidn2)
add_library(idn2 ALIAS PkgConfig::idn2_pc)

# C++ libraries of which a part is used are taken into the binary, where the linker leaves out the
# rest: a shared one has its tables and symbols resident before its first call. What has to be
# mended without a new binary (OpenSSL, SQLite, c-ares, zlib) stays shared.
function(sonde_archive name file)
  find_library(${name}_archive ${file} REQUIRED)
  add_library(${name} STATIC IMPORTED)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${${name}_archive})
endfunction()
sonde_archive(re2 libre2.a)
sonde_archive(yaml-cpp libyaml-cpp.a)

find_package(CURL 7.85 REQUIRED)  # SMTP
find_package(SQLite3 REQUIRED)
find_package(date REQUIRED)  # IANA time zones, which libstdc++ 12 lacks
add_library(boost_json ALIAS Boost::json)

# The bodies of Asio and Beast, compiled once. PUBLIC, because every unit must see the same
# definitions or the one-definition rule breaks without a word.
add_library(boost_src STATIC probes/net/boost_src.cpp)
target_compile_definitions(boost_src PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  # Asio's own cache hands out blocks that are larger than what was asked for, and a waiting session
  # keeps them; malloc's is as fast.
  BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
target_link_libraries(boost_src PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)

# sonde_embed(NAME FOLDER HEADER NAMESPACE [ending...]): a library NAME whose function of that name,
# declared by HEADER, returns the files of a folder with these endings (yaml), compiled into the binary.
function(sonde_embed name folder header namespace)
  set(patterns ${ARGN})
  if(NOT patterns)
    set(patterns yaml)
  endif()
  list(TRANSFORM patterns PREPEND ${CMAKE_SOURCE_DIR}/${folder}/*.)
  file(GLOB files CONFIGURE_DEPENDS ${patterns})
  set(out ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUT=${out} -DHEADER=${header} -DNAMESPACE=${namespace}
            -DFUNCTION=${name} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  add_library(${name} STATIC ${out})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
endfunction()
sonde_embed(dialect_files config/dialects probes/dialect/dialect_files.hpp sonde::dialect)
sonde_embed(example_files config/examples daemon/commands/example_files.hpp sonde::commands)
sonde_embed(openapi_files daemon/web daemon/web/openapi_files.hpp sonde::web)
sonde_embed(page_files daemon/page daemon/page/assets.hpp sonde::page css js svg)

# The commit, looked up at each build; a new one compiles one small source and links again.
set(revision_cpp ${CMAKE_BINARY_DIR}/generated/revision.cpp)
add_custom_target(revision_file BYPRODUCTS ${revision_cpp}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${revision_cpp}
          -P ${CMAKE_SOURCE_DIR}/cmake/revision.cmake VERBATIM)
add_library(revision STATIC ${revision_cpp})
add_dependencies(revision revision_file)
target_include_directories(revision PRIVATE ${CMAKE_SOURCE_DIR})
