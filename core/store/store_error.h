// The errors of store/ that are for people, and what an error is about.
#pragma once

#include <stdexcept>

namespace virtsql {

// An error for the user: what was given, what is wrong with it, and the way out.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Whether an error that the work on rows ends with can come from the rows: a row that no XML can express, or a value
// that an index, trigger or constraint refuses. Every other error comes from the database or the moment (a lock,
// memory, the disk).
bool is_of_the_rows(const std::runtime_error& error);

}  // namespace virtsql
