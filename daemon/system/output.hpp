#pragma once
#include <cstdio>
#include <string_view>

namespace sonde::system {

// Writes a text to standard output or standard error, or what of it can be written. It never
// throws: a full disk or a reader that has gone stops no command.
void print(std::FILE* stream, std::string_view text);

// Writes what is buffered. False: something of all that was printed could not be written.
bool is_written(std::FILE* stream);

// A reader that has gone is an error of the write from now on, and does not end the process. First
// of all.
void ignore_broken_pipes();

}  // namespace sonde::system
