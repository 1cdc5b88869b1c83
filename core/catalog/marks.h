// Reads what the marks of a line say: conditions, and the rules that depend on them. Marks are the texts in braces,
// {live if @type=vnc}; `words` are the words of one mark. All functions that take a line throw CatalogError with its
// place if the mark is wrong.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// Returns the words that are not empty, as names that the storage keeps.
std::vector<Name> keep_all(std::span<const std::string_view> words, CatalogStorage& storage);

// Returns the conditions of a mark: @attribute, !@attribute, @attribute=value, @attribute!=value. The attribute may
// have a path, and may be a text() instead.
std::span<const Condition> conditions(const CatalogLine& line, const std::vector<std::string_view>& words,
                                      CatalogStorage& storage);

// Returns the conditions of {MARK if ...}, whose `if` is words[at]; none if the words end before it.
std::span<const Condition> conditions_behind_if(const CatalogLine& line, const std::vector<std::string_view>& words,
                                                CatalogStorage& storage, std::size_t at = 1);

// Reads {live}, {live if ...}, {live unless ...}, and the same forms of {found}.
LiveRule live_rule(const CatalogLine& line, std::string_view mark, CatalogStorage& storage);

// Reads {added VALUE}, {added =COLUMN}, {added if ...}, the first two also with `if` and conditions.
Filling filling(const CatalogLine& line, const std::vector<std::string_view>& words, CatalogStorage& storage);

// Reads {own}, {own VALUE}, {own =COLUMN}, {own renamed}, each also with `if` and conditions.
OwnRule own_rule(const CatalogLine& line, const std::vector<std::string_view>& words, CatalogStorage& storage);

}  // namespace virtsql
