// The files of sql/report/, compiled into the extension.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql::extension {

extern const std::span<const EmbeddedText> kReportTexts;

}  // namespace virtsql::extension
