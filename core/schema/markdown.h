// The schema reference, sql/SCHEMA.md.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The reference of all tables as Markdown: per table a sentence, per column its type, place in the XML and meaning.
std::string schema_markdown(const Catalog& catalog);

}  // namespace virtsql
