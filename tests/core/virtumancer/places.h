// Whether the fields that say what virtumancer's columns mean name places that libvirt has.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/rows/document.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/field.h"
#include "core/virtumancer/tag.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer::test {

// Returns the vendor options of a row and of the rows below it, a line each: what the catalog does not know.
inline std::string unknown(const Row& row) {
  std::string out;
  for (const VendorItem* item = row.vendor; item; item = item->next)
    out += row.element->path + "/" + std::string(item->path) + " " + std::string(item->name) + "\n";
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (const Row* child = row.children[slot].first; child; child = child->next) out += unknown(*child);
  return out;
}

// Returns a value that passes the check.
inline std::string sample(std::string_view check) {
  for (const char* value : {"1", "0x1", "/a", "a", "yes", "52:54:00:00:00:01", "0d000000-0000-4000-8000-000000000001"})
    if (const auto spelled = checked(check, value); spelled && !spelled->empty()) return *spelled;
  return std::string(check.substr(0, check.find('|')));  // the check is a list of values
}

class Places : public testing::Test {
 protected:
  // Expects that the fields name places that libvirt has, below this path in <domain>.
  static void are_known(std::string_view path, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      if (field.path.empty()) continue;
      const std::string place =
          path.empty() ? std::string(field.path) : std::string(path) + "/" + std::string(field.path);
      Tag domain;
      domain.name = "domain";
      ASSERT_TRUE(checked(field.check, sample(field.check))) << place << ": " << field.check;
      domain.set(place, field.check == "flag" ? "" : sample(field.check));
      const Document document(domain.xml(), Catalog::standard().root("domain"));
      EXPECT_EQ(unknown(document.rows()), "") << place;
    }
  }
};

}  // namespace virtsql::virtumancer::test
