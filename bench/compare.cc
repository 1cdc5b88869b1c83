// Measures virtsql against its peers and limits: runs the rows of one group and prints a JSON object for each figure.
// bench/compare runs this program for each group and makes the table.
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>

#include "bench/row.h"

namespace virtsql::bench {
namespace {

const char* kind_name(Bound::Kind kind) {
  switch (kind) {
    case Bound::Kind::kTimesPeer:
      return "times_peer";
    case Bound::Kind::kTimesPeerOrMore:
      return "times_peer_or_more";
    case Bound::Kind::kBelowPeer:
      return "below_peer";
    case Bound::Kind::kAtMost:
      return "at_most";
    case Bound::Kind::kAtLeast:
      return "at_least";
    case Bound::Kind::kFlat:
      return "flat";
    case Bound::Kind::kNone:
      break;
  }
  return "none";
}

boost::json::value number(double value) { return std::isnan(value) ? nullptr : boost::json::value(value); }

void print(const std::string& group, const Row& row, const Figure& figure) {
  const boost::json::object line = {{"group", group},
                                    {"what", row.what},
                                    {"about", figure.about},
                                    {"unit", row.unit},
                                    {"peer_name", row.peer},
                                    {"ours", number(figure.ours)},
                                    {"peer", number(figure.peer)},
                                    {"bound", kind_name(row.bound.kind)},
                                    {"value", row.bound.value},
                                    {"limit", row.limit},
                                    {"skipped", figure.skipped}};
  (void)std::puts(boost::json::serialize(line).c_str());
  (void)std::fflush(stdout);
}

}  // namespace
}  // namespace virtsql::bench

int main(int count, char** arguments) {
  using namespace virtsql::bench;
  const std::map<std::string, const std::vector<Row>& (*)()> groups = {
      {"hook", hook_rows},       {"import", import_rows},   {"generate", generate_rows}, {"drain", drain_rows},
      {"history", history_rows}, {"look-up", look_up_rows}, {"start-up", startup_rows},  {"scale", scale_rows},
  };
  const auto group = groups.find(count > 1 ? arguments[1] : "");
  bool usage = group == groups.end() || count % 2 != 0;
  Options options;
  options.build = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();
  options.sources = VIRTSQL_SOURCES;
  for (int i = 2; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const char* value = arguments[i + 1];
    if (name == "--corpus")
      options.corpus = value;
    else if (name == "--work")
      options.work = value;
    else if (name == "--vms")
      options.vms = std::strtoull(value, nullptr, 10);
    else if (name == "--revisions")
      options.revisions = std::strtoull(value, nullptr, 10);
    else
      usage = true;
  }
  if (usage) {
    (void)std::fputs("usage: virtsql_compare GROUP [--corpus DIR] [--work DIR] [--vms N] [--revisions N]\ngroups:",
                     stderr);
    for (const auto& [name, rows] : groups) (void)std::fprintf(stderr, " %s", name.c_str());
    (void)std::fputs("\n", stderr);
    return 2;
  }
  try {
    for (const Row& row : group->second())
      for (const Figure& figure : row.measure(options)) print(group->first, row, figure);
    return 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "virtsql_compare: %s\n", error.what());
    return 1;
  }
}
