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

# config/dialects/*.yaml, compiled into the binary.
file(GLOB dialect_yaml CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/config/dialects/*.yaml)
set(dialect_cpp ${CMAKE_BINARY_DIR}/generated/dialect_files.cpp)
add_custom_command(
  OUTPUT ${dialect_cpp}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${dialect_yaml}" -DOUT=${dialect_cpp}
          -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${dialect_yaml} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
add_library(dialect_files STATIC ${dialect_cpp})
target_include_directories(dialect_files PRIVATE ${CMAKE_SOURCE_DIR})

# The commit, looked up at each build; a new one compiles one small source and links again.
set(revision_cpp ${CMAKE_BINARY_DIR}/generated/revision.cpp)
add_custom_target(revision_file BYPRODUCTS ${revision_cpp}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${revision_cpp}
          -P ${CMAKE_SOURCE_DIR}/cmake/revision.cmake VERBATIM)
add_library(revision STATIC ${revision_cpp})
add_dependencies(revision revision_file)
target_include_directories(revision PRIVATE ${CMAKE_SOURCE_DIR})
