#include "core/rows/meaning.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"

namespace virtsql {
namespace {

// Whether the column means the same in both VMs, in the first row of the table.
bool same(const std::string& before, const std::string& after, std::string_view table, std::string_view column) {
  const auto row_of = [&](Document& document) {
    Row* out = nullptr;
    for_each_row(document.rows(), [&](Row& row) {
      if (!out && row.element->table->name == table) out = &row;
    });
    return out;
  };
  Document a("<domain>" + before + "</domain>", Catalog::standard().root("domain"));
  Document b("<domain>" + after + "</domain>", Catalog::standard().root("domain"));
  const Row* const row = row_of(a);
  return same_meaning(*row->element->table->find(column), *row, *row_of(b));
}

TEST(Meaning, IsThatOfASizeInItsUnit) {
  const auto memory = [](const std::string& a, const std::string& b) {
    return same("<memory" + a + "</memory>", "<memory" + b + "</memory>", "virtual_machines", "memory");
  };
  EXPECT_TRUE(memory(" unit='GiB'>1", " unit='KiB'>1048576"));
  EXPECT_TRUE(memory(">1024", " unit='MiB'>1"));
  EXPECT_FALSE(memory(" unit='GiB'>1", " unit='GB'>1"));
  EXPECT_FALSE(memory(">1024", ">1025"));
}

TEST(Meaning, IsThatOfAUuidWithoutItsSpelling) {
  const auto uuid = [](const std::string& a, const std::string& b) {
    return same("<uuid>" + a + "</uuid>", "<uuid>" + b + "</uuid>", "virtual_machines", "uuid");
  };
  EXPECT_TRUE(uuid("4DEA22B3-1d52-d8f3-2516-782e98ab3fa0", "4dea22b31d52d8f32516782e98ab3fa0"));
  EXPECT_FALSE(uuid("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "4dea22b3-1d52-d8f3-2516-782e98ab3fa1"));
}

TEST(Meaning, IsThatOfAnAddressAsLibvirtReadsIt) {
  const auto address = [](const std::string& a, const std::string& b) {
    const auto card = [](const std::string& value) {
      return "<devices><interface type='user'><ip address='" + value + "'/></interface></devices>";
    };
    return same(card(a), card(b), "port_attachment_ips", "address");
  };
  EXPECT_TRUE(address("FE80:0:0::1", "fe80::1"));
  EXPECT_TRUE(address("10.0.0.011", "10.0.0.9"));
  EXPECT_FALSE(address("fe80::1", "fe80::2"));
  EXPECT_FALSE(address("10.0.0.1", "::10.0.0.1"));
  EXPECT_TRUE(address("no address", "no address"));
  EXPECT_FALSE(address("no address", "No address"));
}

TEST(Meaning, IsThatOfANumberWithASign) {
  const auto adjustment = [](const std::string& a, const std::string& b) {
    const auto clock = [](const std::string& value) { return "<clock offset='utc' adjustment='" + value + "'/>"; };
    return same(clock(a), clock(b), "clocks", "adjustment");
  };
  EXPECT_TRUE(adjustment("+5", "5"));
  EXPECT_TRUE(adjustment("-05", "-5"));
  EXPECT_TRUE(adjustment("-0", "0"));
  EXPECT_FALSE(adjustment("-5", "5"));
  EXPECT_FALSE(adjustment("0x5", "5"));
  EXPECT_TRUE(adjustment("reset", "reset"));
  EXPECT_FALSE(adjustment("reset", "0"));
}

TEST(Meaning, IsThatOfLettersInAnyCase) {
  const auto loadparm = [](const std::string& a, const std::string& b) {
    const auto disk = [](const std::string& value) {
      return "<devices><disk><boot order='1' loadparm='" + value + "'/></disk></devices>";
    };
    return same(disk(a), disk(b), "disk_attachments", "boot_loadparm");
  };
  EXPECT_TRUE(loadparm("abC", "ABC"));
  EXPECT_FALSE(loadparm("abC", "ABD"));
}

TEST(Meaning, IsThatOfASetOfCpus) {
  const auto cpuset = [](const std::string& a, const std::string& b) {
    return same("<vcpu cpuset='" + a + "'>2</vcpu>", "<vcpu cpuset='" + b + "'>2</vcpu>", "virtual_machines",
                "vcpu_cpuset");
  };
  EXPECT_TRUE(cpuset("0-3", "0,1,2,3"));
  EXPECT_FALSE(cpuset("0-3", "0-2"));
}

TEST(Meaning, IsThatOfANumberAsLibvirtReadsIt) {
  const auto in_address = [](const std::string& type, std::string_view attribute, const std::string& a,
                             const std::string& b) {
    const auto serial = [&](const std::string& value) {
      return "<devices><serial type='pty'><address type='" + type + "' " + std::string(attribute) + "='" + value +
             "'/></serial></devices>";
    };
    return same(serial(a), serial(b), "serial_device_attachments", "address_" + std::string(attribute));
  };
  // Hexadecimal with and without 0x.
  EXPECT_TRUE(in_address("isa", "iobase", "3f8", "0x3f8"));
  EXPECT_TRUE(in_address("isa", "irq", "10", "0x10"));
  EXPECT_TRUE(in_address("spapr-vio", "reg", "010", "0x00000010"));
  EXPECT_FALSE(in_address("isa", "irq", "16", "0x10"));
  // As in C.
  EXPECT_TRUE(in_address("pci", "slot", "010", "0x08"));
  EXPECT_TRUE(in_address("ccw", "devno", "16", "0x0010"));
  EXPECT_FALSE(in_address("pci", "slot", "010", "0x0a"));
  // In decimal.
  EXPECT_TRUE(in_address("usb", "bus", "010", "10"));
  EXPECT_TRUE(in_address("ccid", "slot", "010", "10"));
  EXPECT_TRUE(same("<launchSecurity type='sev'><policy>33</policy></launchSecurity>",
                   "<launchSecurity type='sev'><policy>0x0033</policy></launchSecurity>", "launch_securities",
                   "policy"));
}

TEST(Meaning, IsThatOfAModeInOctal) {
  const auto mode = [](const std::string& a, const std::string& b) {
    return same("<devices><filesystem fmode='" + a + "'/></devices>",
                "<devices><filesystem fmode='" + b + "'/></devices>", "filesystem_attachments", "fmode");
  };
  EXPECT_TRUE(mode("0644", "644"));
  EXPECT_FALSE(mode("0644", "0645"));
  EXPECT_FALSE(mode("8", "08"));
}

TEST(Meaning, OfNothingIsThatOfNothingAlone) {
  EXPECT_TRUE(same("<name>a</name>", "<name>b</name>", "virtual_machines", "title"));
  EXPECT_FALSE(same("<title>a</title>", "<name>a</name>", "virtual_machines", "title"));
  EXPECT_FALSE(same("<title>a</title>", "<title>A</title>", "virtual_machines", "title"));
}

TEST(Meaning, OfAnElementThatIsThereIsWhatLibvirtTakes) {
  const auto pmu = [](const std::string& a, const std::string& b) {
    return same("<features><acpi/>" + a + "</features>", "<features><acpi/>" + b + "</features>", "vm_features",
                "pmu_state");
  };
  EXPECT_TRUE(pmu("<pmu/>", "<pmu state='on'/>"));
  EXPECT_TRUE(pmu("<pmu/>", "<pmu> </pmu>"));
  EXPECT_FALSE(pmu("<pmu/>", "<pmu state='off'/>"));
  EXPECT_FALSE(pmu("<pmu/>", ""));
  EXPECT_FALSE(pmu("", "<pmu/>"));
  EXPECT_FALSE(pmu("<vmport/>", "<pmu/>"));
}

TEST(Meaning, OfAnEmptyTextIsNoneBesideAnAttribute) {
  const auto loader = [](const std::string& a, const std::string& b) {
    return same("<os>" + a + "</os>", "<os>" + b + "</os>", "boot_configs", "loader_path");
  };
  EXPECT_TRUE(loader("<loader secure='yes'/>", "<loader/>"));
  EXPECT_TRUE(loader("<loader/>", "<loader secure='yes'/>"));
  EXPECT_FALSE(loader("<loader/>", ""));
  EXPECT_FALSE(loader("<loader secure='yes'>/a</loader>", "<loader/>"));
}

}  // namespace
}  // namespace virtsql
