#include "core/rows/moved_rows.h"

#include "core/rows/order.h"

namespace virtsql {

MovedRows moved_rows(const std::vector<Match>& matches, const Row::List& b) {
  std::unordered_map<const Row*, std::size_t> places;
  for (const Row* row = b.first; row; row = row->next) places.emplace(row, places.size());
  std::vector<const Row*> both;
  std::vector<std::size_t> order;
  for (const Match& match : matches) {
    if (!match.a || !match.b) continue;
    both.push_back(match.a);
    order.push_back(places.at(match.b));
  }
  const std::vector<bool> kept = longest_increasing(order);
  MovedRows out;
  for (std::size_t i = 0; i < both.size(); ++i)
    if (!kept[i]) out.emplace(both[i], order[i]);
  return out;
}

}  // namespace virtsql
