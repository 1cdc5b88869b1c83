// The error of store/ that is for people.
#pragma once

#include <stdexcept>

namespace virtsql {

// An error for the user: what was given, what is wrong with it, and the way out.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace virtsql
