// The version of this program, and which of two versions is newer.
//
// A version is dot-separated numbers. A build from a repository adds + and the number of commits since that version:
//
//   0.1.0            a release's archive
//   0.1.0+412.gab12  412 commits later; the rest names the commit and is not compared
//
// Any two versions can be compared: first by their numbers, then by their counts of commits. A version without a count
// counts as 0 commits. Two builds with the same numbers and count are equal.
#pragma once

#include <compare>
#include <string_view>

namespace virtsql {

// Returns this program's version, with the number of commits if it was built from a repository.
std::string_view program_version();

// Compares two versions: the newer one is greater. A part that is no number counts as 0, so that any text can be
// compared. The empty text counts as 0, so no version is older.
std::weak_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace virtsql
