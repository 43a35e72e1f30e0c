# Language, warnings, hardening, sanitizers, and the fast tools when they are found.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
# The folder of the clone is not in the binaries, so that two builds of a commit are alike.
string(APPEND CMAKE_CXX_FLAGS_RELEASE " -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(sonde_warnings INTERFACE)
target_compile_options(sonde_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Wno-missing-designated-field-initializers -Werror)

set(SONDE_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")
if(SONDE_SANITIZE)
  # -fno-sanitize=function: clang cannot yet emit it for coroutines.
  add_compile_options(-fsanitize=${SONDE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize=function
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SONDE_SANITIZE})
endif()

# Most of what a source costs to compile is its headers, so up to 16 sources of a room are compiled as
# one. A name in an unnamed namespace is therefore used once in a room, and a test file has a
# namespace of its own. The preset `lint` compiles each source by itself, for clang-tidy and clangd.
set(CMAKE_UNITY_BUILD ON CACHE BOOL "Compile several sources of a room as one")
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

# ccache takes files that use a precompiled header only if it holds no time stamp.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # It learns from the compiler which headers are read, instead of running the preprocessor before
  # each miss; and it takes what uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
# mold is the fastest. lld makes what is shipped 0.6 MB smaller: it folds equal functions whose
# address nobody compares, and packs relocations, for which Debian 12's glibc is new enough.
include(CheckLinkerFlag)
set(lld -fuse-ld=lld -Wl,--icf=safe -Wl,-z,pack-relative-relocs)
check_linker_flag(CXX -fuse-ld=mold HAS_MOLD)
check_linker_flag(CXX "${lld}" HAS_LLD)
if(HAS_LLD AND (CMAKE_BUILD_TYPE STREQUAL "Release" OR NOT HAS_MOLD))
  add_link_options(${lld})
elseif(HAS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--gc-sections)
add_link_options(-Wl,-z,relro,-z,now)
