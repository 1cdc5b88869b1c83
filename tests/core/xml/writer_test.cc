#include "core/xml/writer.h"

#include <gtest/gtest.h>

namespace virtsql::xml {
namespace {

std::string rewritten(std::string_view bytes) {
  const Document document = Document::parse(bytes);
  Writer writer;
  writer.element(*document.root());
  return writer.take();
}

TEST(XmlWriter, WritesLikeLibvirt) {
  EXPECT_EQ(rewritten("<a  b=\"it's\"><c></c>\n<d>1 &lt; 2 \"q\"</d></a>"),
            "<a b='it&apos;s'>\n  <c/>\n  <d>1 &lt; 2 &quot;q&quot;</d>\n</a>\n");
}

TEST(XmlWriter, KeepsLineEndsAndTabsOfAttributesThroughAReader) {
  const std::string written = rewritten("<a b='1&#10;2&#9;3&#13;4'/>");
  EXPECT_EQ(Document::parse(written).root()->attribute("b"), "1\n2\t3\r4");
}

TEST(XmlWriter, KeepsMixedContentInline) { EXPECT_EQ(rewritten("<a>one <b/> two</a>"), "<a>one <b/> two</a>\n"); }

TEST(XmlWriter, PutsNoEmptyLinesBesideStrayText) {
  Writer writer;
  writer.open("a");
  writer.space_children();
  writer.stray_text("\n  x");
  writer.open("b");
  writer.close();
  writer.open("c");
  writer.close();
  writer.stray_text("y");
  writer.close();
  EXPECT_EQ(writer.take(), "<a>\n  x<b/>\n\n  <c/>y</a>\n");
}

TEST(XmlWriter, WritesVerbatimLikeLibxml2) {
  const Document document = Document::parse("<x:a k='\"\xC3\xA9' xmlns:x='urn:x'><x:b>\xC3\xA9'</x:b></x:a>");
  Writer writer(2);
  writer.verbatim(*document.root());
  EXPECT_EQ(writer.take(), "    <x:a xmlns:x=\"urn:x\" k=\"&quot;&#xE9;\">\n      <x:b>\xC3\xA9'</x:b>\n    </x:a>\n");
}

}  // namespace
}  // namespace virtsql::xml
