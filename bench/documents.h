// The sets of documents that import and generation are measured on.
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
  std::vector<std::string> texts;  // each of a different VM, and accepted by libvirt's test driver

  double count() const { return static_cast<double>(texts.size()); }
  // Returns the number of documents, the set's name and the mean size, for the table.
  std::string about() const;
};

// Returns the sets: VMs of a fleet, large VMs of a fleet, and the documents of the corpus if Options names one.
const std::vector<Documents>& document_sets(const Options& options);

// Returns Times(documents). It is measured once, and all rows of a table use the result.
template <typename Times>
const Times& times_of(const Documents& documents) {
  static std::map<const Documents*, Times> measured;
  return measured.try_emplace(&documents, documents).first->second;
}

// Returns a figure for each set. `peer` puts the peer's number into the figure.
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
