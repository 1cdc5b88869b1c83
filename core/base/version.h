// Which program this is, and which of two is newer.
//
// A version is dot-separated numbers, then, of a build from a repository, the number of commits behind it:
//
//   0.1.0            a release's archive
//   0.1.0+412.gab12  412 commits; what follows the count says which commit and does not count
//
// Every version can be compared with every other: by its numbers, then by its commits; none count as 0. Two builds with
// the same numbers and count are equal.
#pragma once

#include <compare>
#include <string_view>

namespace virtsql {

// This program's version, with commits if it was built from a repository.
std::string_view program_version();

// Which of two versions is newer. What is no number counts as 0, so that any text has its place: the empty one before
// all.
std::weak_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace virtsql
