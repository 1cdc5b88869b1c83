// Which devices of two definitions are the same device: what each pass decides alone, and that matching many devices
// takes linear time.
#include "core/rows/match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

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

// Returns the number of differences between two documents with `count` devices each.
std::size_t differences(std::size_t count, const std::function<std::string(std::size_t)>& before,
                        const std::function<std::string(std::size_t)>& after) {
  const Document a(vm_of(count, before), domain());
  const Document b(vm_of(count, after), domain());
  return diff(a.rows(), b.rows(), DiffMode::kAll).size();
}

// Returns, for each device of `a` in the table, the place of its match in `b`, or "-" if it has none.
std::string matches(const std::string& table, const std::string& a, const std::string& b) {
  const auto rows_in = [&](const Document& document) -> Row::List {
    const Row& vm = document.rows();
    for (std::size_t slot = 0; slot < vm.element->row_elements.size(); ++slot)
      if (vm.element->row_elements[slot]->table->name == table && vm.children[slot].first) return vm.children[slot];
    ADD_FAILURE() << table;
    return {};
  };
  const Document one("<domain><devices>" + a + "</devices></domain>", domain());
  const Document other("<domain><devices>" + b + "</devices></domain>", domain());
  const Row::List list = rows_in(other);
  std::string out;
  for (const Match& match : match_rows(rows_in(one), list)) {
    if (!match.a) continue;
    std::size_t place = 0;
    for (const Row* row = list.first; row && row != match.b; row = row->next) ++place;
    out += match.b ? std::to_string(place) : "-";
  }
  return out;
}

std::string disk(const std::string& target, const std::string& path, const std::string& more = "") {
  return "<disk type='file' device='disk'><source file='" + path + "'/><target dev='" + target + "'/>" + more +
         "</disk>";
}

TEST(Match, TheKeyComesBeforeTheThing) {
  EXPECT_EQ(matches("disk_attachments", disk("vda", "/x") + disk("vdb", "/y"), disk("vda", "/y") + disk("vdb", "/x")),
            "01");
  EXPECT_EQ(matches("disk_attachments", disk("vda", "/x") + disk("vdb", "/y"), disk("vdb", "/x") + disk("vda", "/y")),
            "10");
}

TEST(Match, TheSameImageUnderAnotherTargetIsTheSameDisk) {
  EXPECT_EQ(matches("disk_attachments", disk("vda", "/x"), disk("vdc", "/z") + disk("vdd", "/x", "<serial>s</serial>")),
            "1");
}

TEST(Match, AnotherTargetAndAnotherImageIsAnotherDisk) {
  EXPECT_EQ(matches("disk_attachments", disk("vda", "/x"), disk("vdb", "/y")), "-");
}

TEST(Match, TheAliasComesBeforeLikeness) {
  const auto sound = [](const std::string& model, const std::string& alias) {
    return "<sound model='" + model + "'><alias name='" + alias + "'/></sound>";
  };
  EXPECT_EQ(matches("sound_card_attachments", sound("ich9", "ua-1") + sound("ac97", "ua-2"),
                    sound("ich9", "ua-2") + sound("ac97", "ua-1")),
            "10");
}

TEST(Match, WhatIsEqualInEverythingComesBeforeTheNearest) {
  const auto console = [](const std::string& address) {
    return "<graphics type='spice'><listen type='address' address='" + address +
           "'/><listen type='address' address='::1'/></graphics>";
  };
  EXPECT_EQ(
      matches("consoles", console("192.0.2.1") + console("192.0.2.2"), console("192.0.2.2") + console("192.0.2.1")),
      "10");
}

// A value that one of them lacks may have been filled in; but not if each lacks a value of the other.
TEST(Match, WhatHasNothingInCommonIsFartherThanWhatDiffersInAValue) {
  const auto vnc = [](const std::string& port, const std::string& socket) {
    return "<graphics type='vnc' port='" + port + "' listen='0.0.0.0' sharePolicy='force-shared'/>" +
           "<graphics type='vnc' socket='" + socket + "'/>";
  };
  EXPECT_EQ(matches("consoles", vnc("5901", "/a"), vnc("5902", "/b")), "01");
  EXPECT_EQ(matches("consoles", "<graphics type='vnc'/><graphics type='sdl'/>",
                    "<graphics type='sdl' display=':0' xauth='/x'/><graphics type='vnc' port='5901' autoport='yes'/>"),
            "10");
}

TEST(Match, TheNearestIsTheSameWhereNothingSaysOtherwise) {
  EXPECT_EQ(matches("sound_card_attachments", "<sound model='ich9'/>", "<sound model='ac97'/>"), "0");
  EXPECT_EQ(matches("watchdog_attachments", "<watchdog model='i6300esb' action='reset'/>",
                    "<watchdog model='ib700' action='poweroff'/><watchdog model='i6300esb' action='none'/>"),
            "1");
}

std::string nic(const std::string& mac, const std::string& network, const std::string& more = "") {
  return "<interface type='network'><mac address='52:54:00:00:00:0" + mac + "'/><source network='" + network + "'/>" +
         more + "</interface>";
}

TEST(RowsThatShareAKey, AreTheSameIfTheyAreEqual) {
  const std::string red = nic("1", "red");
  const std::string blue = nic("1", "blue");
  EXPECT_EQ(matches("port_attachments", red + blue, blue), "-0");
  EXPECT_EQ(matches("port_attachments", blue, red + blue), "1");
  EXPECT_EQ(matches("port_attachments", red + blue, blue + red), "10");
  // two devices of `a` equal the one in `b`: the first is matched
  EXPECT_EQ(matches("port_attachments", red + red, red), "0-");
  // a device of `b` may have a key that a sibling has in `a`: the equal one is matched
  EXPECT_EQ(matches("port_attachments", nic("2", "red") + blue, red + blue), "-1");
}

TEST(RowsThatShareAKey, AreOtherwiseTheSameIfTheyAreNearest) {
  const std::string red = nic("1", "red", "<model type='virtio'/>");
  const std::string blue = nic("1", "blue", "<model type='e1000'/>");
  const std::string other_blue = nic("1", "blue", "<model type='e1000'/><link state='down'/>");
  EXPECT_EQ(matches("port_attachments", red + blue, other_blue), "-0");
  EXPECT_EQ(matches("port_attachments", other_blue, red + blue), "1");
  // the first of `a` is near to both of `b`, the second to only one, which it gets
  EXPECT_EQ(matches("port_attachments", nic("1", "blue") + blue, other_blue + nic("1", "green")), "10");
}

TEST(RowsThatShareAKey, ArePairedByPlaceIfNothingElseDecides) {
  EXPECT_EQ(matches("port_attachments", nic("1", "a") + nic("1", "b"), nic("1", "c") + nic("1", "d")), "01");
  EXPECT_EQ(matches("port_attachments", nic("1", "a") + nic("1", "b"), nic("1", "c")), "0-");
}

TEST(RowsThatShareAHint, AreTheSameIfTheyAreEqual) {
  const auto sound = [](const std::string& model) {
    return "<sound model='" + model + "'><alias name='ua-1'/></sound>";
  };
  EXPECT_EQ(matches("sound_card_attachments", sound("ich9") + sound("ac97"), sound("ac97")), "-0");
  EXPECT_EQ(matches("sound_card_attachments", sound("ac97"), sound("ich9") + sound("ac97")), "1");
}

TEST(Match, AnAddressThatNamesNoPlaceIsNoHint) {
  const auto input = [](const std::string& type, const std::string& address) {
    return "<input type='" + type + "' bus='virtio'><address type='" + address + "'/></input>";
  };
  EXPECT_EQ(matches("input_device_attachments",
                    input("tablet", "virtio-mmio") + input("keyboard", "pci' domain='0x0000' bus='0x00' slot='0x05"),
                    input("keyboard", "virtio-mmio")),
            "-0");
}

TEST(EqualRows, SayTheSameInAnyUnitAndInWhatHasNoColumn) {
  const auto dimm = [](const std::string& size) {
    return "<memory model='dimm'><target><size " + size + "</size><node>0</node></target><alias name='x'/></memory>";
  };
  EXPECT_EQ(
      matches("memory_module_attachments", dimm("unit='GiB'>1") + dimm("unit='GiB'>2"), dimm("unit='KiB'>2097152")),
      "-0");
  EXPECT_EQ(matches("usb_redirector_attachments", "<redirdev bus='usb' a='1'/><redirdev bus='usb' a='2'/>",
                    "<redirdev bus='usb' a='2'/>"),
            "-0");
}

TEST(Match, GivesTheSamePairsTheOtherWayRound) {
  std::mt19937 random(1);
  const auto any_of = [&](const std::vector<std::string>& words) { return words[random() % words.size()]; };
  const auto devices = [&] {
    std::string out;
    for (std::size_t count = 1 + random() % 5; count; --count) {
      std::string more = any_of({"", "<link state='down'/>"}) + any_of({"", "<alias name='ua-1'/>"}) +
                         any_of({"", "<address type='pci' slot='0x01'/>", "<address type='pci' slot='0x02'/>"});
      out += any_of({nic("1", any_of({"red", "blue"}), more), nic("2", "red", more),
                     "<interface type='user'>" + more + "</interface>"});
    }
    return out;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string a = devices();
    const std::string b = devices();
    const std::string pairs = matches("port_attachments", a, b);
    const std::string mirrored = matches("port_attachments", b, a);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (pairs[i] == '-') continue;
      ASSERT_EQ(mirrored[static_cast<std::size_t>(pairs[i] - '0')], static_cast<char>('0' + i)) << a << "\n" << b;
    }
    ASSERT_EQ(pairs.size() - static_cast<std::size_t>(std::count(pairs.begin(), pairs.end(), '-')),
              mirrored.size() - static_cast<std::size_t>(std::count(mirrored.begin(), mirrored.end(), '-')));
  }
}

TEST(ManyAlikeDevices, AreComparedInLinearTime) {
  const auto same = [](std::size_t) { return "<sound model='ac97'/>"; };
  EXPECT_LT(test::growth_of_time(4000, [&](std::size_t n) { differences(n, same, same); }), test::kLinear);
  // each device differs a little
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
    // the first device goes, and another one comes at the end
    EXPECT_EQ(differences(count, number, [&](std::size_t i) { return number(i + 1); }), 1U);
    // each device becomes another one
    EXPECT_EQ(differences(count, number, [&](std::size_t i) { return number(i + 1000); }), count);
  }
  // all have one identity: they come in another order, or one goes, or another one comes in place of each
  const auto named = [](std::size_t i) {
    return "<sound model='m" + std::to_string(i) + "'><alias name='ua-1'/></sound>";
  };
  EXPECT_EQ(differences(500, named, [&](std::size_t i) { return named(499 - i); }), 0U);
  EXPECT_EQ(differences(500, named, [&](std::size_t i) { return i ? named(i) : std::string(); }), 1U);
  EXPECT_EQ(differences(500, named, [&](std::size_t i) { return named(i + 1000); }), 500U);
  EXPECT_EQ(differences(500, named, [&](std::size_t i) { return i < 3 ? named(i + 1000) : std::string(); }), 500U);
}

TEST(Keys, AreOfARowIfAnyOfThemIsTheSame) {
  const auto list = [](const Document& document) -> const Row::List& {
    for (std::size_t slot = 0; slot < domain().row_elements.size(); ++slot)
      if (domain().row_elements[slot]->name == "controller") return document.rows().children[slot];
    throw std::runtime_error("there is no controller");
  };
  const auto are_of = [&](const std::string& controllers, const std::string& controller) {
    const Document a("<domain><devices>" + controllers + "</devices></domain>", domain());
    const Document b("<domain><devices>" + controller + "</devices></domain>", domain());
    Keys keys(list(a));
    return keys.are_of(*list(b).first);
  };
  const std::string usb = "<controller type='usb' index='0' model='qemu-xhci'/>";
  const std::string scsi = "<controller type='scsi' index='0'/>";
  EXPECT_TRUE(are_of(usb + scsi, "<controller type='scsi' index='0' model='lsilogic'/>"));
  EXPECT_TRUE(are_of(usb + scsi, "<controller type='usb' index='0' model='piix3-uhci'/>"));
  EXPECT_FALSE(are_of(usb + scsi, "<controller type='scsi' index='1'/>"));
  EXPECT_FALSE(are_of(usb + scsi, "<controller type='scsi'/>"));
  EXPECT_FALSE(are_of("", scsi));
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
