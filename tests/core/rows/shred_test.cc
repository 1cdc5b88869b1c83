// Where each attribute and text of a document goes. round_trip_test.cc tests that nothing is lost.
#include "core/rows/shred.h"

#include <gtest/gtest.h>

#include "core/catalog/catalog.h"

namespace virtsql {
namespace {

// Returns "path=value kept table.column" of each attribute and text, a line each.
std::string leaves(const std::string& content) {
  const xml::Document document = xml::Document::parse("<domain>" + content + "</domain>");
  std::string out;
  const LeafSink sink = [&](const Leaf& leaf) {
    static constexpr const char* kKept[] = {"column", "json", "vendor", "secret"};
    out += std::string(leaf.path) + "=" + std::string(leaf.value) + " " + kKept[static_cast<int>(leaf.kept)] + " " +
           std::string(leaf.table) + "." + std::string(leaf.column) + "\n";
  };
  Arena arena;
  shred(*document.root(), Catalog::standard().root("domain"), arena, &sink);
  return out;
}

TEST(Leaves, OfWhatTheCatalogKnowsAreColumns) {
  EXPECT_EQ(leaves("<name>a</name><memory unit='KiB'>1</memory>"),
            "/domain/name/text()=a column virtual_machines.name\n"
            "/domain/memory/@unit=KiB column virtual_machines.memory_unit\n"
            "/domain/memory/text()=1 column virtual_machines.memory\n");
}

TEST(Leaves, AreWholeThoughTheTextIsInPieces) {
  EXPECT_EQ(leaves("<title>a<!-- no text --><![CDATA[<b>]]>c</title>"),
            "/domain/title/text()=a<b>c column virtual_machines.title\n");
}

// What the VM is named does not depend on elements that libvirt passes over.
TEST(Leaves, OfATextBeforeAnUnknownElementAreColumns) {
  EXPECT_EQ(leaves("<name>a<!-- no text -->b<x y='1'/>c</name>"),
            "/domain/name/text()=ab column virtual_machines.name\n"
            "/domain/name/x/@y=1 vendor vendor_options.value_json\n"
            "/domain/name/text()=c vendor vendor_options.value_json\n");
}

TEST(Leaves, OfAJsonColumnHaveTheirOwnPaths) {
  EXPECT_EQ(leaves("<metadata><a:x xmlns:a='u' k='1'><a:y>s</a:y> <a:z>t</a:z></a:x><b xmlns='v'>u</b></metadata>"),
            "/domain/metadata/a:x/@k=1 json metadata.value_json\n"
            "/domain/metadata/a:x/a:y/text()=s json metadata.value_json\n"
            "/domain/metadata/a:x/a:z/text()=t json metadata.value_json\n"
            "/domain/metadata/b/text()=u json metadata.value_json\n");
}

// A <domain> in a <domstatus>, whose root declares the prefix.
TEST(Leaves, AreKnownByADeclarationAroundTheDocument) {
  const xml::Document document = xml::Document::parse(
      "<domstatus xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><domain type='kvm'><qemu:commandline>"
      "<qemu:arg value='a'/></qemu:commandline></domain></domstatus>");
  Arena arena;
  const Row* row = shred(*document.root()->first_child, Catalog::standard().root("domain"), arena);
  EXPECT_EQ(row->vendor, nullptr);
}

// A prefix stands for what the nearest declaration around the element says.
TEST(Leaves, AreKnownByTheNearestDeclarationOfTheirPrefix) {
  const std::string outer = "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>";
  EXPECT_NE(leaves(outer + "<q:arg value='a'/></q:commandline>").find("=a column qemu_arguments.value"),
            std::string::npos);
  EXPECT_NE(leaves(outer + "<q:arg xmlns:q='urn:q' value='a'/></q:commandline>").find("=a vendor"), std::string::npos);
}

TEST(Leaves, OfWhatTheCatalogDoesNotKnowAreVendorOptions) {
  EXPECT_EQ(leaves("<gadget><part n='1'>s</part><part n='2'/></gadget><name kind='new'>a</name>stray"),
            "/domain/gadget/part/@n=1 vendor vendor_options.value_json\n"
            "/domain/gadget/part/text()=s vendor vendor_options.value_json\n"
            "/domain/gadget/part/@n=2 vendor vendor_options.value_json\n"
            "/domain/name/@kind=new vendor vendor_options.value_json\n"
            "/domain/name/text()=a column virtual_machines.name\n"
            "/domain/text()=stray vendor vendor_options.value_json\n");
}

TEST(Leaves, OfSecretsAreKeptNowhere) {
  EXPECT_EQ(leaves("<devices><graphics passwd='s'/></devices>"), "/domain/devices/graphics/@passwd=s secret .\n");
  EXPECT_EQ(leaves("<devices><disk><source><cookies><cookie name='a'>s</cookie></cookies></source></disk></devices>"),
            "/domain/devices/disk/source/cookies/cookie/@name=a secret .\n"
            "/domain/devices/disk/source/cookies/cookie/text()=s secret .\n");
}

}  // namespace
}  // namespace virtsql
