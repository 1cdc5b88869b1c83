// Documents through rows and back, without a database: what libvirt wrote comes back to the byte, without layouts or
// vendor items; what people wrote comes back as the same tree.
#include <gtest/gtest.h>

#include "core/rows/generate.h"
#include "core/rows/shred.h"
#include "core/xml/json.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

const Element& domain() { return Catalog::standard().root("domain"); }

template <typename Visit>
void visit_rows(const Row& row, const Visit& visit) {
  visit(row);
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (const Row* child = row.children[slot].first; child; child = child->next) visit_rows(*child, visit);
}

class LibvirtsDocument : public testing::TestWithParam<std::string> {};

TEST_P(LibvirtsDocument, ComesBackToTheByte) {
  const std::string bytes = test::read_document(GetParam());
  const xml::Document document = xml::Document::parse(bytes);
  Arena arena;
  const Row* row = shred(*document.root(), domain(), arena);
  EXPECT_EQ(generate(*row, Form::kFull), bytes);
}

TEST_P(LibvirtsDocument, IsInTheCatalogsOrderAndVocabulary) {
  const std::string bytes = test::read_document(GetParam());
  const xml::Document document = xml::Document::parse(bytes);
  Arena arena;
  visit_rows(*shred(*document.root(), domain(), arena), [](const Row& row) {
    EXPECT_EQ(row.layout, "") << row.element->path;
    EXPECT_EQ(row.vendor, nullptr) << row.element->path << ": " << (row.vendor ? row.vendor->name : "");
  });
}

INSTANTIATE_TEST_SUITE_P(Documents, LibvirtsDocument, testing::ValuesIn(test::document_names()));

class Definition : public testing::TestWithParam<std::string> {};

TEST_P(Definition, ComesBackAsTheSameTree) {
  const xml::Document document = xml::Document::parse(test::read_document(GetParam()));
  Arena arena;
  const std::string given = generate(*shred(*document.root(), domain(), arena), Form::kFull);
  EXPECT_EQ(to_json(*xml::Document::parse(given).root()), to_json(*document.root()));
}

INSTANTIATE_TEST_SUITE_P(Documents, Definition, testing::ValuesIn(test::document_names("definitions")));

std::string round_trip(std::string_view bytes) {
  const xml::Document document = xml::Document::parse(bytes);
  Arena arena;
  return generate(*shred(*document.root(), domain(), arena), Form::kFull);
}

TEST(RoundTrip, KeepsWhatTheCatalogDoesNotKnowInItsPlace) {
  const std::string bytes =
      "<domain type='kvm' news='1' id='3'>\n"
      "  <first/>\n"
      "  <name a='b'>x</name>\n"
      "  <devices>\n"
      "    <disk type='file' device='disk'>\n"
      "      <driver name='qemu' more='1' type='raw'/>\n"
      "      <source file='/a'>\n"
      "        <deeper>\n"
      "          <still/>\n"
      "        </deeper>\n"
      "      </source>\n"
      "      <target dev='vda' bus='virtio'/>\n"
      "    </disk>\n"
      "    <gadget kind='new'>text</gadget>\n"
      "    <memballoon model='none'/>\n"
      "  </devices>\n"
      "  <x:last xmlns:x='urn:x' x:y='1'/>\n"
      "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(RoundTrip, KeepsAnyOrder) {
  const std::string bytes =
      "<domain id='1' type='kvm'>\n"
      "  <devices>\n"
      "    <memballoon model='none'/>\n"
      "    <disk device='disk' type='file'>\n"
      "      <target bus='virtio' dev='vda'/>\n"
      "      <source file='/a'/>\n"
      "    </disk>\n"
      "    <emulator>/e</emulator>\n"
      "    <disk type='file'>\n"
      "      <target dev='vdb'/>\n"
      "    </disk>\n"
      "    <memballoon model='virtio'/>\n"
      "  </devices>\n"
      "  <vcpu>1</vcpu>\n"
      "  <name>x</name>\n"
      "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(RoundTrip, KeepsEmptyAndRepeatedAndMisplacedThings) {
  for (const char* inner :
       {"  <os/>\n", "  <devices/>\n", "  <features/>\n", "  <cputune/>\n", "  <description/>\n",
        "  <name>a</name>\n  <name>b</name>\n", "  <os/>\n  <os/>\n", "  <disk/>\n", "  <vcpu/>\n", "  <cpu/>\n",
        "  <os>\n    <boot dev='hd'/>\n    <boot dev='hd'/>\n    <boot dev='fd'/>\n    <boot dev='hd'/>\n  </os>\n"}) {
    const std::string bytes = "<domain>\n" + std::string(inner) + "</domain>\n";
    EXPECT_EQ(round_trip(bytes), bytes);
  }
}

TEST(RoundTrip, KeepsSpellings) {
  const std::string bytes =
      "<domain type='kvm' id='007'>\n"
      "  <memory unit='KB'>0x10</memory>\n"
      "  <vcpu current='+1'> 2 </vcpu>\n"
      "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(InactiveForm, LeavesOutWhatARunningVmAdds) {
  const xml::Document document = xml::Document::parse(test::read_document("live.xml"));
  Arena arena;
  const std::string given = generate(*shred(*document.root(), domain(), arena), Form::kInactive);
  for (const char* live :
       {" id='1'>\n  <name>", "<alias", "/dev/pts", "imagelabel", "port='5900'", "state='disconnected'", "tty="})
    EXPECT_EQ(given.find(live), std::string::npos) << live << "\n" << given;
  for (const char* kept :
       {"<name>live</name>", "autoport='yes'", "<address type='pci'", "<target type='isa-serial' port='0'>"})
    EXPECT_NE(given.find(kept), std::string::npos) << kept << "\n" << given;
}

}  // namespace
}  // namespace virtsql
