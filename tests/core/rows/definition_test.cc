// The definition as a filter over rows: it gives the same rows as writing the inactive form and reading it again.
#include "core/rows/definition.h"

#include <gtest/gtest.h>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "core/rows/row_error.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

const Element& domain() { return Catalog::standard().root("domain"); }

// Returns the differences between the definition in the rows and the rows that are read from their inactive form.
std::string difference_from_reading(const Row& row) {
  Arena arena;
  const Row* filtered = definition_of(row, arena);
  const Document read(generate(row, Form::kInactive), domain());
  return to_json(diff(*filtered, read.rows(), DiffMode::kAll));
}

std::vector<std::string> all_documents() {
  std::vector<std::string> out = test::document_names();
  for (std::string& name : test::document_names("definitions")) out.push_back(std::move(name));
  return out;
}

class DefinitionOf : public testing::TestWithParam<std::string> {};

TEST_P(DefinitionOf, IsWhatReadingTheInactiveFormGives) {
  const Document document(test::read_document(GetParam()), domain());
  EXPECT_EQ(difference_from_reading(document.rows()), "[]");
}

TEST_P(DefinitionOf, IsItsOwnDefinition) {
  Document document(test::read_document(GetParam()), domain());
  const std::string once = document.definition_xml();
  document.take_definition();
  EXPECT_EQ(document.xml(), once);
  EXPECT_EQ(document.definition_xml(), once);
}

INSTANTIATE_TEST_SUITE_P(Documents, DefinitionOf, testing::ValuesIn(all_documents()));

// Edits a row of the document. Returns how its definition then differs from its inactive form, and puts the inactive
// form into `definition`.
std::string edited(const std::string& xml, const std::string& table, const std::string& column, std::string_view value,
                   std::string& definition) {
  Document document(xml, domain());
  Row* row = &document.rows();
  const auto find = [&](const auto& self, Row& at) -> Row* {
    if (at.element->table->name == table) return &at;
    for (std::size_t slot = 0; slot < at.element->row_elements.size(); ++slot)
      for (Row* child = at.children[slot].first; child; child = child->next)
        if (Row* found = self(self, *child)) return found;
    return nullptr;
  };
  row = find(find, *row);
  const Column* known = row->element->table->find(column);
  if (!known) known = row->element->table->resource->find(column);
  row->set(*known, value);
  document.rows_changed();
  definition = document.definition_xml();
  return difference_from_reading(document.rows());
}

TEST(DefinitionOfEditedRows, HasTheFlagOfWhatIsWritten) {
  const std::string xml = "<domain><features><acpi/><hyperv><relaxed state='on'/></hyperv></features></domain>";
  std::string given;
  EXPECT_EQ(edited(xml, "vm_features", "hyperv", {}, given), "[]");
  EXPECT_NE(given.find("<hyperv>"), std::string::npos) << given;
  EXPECT_THROW(edited(xml, "vm_features", "hyperv", "0", given), RowError);  // it has content
  EXPECT_EQ(edited(xml, "vm_features", "acpi", "0", given), "[]");
  EXPECT_EQ(given.find("acpi"), std::string::npos) << given;
}

TEST(DefinitionOfEditedRows, HasNoEmptyTextBesideAttributes) {
  std::string xml;
  EXPECT_EQ(edited("<domain><vcpu placement='static'>2</vcpu></domain>", "virtual_machines", "vcpus", "", xml), "[]");
  EXPECT_NE(xml.find("<vcpu placement='static'/>"), std::string::npos) << xml;
  EXPECT_EQ(edited("<domain><title>x</title></domain>", "virtual_machines", "title", "", xml), "[]");
  EXPECT_NE(xml.find("<title/>"), std::string::npos) << xml;
}

TEST(DefinitionOfUnknownThings, LeavesOutThoseInWhatIsLeftOut) {
  const std::string xml =
      "<domainsnapshot>\n"
      "  <name more='1'>a</name>\n"
      "  <disks>\n"
      "    <disk more='1'>\n"
      "      <snapshotDeleteInProgress more='1'/>\n"
      "    </disk>\n"
      "  </disks>\n"
      "</domainsnapshot>\n";
  Document document(xml, Catalog::standard().root("domainsnapshot"));
  EXPECT_EQ(document.xml(), xml);
  EXPECT_EQ(document.definition_xml(),
            "<domainsnapshot>\n"
            "  <name more='1'>a</name>\n"
            "  <disks>\n"
            "    <disk more='1'/>\n"
            "  </disks>\n"
            "</domainsnapshot>\n");
}

std::string definition_of_devices(const std::string& devices, const std::string& attributes = "") {
  Document document("<domain" + attributes + ">\n  <devices>\n" + devices + "  </devices>\n</domain>\n", domain());
  const std::string xml = document.definition_xml();
  const std::string before = "  <devices>\n";
  const std::size_t from = xml.find(before) + before.size();
  return xml.substr(from, xml.find("  </devices>") - from);
}

TEST(DefinitionOfARunningVm, HasTheNetworkInsteadOfWhatItGaveThePort) {
  EXPECT_EQ(definition_of_devices("    <interface type='bridge'>\n"
                                  "      <source network='lan' portgroup='web' portid='1c3e6e5c' bridge='br0'/>\n"
                                  "    </interface>\n"),
            "    <interface type='network'>\n"
            "      <source network='lan' portgroup='web'/>\n"
            "    </interface>\n");
  EXPECT_EQ(definition_of_devices("    <interface type='direct'>\n"
                                  "      <source network='lan' dev='eth0' mode='vepa'/>\n"
                                  "    </interface>\n"),
            "    <interface type='network'>\n"
            "      <source network='lan'/>\n"
            "    </interface>\n");
  const std::string own =
      "    <interface type='direct'>\n"
      "      <source dev='eth0' mode='vepa'/>\n"
      "    </interface>\n";
  EXPECT_EQ(definition_of_devices(own), own);
}

TEST(DefinitionOfARunningVm, HasTheImageBelowATransientOverlay) {
  const auto disk = [](const std::string& source) {
    return "    <disk type='file' device='disk'>\n      <source file='/images/a.TRANSIENT-old.qcow2" + source +
           "/>\n      <target dev='vda'/>\n      <transient/>\n    </disk>\n";
  };
  EXPECT_EQ(definition_of_devices(disk(".TRANSIENT-web' index='2'")), disk("'"));
  EXPECT_EQ(definition_of_devices(disk(".TRANSIENT-web'")), disk(".TRANSIENT-web'"));  // a definition
}

// The expected texts are what libvirt 9.0's `virsh dumpxml --inactive` gives for such definitions.
TEST(DefinitionOfADefinition, IsAllThatLibvirtKeeps) {
  const std::string devices =
      "    <disk type='block' device='lun'>\n"
      "      <source dev='/dev/sda'>\n"
      "        <reservations managed='yes'>\n"
      "          <source type='unix' path='/run/pr.sock' mode='client'/>\n"
      "        </reservations>\n"
      "      </source>\n"
      "    </disk>\n"
      "    <interface type='vds'>\n"
      "      <source switchid='503426b2-94e9-3b16-1d68-87bfff4a5440' portid='5' portgroupid='g' connectionid='4'/>\n"
      "      <target dev='vnet0' managed='no'/>\n"
      "      <guest dev='eth2' actual='eth0'/>\n"
      "    </interface>\n"
      "    <vsock model='virtio'>\n"
      "      <cid auto='yes' address='221'/>\n"
      "    </vsock>\n";
  EXPECT_EQ(definition_of_devices(devices), devices);
  // QEMU's driver leaves out these paths, because it recognizes them as paths that it made. Other drivers keep them.
  const std::string sockets =
      "    <channel type='unix'>\n"
      "      <source mode='bind' path='/var/lib/libvirt/qemu/channel/target/domain-1-a/agent'/>\n"
      "      <target type='virtio' name='agent'/>\n"
      "    </channel>\n"
      "    <graphics type='vnc' socket='/run/domain-1-a/vnc.sock'>\n"
      "      <listen type='socket' socket='/run/domain-1-a/vnc.sock'/>\n"
      "    </graphics>\n";
  EXPECT_EQ(definition_of_devices(sockets, " type='test'"), sockets);
  EXPECT_EQ(definition_of_devices(sockets, " type='kvm'"),
            "    <channel type='unix'>\n"
            "      <target type='virtio' name='agent'/>\n"
            "    </channel>\n"
            "    <graphics type='vnc'>\n"
            "      <listen type='socket'/>\n"
            "    </graphics>\n");
  // A user's own name in the same folder is the user's.
  const std::string own =
      "    <channel type='unix'>\n"
      "      <source mode='bind' path='/var/lib/libvirt/qemu/channel/target/web/org.x.0'/>\n"
      "      <target type='virtio' name='org.x.0'/>\n"
      "    </channel>\n";
  EXPECT_EQ(definition_of_devices(own, " type='kvm'"), own);
}

// The overlay of a transient disk is qcow2, and the image is below it.
TEST(DefinitionOfARunningVm, HasTheFormatOfATransientDisk) {
  const auto disk = [](const std::string& format, const std::string& overlay, const std::string& below) {
    return "    <disk type='file' device='disk'>\n      <driver name='qemu' type='" + format +
           "'/>\n      <source file='/a.img" + overlay + "/>\n" + below +
           "      <target dev='vda' bus='virtio'/>\n      <transient/>\n" +
           (below.empty() ? "" : "      <alias name='virtio-disk0'/>\n") + "    </disk>\n";
  };
  const auto below = [](const std::string& format) {
    return "      <backingStore type='file' index='1'>\n        <format type='" + format +
           "'/>\n        <source file='/a.img'/>\n        <backingStore/>\n      </backingStore>\n";
  };
  for (const std::string format : {"raw", "qcow2"})
    EXPECT_EQ(definition_of_devices(disk("qcow2", ".TRANSIENT-web' index='3'", below(format)), " type='kvm' id='1'"),
              disk(format, "'", ""));
  EXPECT_EQ(definition_of_devices("    <graphics type='dbus' "
                                  "address='unix:path=/run/libvirt/qemu/dbus/3-a-dbus.sock'/>\n",
                                  " type='kvm' id='1'"),
            "    <graphics type='dbus'/>\n");
}

TEST(DefinitionOfARunningVm, LeavesOutWhatItGotAtItsStart) {
  EXPECT_EQ(definition_of_devices("    <disk type='block' device='lun'>\n"
                                  "      <source dev='/dev/sda' index='1'>\n"
                                  "        <reservations managed='yes'>\n"
                                  "          <source type='unix' path='/run/pr.sock' mode='client'/>\n"
                                  "        </reservations>\n"
                                  "      </source>\n"
                                  "    </disk>\n"
                                  "    <interface type='bridge'>\n"
                                  "      <source bridge='br0' portid='1c3e6e5c'/>\n"
                                  "      <target dev='vnet0'/>\n"
                                  "      <guest dev='eth2' actual='veth3'/>\n"
                                  "    </interface>\n"
                                  "    <vsock model='virtio'>\n"
                                  "      <cid auto='yes' address='3'/>\n"
                                  "    </vsock>\n",
                                  " type='kvm' id='1'"),
            "    <disk type='block' device='lun'>\n"
            "      <source dev='/dev/sda'>\n"
            "        <reservations managed='yes'/>\n"
            "      </source>\n"
            "    </disk>\n"
            "    <interface type='bridge'>\n"
            "      <source bridge='br0'/>\n"
            "      <guest dev='eth2'/>\n"
            "    </interface>\n"
            "    <vsock model='virtio'>\n"
            "      <cid auto='yes'/>\n"
            "    </vsock>\n");
}

TEST(ADocument, IsOfARunningVmIfItsRootSaysSo) {
  const auto runs = [](const std::string& xml, const char* root) {
    return is_of_running_vm(Document(xml, Catalog::standard().root(root)).rows());
  };
  EXPECT_TRUE(runs("<domain id='1'><name>a</name></domain>", "domain"));
  EXPECT_FALSE(runs("<domain><name>a</name></domain>", "domain"));
  EXPECT_FALSE(runs("<network connections='1'><name>a</name></network>", "network"));
}

TEST(DefinitionOfARunningVm, LeavesTheChoiceOfPortsToLibvirt) {
  EXPECT_EQ(definition_of_devices("    <graphics type='vnc' port='5901' autoport='yes'/>\n"),
            "    <graphics type='vnc' port='-1' autoport='yes'/>\n");
  EXPECT_EQ(definition_of_devices("    <graphics type='spice' port='5901' autoport='yes'/>\n"),
            "    <graphics type='spice' autoport='yes'/>\n");
  EXPECT_EQ(definition_of_devices("    <graphics type='rdp' port='3389' autoport='yes'/>\n"),
            "    <graphics type='rdp' port='0' autoport='yes'/>\n");
  EXPECT_EQ(definition_of_devices("    <graphics type='rdp' port='3389'/>\n"),
            "    <graphics type='rdp' port='3389'/>\n");
  EXPECT_EQ(definition_of_devices("    <graphics type='vnc' port='5901' autoport='no'/>\n"),
            "    <graphics type='vnc' port='5901' autoport='no'/>\n");
}

}  // namespace
}  // namespace virtsql
