// What libvirt fills into what a definition leaves open is no drift of a VM that is made of rows; another value is.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/rows/expected.h"

namespace virtsql {
namespace {

std::string domain(const std::string& content) {
  const std::string os = content.find("<os") == std::string::npos ? "<os><type arch='x86_64'>hvm</type></os>" : "";
  return "<domain type='kvm'><name>a</name>" + os + content + "</domain>";
}

std::string differences(const std::string& asked, const std::string& given, DiffMode mode) {
  const Element& root = Catalog::standard().root("domain");
  const Document a(asked, root);
  const Document b(given, root);
  std::string out;
  for (const Difference& difference : diff(a.rows(), b.rows(), mode))
    out += (out.empty() ? "" : "; ") + std::string(change_name(difference.change)) + " " + difference.path;
  return out;
}

TEST(Sizes, AreRoundedUpToKiB) {
  struct Case {
    const char *asked, *given;
  };
  for (const Case& each : {Case{"<memory unit='GB'>1</memory>", "<memory unit='KiB'>976563</memory>"},
                           Case{"<memory unit='MB'>600</memory>", "<memory unit='KiB'>585938</memory>"},
                           Case{"<memory unit='KB'>600001</memory>", "<memory unit='KiB'>585939</memory>"},
                           Case{"<memory unit='bytes'>600000001</memory>", "<memory unit='KiB'>585938</memory>"},
                           Case{"<memory>9</memory><currentMemory unit='b'>4097</currentMemory>",
                                "<memory>9</memory><currentMemory unit='KiB'>5</currentMemory>"},
                           Case{"<memtune><hard_limit unit='GB'>1</hard_limit></memtune>",
                                "<memtune><hard_limit unit='KiB'>976563</hard_limit></memtune>"}}) {
    for (const DiffMode mode : {DiffMode::kAsked, DiffMode::kAskedRunning, DiffMode::kDefined, DiffMode::kRunning})
      EXPECT_EQ(differences(domain(each.asked), domain(each.given), mode), "");
    EXPECT_NE(differences(domain(each.asked), domain(each.given), DiffMode::kAll), "");
  }
  const std::string one = domain("<memory unit='GB'>1</memory>");
  for (const char* other : {"976562", "976564"})
    EXPECT_EQ(differences(one, domain("<memory unit='KiB'>" + std::string(other) + "</memory>"), DiffMode::kAsked),
              "changed /domain/memory/text()");
  // Of a size in bytes libvirt keeps each byte.
  const auto limit = [](const char* bytes) {
    return domain("<devices><filesystem><target dir='a'/><space_hard_limit>" + std::string(bytes) +
                  "</space_hard_limit></filesystem></devices>");
  };
  EXPECT_NE(differences(limit("1000"), limit("1024"), DiffMode::kAsked), "");
}

TEST(PluggedInCpus, AreLeftOutIfTheyAreAll) {
  const std::string all = domain("<vcpu>2</vcpu>");
  const std::string said = domain("<vcpu current='2'>2</vcpu>");
  for (const DiffMode mode : {DiffMode::kAsked, DiffMode::kDefined, DiffMode::kRunning})
    EXPECT_EQ(differences(said, all, mode), "");
  EXPECT_EQ(differences(domain("<vcpu current='1'>2</vcpu>"), all, DiffMode::kAsked), "removed /domain/vcpu/@current");
}

TEST(ALease, BeginsAtTheBeginning) {
  const auto lease = [](const char* offset) {
    return domain("<devices><lease><key>k</key><target path='/x'" + std::string(offset) + "/></lease></devices>");
  };
  EXPECT_EQ(differences(lease(" offset='0'"), lease(""), DiffMode::kAsked), "");
  EXPECT_NE(differences(lease(" offset='1'"), lease(""), DiffMode::kAsked), "");
}

}  // namespace
}  // namespace virtsql
