// What the marks of a line say in their own little language: conditions, and the rules that stand under them. Marks are
// the texts in braces, {live if @type=vnc}; `words` are a mark's words. All throw CatalogError, with the line.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// The names among the words, kept.
std::vector<Name> keep_all(std::span<const std::string_view> words, CatalogStorage& storage);

// The conditions of a mark: @attribute, !@attribute, @attribute=value, @attribute!=value; the attribute may have a
// path.
std::span<const Condition> conditions(const CatalogLine& line, const std::vector<std::string_view>& words,
                                      CatalogStorage& storage);

// The conditions of {MARK if ...}; none of {MARK}.
std::span<const Condition> conditions_behind_if(const CatalogLine& line, const std::vector<std::string_view>& words,
                                                CatalogStorage& storage);

// {live}, {live if ...}, {live unless ...}, and the same of {found}.
LiveRule live_rule(const CatalogLine& line, std::string_view mark, CatalogStorage& storage);

// {own}, {own VALUE}, {own =COLUMN}, {own renamed}, each also with `if` and conditions.
OwnRule own_rule(const CatalogLine& line, const std::vector<std::string_view>& words, CatalogStorage& storage);

}  // namespace virtsql
