// Documents through rows and back, without a database. What libvirt wrote comes back byte for byte, and its rows have
// no layouts or vendor items. What people wrote comes back as the same tree.
#include <gtest/gtest.h>

#include "core/rows/document.h"
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

// The documents of other roots than <domain>.
class LibvirtsObject : public testing::TestWithParam<std::string> {};

TEST_P(LibvirtsObject, ComesBackToTheByteInTheCatalogsVocabulary) {
  const std::string bytes = test::read_document(GetParam());
  const xml::Document document = xml::Document::parse(bytes);
  Arena arena;
  const Row* row = shred(*document.root(), Catalog::standard().root(document.root()->name), arena);
  EXPECT_EQ(generate(*row, Form::kFull), bytes);
  visit_rows(*row, [](const Row& each) {
    EXPECT_EQ(each.vendor, nullptr) << each.element->path << ": " << (each.vendor ? each.vendor->name : "");
  });
}

INSTANTIATE_TEST_SUITE_P(Documents, LibvirtsObject, testing::ValuesIn(test::document_names("objects")));

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

TEST(RoundTrip, KeepsTextThatStandsBesideElements) {
  const std::string bytes =
      "<domain type='kvm'>first<name>a</name>\n"
      "  <os>only</os>\n"
      "  <devices>\n"
      "    <emulator>/e</emulator>behind &lt;\n"
      "    <memballoon model='none'/>\n"
      "  </devices>\n"
      "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(RoundTrip, KeepsAnElementBehindATextThatHasAColumn) {
  const std::string bytes =
      "<domain type='kvm'>\n"
      "  <name>a<z:z xmlns:z='u'/></name>\n"
      "  <uuid>11111111-1111-1111-1111-111111111111<zz/></uuid>\n"
      "  <memory unit='KiB'>1048576<x/>behind</memory>\n"
      "  <qq/>\n"
      "  <vcpu>1</vcpu>\n"
      "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
}

TEST(RoundTrip, KeepsThePrefixesThatTheDocumentChose) {
  const std::string uri = "='http://libvirt.org/schemas/domain/qemu/1.0'";
  for (const std::string& bytes : {
           "<domain type='kvm' xmlns:q" + uri + ">\n  <q:commandline>\n    <q:arg value='-x'/>\n  </q:commandline>\n",
           "<domain type='kvm' xmlns:q" + uri + " xmlns:r" + uri +
               ">\n  <q:commandline>\n    <r:arg value='-x'/>\n  </q:commandline>\n",
           "<domain type='kvm' xmlns:q" + uri + ">\n  <r:commandline xmlns:r" + uri +
               ">\n    <r:arg value='-x'/>\n  </r:commandline>\n",
           "<domain type='kvm'>\n  <commandline xmlns" + uri + ">\n    <arg value='-x'/>\n  </commandline>\n",
       })
    EXPECT_EQ(round_trip(bytes + "</domain>\n"), bytes + "</domain>\n");
}

TEST(RoundTrip, TakesNoDeclarationFromAPrefixThatIsNone) {
  const std::string bytes =
      "<domain type='qemu' xmlns:a:b='http://libvirt.org/schemas/domain/qemu/1.0'>\n  <name>x</name>\n</domain>\n";
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

std::string indented(const std::string& text) {
  std::string out = "  ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) out += "  ";
  }
  return out;
}

// Spelled as libxml2 writes it for libvirt: double quotes, raw text, references in attributes.
constexpr const char* kMetadata =
    "  <metadata xmlns:a=\"urn:a\" k=\"it's &#xE9;\">\n"
    "    <a:x k=\"&lt;\">\n"
    "      <a:y>\xC3\xA9 \"q\" \xE4\xB8\x96</a:y>\n"
    "      <a:z/>\n"
    "    </a:x>\n"
    "    <b xmlns=\"urn:b\">\n"
    "      <c/>\n"
    "    </b>\n"
    "  </metadata>\n";

TEST(RoundTrip, WritesMetadataAsLibxml2Does) {
  const std::string bytes = "<domain type='kvm'>\n  <name>a</name>\n" + std::string(kMetadata) + "</domain>\n";
  EXPECT_EQ(round_trip(bytes), bytes);
  std::string single =
      "<domain type='kvm'>\n  <metadata xmlns:a='urn:a'>\n    <a:x k='1'/>\n  </metadata>\n</domain>\n";
  EXPECT_EQ(round_trip(single), single);
}

TEST(RoundTrip, WritesMetadataInsideASnapshotAsLibxml2Does) {
  const std::string domain =
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n  <name>it&apos;s</name>\n" +
      std::string(kMetadata) + "  <qemu:commandline>\n    <qemu:arg value='-x'/>\n  </qemu:commandline>\n</domain>\n";
  std::string inactive = domain;
  inactive.replace(0, 7, "<inactiveDomain").replace(inactive.rfind("</domain>"), 9, "</inactiveDomain>");
  const std::string bytes =
      "<domainsnapshot>\n  <name>s</name>\n" + indented(domain) + indented(inactive) + "</domainsnapshot>\n";
  const xml::Document document = xml::Document::parse(bytes);
  Arena arena;
  EXPECT_EQ(generate(*shred(*document.root(), Catalog::standard().root("domainsnapshot"), arena), Form::kFull), bytes);
}

TEST(RoundTrip, DefinitionsInsideSnapshotsComeBackToTheByte) {
  for (const std::string& name : test::document_names()) {
    const std::string bytes =
        "<domainsnapshot>\n  <name>s</name>\n" + indented(test::read_document(name)) + "</domainsnapshot>\n";
    const xml::Document document = xml::Document::parse(bytes);
    Arena arena;
    EXPECT_EQ(generate(*shred(*document.root(), Catalog::standard().root("domainsnapshot"), arena), Form::kFull), bytes)
        << name;
  }
}

TEST(RoundTrip, WhiteSpaceAloneIsNoVendorOption) {
  const std::string bytes = "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n  </devices>\n</domain>\n";
  Document document(bytes, domain());
  EXPECT_EQ(document.rows().vendor, nullptr);
  EXPECT_TRUE(document.gives(bytes));
  EXPECT_EQ(document.definition_xml(), bytes);
  // An element that is added to it stands where libvirt would write it.
  document.rows().set(*document.rows().element->table->find("devices_emulator"), "/e");
  document.rows_changed();
  EXPECT_EQ(
      document.xml(),
      "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n    <emulator>/e</emulator>\n  </devices>\n</domain>\n");
}

TEST(RoundTrip, APartOfAnEnvelopeIsExactIfTheWholeComesBack) {
  const std::string network = indented(test::read_document("objects/network.xml"));
  const std::string port = indented(test::read_document("objects/networkport.xml"));
  for (const bool with_port : {false, true}) {
    const std::string bytes = "<hookData>\n" + network + (with_port ? port : "") + "</hookData>";
    Document document;
    document.parse(bytes);
    const xml::Node* part = nullptr;
    for (const xml::Node* child = document.tree().first_child; child; child = child->next)
      if (child->is_element()) part = child;
    document.shred(*part, Catalog::standard().root(with_port ? "networkport" : "network"));
    EXPECT_TRUE(document.gives(bytes)) << document.xml();
    EXPECT_FALSE(document.gives("<hookData>\n " + bytes.substr(13))) << "one space less";
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
