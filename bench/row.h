// A row of the table that bench/compare makes. To add a row, declare it in bench/rows/; nothing else needs to change.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::bench {

// The limit that a measurement must keep to.
struct Bound {
  enum class Kind { kNone, kTimesPeer, kTimesPeerOrMore, kBelowPeer, kAtMost, kAtLeast, kFlat };
  Kind kind = Kind::kNone;
  double value = 0;
};
inline constexpr Bound kInformation = {};
inline constexpr Bound kBelowPeer = {Bound::Kind::kBelowPeer, 1};
constexpr Bound times_peer(double factor) { return {Bound::Kind::kTimesPeer, factor}; }
// For a rate, of which more is better: at least `factor` times the peer's.
constexpr Bound times_peer_or_more(double factor) { return {Bound::Kind::kTimesPeerOrMore, factor}; }
constexpr Bound at_most(double value) { return {Bound::Kind::kAtMost, value}; }
constexpr Bound at_least(double value) { return {Bound::Kind::kAtLeast, value}; }
// For a figure that is measured at several scales: at most `factor` times the figure of the smallest scale with the
// same number of revisions.
constexpr Bound flat(double factor) { return {Bound::Kind::kFlat, factor}; }

// One measurement. A row has one for each thing that it is measured on: a set of documents, a look-up, a recipe.
struct Figure {
  double ours = 0;
  double peer = std::numeric_limits<double>::quiet_NaN();
  std::string about;    // what was measured: which documents and how many, the recipe, ...
  std::string skipped;  // why it could not be measured; the numbers then mean nothing
};

struct Options {
  std::filesystem::path build;    // the build folder: virtsql's programs
  std::filesystem::path sources;  // the project's folder
  std::filesystem::path corpus;   // a folder of documents, or empty
  std::filesystem::path work;     // the scale rows make their databases in this folder, and leave them there
  std::size_t vms = 1000;
  std::size_t revisions = 30;
};

struct Row {
  std::string_view what;
  std::string_view peer;  // what it is compared with; empty: there is only the bound
  std::string_view unit;
  Bound bound;
  std::vector<Figure> (*measure)(const Options&);
  std::string_view limit;  // what limits it; the table says so if the bound is not kept
};

// The rows of each group. bench/compare runs each group in a process of its own, so that the memory of one group does
// not count in another.
const std::vector<Row>& hook_rows();
const std::vector<Row>& import_rows();
const std::vector<Row>& generate_rows();
const std::vector<Row>& drain_rows();
const std::vector<Row>& history_rows();
const std::vector<Row>& look_up_rows();
const std::vector<Row>& startup_rows();
const std::vector<Row>& scale_rows();

}  // namespace virtsql::bench
