#pragma once

#include <string>

// Files that results go to, each named by a flag; an empty name is none.
namespace plumbline::cli {

// Throws misuse_error if the file cannot be written: it is tried before the work, not after it.
void require_writable(const char* flag, const std::string& file);

// Writes the text. Throws misuse_error if that cannot be done.
void write_file(const char* flag, const std::string& file, const std::string& text);

}  // namespace plumbline::cli
