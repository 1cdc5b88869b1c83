// What a row of bench/compare's table is. One declaration in bench/rows/ makes a row; it needs nothing elsewhere.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::bench {

// What a measurement must keep to.
struct Bound {
  enum class Kind { kNone, kTimesPeer, kTimesPeerOrMore, kBelowPeer, kAtMost, kAtLeast, kFlat };
  Kind kind = Kind::kNone;
  double value = 0;
};
inline constexpr Bound kInformation = {};
inline constexpr Bound kBelowPeer = {Bound::Kind::kBelowPeer, 1};
constexpr Bound times_peer(double factor) { return {Bound::Kind::kTimesPeer, factor}; }
// Of a rate: at least so many times the peer's.
constexpr Bound times_peer_or_more(double factor) { return {Bound::Kind::kTimesPeerOrMore, factor}; }
constexpr Bound at_most(double value) { return {Bound::Kind::kAtMost, value}; }
constexpr Bound at_least(double value) { return {Bound::Kind::kAtLeast, value}; }
// Of a figure at several scales: at most so many times that of the smallest with as many revisions.
constexpr Bound flat(double factor) { return {Bound::Kind::kFlat, factor}; }

// One measurement. A row has one for each set of documents that it is measured on.
struct Figure {
  double ours = 0;
  double peer = std::numeric_limits<double>::quiet_NaN();
  std::string about;    // on which documents, and how many
  std::string skipped;  // why it could not be measured; then there are no numbers
};

struct Options {
  std::filesystem::path build;    // the build folder: virtsql's programs
  std::filesystem::path sources;  // the project's folder
  std::filesystem::path corpus;   // a folder of documents, or empty
  std::filesystem::path work;     // where the databases of the scale are; they stay there
  std::size_t vms = 1000;
  std::size_t revisions = 30;
};

struct Row {
  std::string_view what;
  std::string_view peer;  // who or what it stands beside; empty: only the bound
  std::string_view unit;
  Bound bound;
  std::vector<Figure> (*measure)(const Options&);
  std::string_view limit;  // what limits it; said where the bound does not hold
};

// The rows of each group; groups run in processes of their own, so that one does not see the other's memory.
const std::vector<Row>& hook_rows();
const std::vector<Row>& import_rows();
const std::vector<Row>& generate_rows();
const std::vector<Row>& drain_rows();
const std::vector<Row>& history_rows();
const std::vector<Row>& look_up_rows();
const std::vector<Row>& startup_rows();
const std::vector<Row>& scale_rows();

}  // namespace virtsql::bench
