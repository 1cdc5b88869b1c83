// The text of sql/API.md, compiled into the extension.
#pragma once

#include <string_view>

namespace virtsql::extension {

extern const std::string_view kApiText;

}  // namespace virtsql::extension
