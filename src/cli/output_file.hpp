#pragma once

#include <string>

// Files that results go to, each named by a flag; an empty name is none. A relative name is one where the command was
// started, wherever a channel under test has gone since.
namespace plumbline::cli {

// Throws misuse_error if the file cannot be written: it is tried before the work, not after it.
void require_writable(const char* flag, const std::string& file);

// Leaves nothing of an earlier result in it, if there is one: it would be taken for this one's, should there be none.
void empty_file(const std::string& file);

// Writes the text. Throws misuse_error if that cannot be done.
void write_file(const char* flag, const std::string& file, const std::string& text);

}  // namespace plumbline::cli
