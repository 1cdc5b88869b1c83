// Why a document is refused, by the reader or by the writer.
#pragma once

#include <stdexcept>

namespace virtsql::xml {

// The document was refused. what() says what was found and where, and names the limit if one was exceeded.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace virtsql::xml
