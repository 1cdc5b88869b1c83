// Matching and comparing many things of one kind that nothing identifies: linear in their number.
#include "core/rows/match.h"

#include <gtest/gtest.h>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "tests/core/growth.h"

namespace virtsql {
namespace {

const Element& domain() { return Catalog::standard().root("domain"); }

std::string vm_of(std::size_t count, const std::function<std::string(std::size_t)>& device) {
  std::string out = "<domain>\n  <devices>\n";
  for (std::size_t i = 0; i < count; ++i) out += device(i);
  return out + "  </devices>\n</domain>\n";
}

// The number of differences of documents with `count` devices each.
std::size_t differences(std::size_t count, const std::function<std::string(std::size_t)>& before,
                        const std::function<std::string(std::size_t)>& after) {
  const Document a(vm_of(count, before), domain());
  const Document b(vm_of(count, after), domain());
  return diff(a.rows(), b.rows(), DiffMode::kAll).size();
}

TEST(ManyAlikeDevices, AreComparedInLinearTime) {
  const auto same = [](std::size_t) { return "<sound model='ac97'/>"; };
  EXPECT_LT(test::growth_of_time(4000, [&](std::size_t n) { differences(n, same, same); }), test::kLinear);
  // each differs a little
  const auto number = [](std::size_t i) { return "<redirdev bus='usb' type='tcp' a='" + std::to_string(i) + "'/>"; };
  const auto other = [](std::size_t i) { return "<redirdev bus='usb' type='pty' a='" + std::to_string(i) + "'/>"; };
  EXPECT_LT(test::growth_of_time(4000, [&](std::size_t n) { differences(n, number, other); }), test::kLinear);
  // all have one identity
  const auto alias = [](std::size_t) { return "<sound model='ac97'><alias name='x'/></sound>"; };
  const auto usb = [](std::size_t) { return "<sound model='usb'><alias name='x'/></sound>"; };
  EXPECT_LT(test::growth_of_time(4000, [&](std::size_t n) { differences(n, alias, usb); }), test::kLinear);
}

TEST(ManyAlikeDevices, AreMatchedAsFewAre) {
  const auto number = [](std::size_t i) { return "<sound model='m" + std::to_string(i) + "'/>"; };
  for (const std::size_t count : {50U, 500U}) {
    EXPECT_EQ(differences(count, number, number), 0U);
    // one in front and one behind
    EXPECT_EQ(differences(count, number, [&](std::size_t i) { return number(i + 1); }), 1U);
    // each another
    EXPECT_EQ(differences(count, number, [&](std::size_t i) { return number(i + 1000); }), count);
  }
}

TEST(ManyUnknownThings, AreComparedInLinearTime) {
  const auto one = [](std::size_t i) { return "<gadget a='" + std::to_string(i) + "'/>"; };
  const auto two = [](std::size_t i) { return "<gadget b='" + std::to_string(i) + "'/>"; };
  EXPECT_LT(test::growth_of_time(8000, [&](std::size_t n) { differences(n, one, two); }), test::kLinear);
  EXPECT_EQ(differences(5, one, two), 5U);
  EXPECT_EQ(differences(5, one, [&](std::size_t i) { return one(4 - i); }), 0U);
}

TEST(ManyDevicesInAnyOrder, AreWrittenInLinearTimeWithThoseThatCameLater) {
  const auto mixed = [](std::size_t i) { return i % 2 ? "<sound model='ac97'/>" : "<redirdev bus='usb'/>"; };
  const auto write = [&](std::size_t count) {
    Document document(vm_of(count, mixed), domain());
    for (std::size_t slot = 0; slot < domain().row_elements.size(); ++slot) {
      Row::List& devices = document.rows().children[slot];
      if (domain().row_elements[slot]->name != "redirdev") continue;
      for (std::size_t i = 0; i < count; ++i) devices.append(Row::make(document.arena(), *devices.first->element));
    }
    document.rows_changed();
    std::size_t written = 0;
    for (std::size_t at = 0; (at = document.xml().find("<redirdev", at)) != std::string::npos; ++at) ++written;
    if (written != count + count / 2) throw std::runtime_error("devices were lost");
  };
  write(10);
  EXPECT_LT(test::growth_of_time(8000, write), test::kLinear);
}

}  // namespace
}  // namespace virtsql
