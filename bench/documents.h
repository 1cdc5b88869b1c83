// The documents that import and generation are measured on.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/row.h"

namespace virtsql::bench {

struct Documents {
  std::string name;
  std::vector<std::string> texts;  // each of a VM of its own, and taken by libvirt's test driver

  double count() const { return static_cast<double>(texts.size()); }
  // How many of what size, for a table.
  std::string about() const;
};

// VMs of a fleet, the large ones of a fleet, and the corpus where there is one.
const std::vector<Documents>& document_sets(const Options& options);

// What `Times` measures on the set, once for all rows.
template <typename Times>
const Times& times_of(const Documents& documents) {
  static std::map<const Documents*, Times> measured;
  return measured.try_emplace(&documents, documents).first->second;
}

// A figure for each set; `peer` puts into it what the row stands beside.
template <typename Times, typename Peer>
std::vector<Figure> for_each_set(const Options& options, const Peer& peer) {
  std::vector<Figure> out;
  for (const Documents& documents : document_sets(options)) {
    const auto& times = times_of<Times>(documents);
    Figure figure{times.ours, std::numeric_limits<double>::quiet_NaN(), documents.about(), {}};
    peer(documents, times, figure);
    out.push_back(std::move(figure));
  }
  return out;
}

}  // namespace virtsql::bench
