#include "core/rows/document.h"

#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "core/base/work.h"
#include "core/rows/generate.h"

namespace virtsql {
namespace {

constexpr char kUuid[] = "11111111-1111-1111-1111-111111111111";
const Element& domain_root() { return Catalog::standard().root("domain"); }

std::string vm(const std::string& attributes = " type='kvm'") {
  return "<domain" + attributes + ">\n  <name>web</name>\n  <uuid>" + kUuid + "</uuid>\n</domain>\n";
}

TEST(Unwrapped, TakesTheLastElementOfAnEnvelope) {
  const auto name = [](const std::string& xml) {
    const xml::Document document = xml::Document::parse(xml);
    return std::string(unwrapped(*document.root()).name);
  };
  EXPECT_EQ(name("<hookData><network/><networkport/></hookData>"), "networkport");
  EXPECT_EQ(name("<hookData><network/></hookData>"), "network");
  EXPECT_EQ(name("<domstatus state='running'><taint/><domain/>text</domstatus>"), "domain");
  EXPECT_EQ(name("<hookData>text</hookData>"), "hookData");
  EXPECT_EQ(name("<domain><devices/></domain>"), "domain");
}

// Made once and kept, because each of them takes longer than storing the rows.
TEST(DocumentForms, AreMadeWhenTheyAreFirstAskedFor) {
  Document document(vm(), domain_root());
  const Work before = work;
  EXPECT_EQ(document.xml(), vm());
  EXPECT_EQ(document.digest(), sha256(vm()));
  EXPECT_EQ(document.xml(), vm());
  EXPECT_EQ(work.generations - before.generations, 1U);
}

TEST(DocumentForms, AreMadeAnewWhenTheRowsChanged) {
  Document document(vm(), domain_root());
  EXPECT_EQ(document.digest(), sha256(vm()));
  (void)document.definition();
  (void)document.definition_xml();
  document.rows().set(*domain_root().table->find("name"), "db");
  document.rows_changed();
  EXPECT_NE(document.xml().find("<name>db</name>"), std::string::npos);
  EXPECT_EQ(document.digest(), sha256(document.xml()));
  EXPECT_EQ(document.definition().get(*domain_root().table->find("name")), "db");
  EXPECT_NE(document.definition_xml().find("<name>db</name>"), std::string::npos);
}

TEST(DocumentForms, ADefinitionIsWithoutWhatOnlyRuns) {
  Document document(vm(" type='kvm' id='3'"), domain_root());
  EXPECT_EQ(document.definition_xml(), vm());
  EXPECT_FALSE(document.definition().has(*domain_root().table->find("domain_id")));
  EXPECT_EQ(document.xml(), vm(" type='kvm' id='3'")) << "the document's own rows are as they were";
  document.take_definition();
  EXPECT_EQ(document.xml(), vm());
  EXPECT_EQ(document.digest(), sha256(vm()));
}

TEST(DocumentGives, TheRootElement) {
  Document document(vm(), domain_root());
  const std::string comment = "<!--\nWARNING: </domain> -- no: - - -->\n";
  const std::string declaration = "<?xml version='1.0' encoding='utf-8'?>";
  EXPECT_TRUE(document.gives(vm()));
  EXPECT_TRUE(document.gives(vm().substr(0, vm().size() - 1)));
  EXPECT_FALSE(document.gives(vm().substr(0, vm().size() - 2)));
  EXPECT_TRUE(document.gives(vm() + "\n"));
  EXPECT_TRUE(document.gives(comment + vm()));
  EXPECT_TRUE(document.gives("\xEF\xBB\xBF" + declaration + "\n<?p i?>" + comment + vm() + "\n" + comment + "<?p i?>"));
  EXPECT_FALSE(document.gives(comment + vm(" type=\"kvm\"")));
  EXPECT_FALSE(document.gives(comment + vm().replace(0, 1, "< ")));
  EXPECT_FALSE(document.gives(vm(" type=\"kvm\"")));
}

TEST(DocumentGives, TheDomainOfAStatus) {
  const std::string domain = "  <domain type='kvm' id='3'>\n    <name>web</name>\n  </domain>\n";
  const auto gives = [&](const std::string& before, const std::string& part, const std::string& behind) {
    const std::string xml = before + part + behind;
    Document document;
    document.parse(xml);
    document.shred(unwrapped(document.tree()), domain_root());
    return document.gives(xml);
  };
  const std::string status = "<domstatus state='running' pid='1'>\n  <taint flag='a'/>\n";
  EXPECT_TRUE(gives(status, domain, "</domstatus>\n"));
  EXPECT_TRUE(gives("<!-- WARNING -->\n" + status, domain, "</domstatus>\n<!-- end -->\n"));
  EXPECT_TRUE(gives("<domstatus>\n", domain, "</domstatus>\n"));
  EXPECT_FALSE(gives(status, "<domain type='kvm' id='3'>\n  <name>web</name>\n</domain>\n", "</domstatus>\n"));
  EXPECT_FALSE(gives(status, domain, "text</domstatus>\n"));
}

TEST(DocumentGives, AnEnvelopeOnlyIfItComesOutTheSame) {
  const Element& root = Catalog::standard().root("network");
  const std::string network = "  <network>\n    <name>lan</name>\n  </network>\n";
  const auto gives = [&](const std::string& xml) { return Document(xml, root).gives(xml); };
  EXPECT_TRUE(gives("<hookData>\n" + network + "</hookData>\n"));
  EXPECT_FALSE(gives("<hookData>" + network + "</hookData>\n"));
  EXPECT_FALSE(gives("<hookData a='1'>\n" + network + "</hookData>\n")) << "no row keeps the attribute";
}

TEST(DocumentRows, MayComeFromElsewhere) {
  Document document;
  EXPECT_FALSE(document.has_rows());
  Row* row = Row::make(document.arena(), domain_root());
  row->set(*domain_root().table->find("name"), "web");
  document.set_rows(row);
  EXPECT_TRUE(document.has_rows());
  EXPECT_EQ(document.xml(), "<domain>\n  <name>web</name>\n</domain>\n");
  document.set_digest(sha256(document.xml()));
  EXPECT_EQ(document.digest(), sha256(document.xml()));
}

TEST(DocumentRows, AnotherRootIsAnError) {
  EXPECT_THROW(Document("<network/>", domain_root()), xml::Error);
  EXPECT_THROW(Document("<domain>", domain_root()), xml::Error);
}

}  // namespace
}  // namespace virtsql
