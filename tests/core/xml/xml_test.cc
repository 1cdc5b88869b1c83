#include "core/xml/xml.h"

#include <gtest/gtest.h>

#include "tests/core/growth.h"

namespace virtsql::xml {
namespace {

std::string error_of(std::string_view bytes) {
  try {
    Document::parse(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(XmlReader, KeepsAttributesInTheirOrderWithNamespaceDeclarations) {
  const Document document = Document::parse("<a xmlns:q='urn:q' z='1' q:y='2' b='3'/>");
  const Node& root = *document.root();
  ASSERT_EQ(root.attribute_count, 4U);
  EXPECT_EQ(root.attributes[0].name, "xmlns:q");
  EXPECT_EQ(root.attributes[1].name, "z");
  EXPECT_EQ(root.attributes[2].name, "q:y");
  EXPECT_EQ(root.attributes[3].value, "3");
}

TEST(XmlReader, ResolvesXmlsOwnEntitiesAndCharacterReferences) {
  const Document document = Document::parse("<a b='&lt;&amp;&quot;&#10;'>&gt;&apos;&#xE9;x</a>");
  EXPECT_EQ(document.root()->attribute("b"), "<&\"\n");
  ASSERT_NE(document.root()->first_child, nullptr);
  EXPECT_EQ(document.root()->first_child->text, ">'\xC3\xA9x");
  EXPECT_EQ(document.root()->first_child, document.root()->last_child);
}

TEST(XmlReader, TellsRawQuotesFromReferences) {
  const auto is_raw = [](const char* text) {
    return Document::parse("<a>" + std::string(text) + "</a>").root()->first_child->raw_quotes;
  };
  // libxml2 reads characters beyond ASCII with other code, so both are tested.
  for (const char* raw :
       {"'", "a\"b", "\xC3\xA9'", "'\xC3\xA9", "&lt;'", "&#xE9;'", "&quot;\xC3\xA9'", "a;'", "\xC3\xA9;\""})
    EXPECT_TRUE(is_raw(raw)) << raw;
  for (const char* reference : {"&apos;", "a&quot;b", "\xC3\xA9&quot;", "&#39;\xC3\xA9", "&#x22;", "\xC3\xA9", ";"})
    EXPECT_FALSE(is_raw(reference)) << reference;
}

TEST(XmlReader, GathersTheTextBetweenReferencesInTimeAndMemoryLinearInIt) {
  const auto read = [](std::size_t references) {
    std::string bytes = "<a>";
    for (std::size_t i = 0; i < references; ++i) bytes += "&quot;";
    const Document document = Document::parse(bytes + "</a>");
    if (document.root()->first_child->text != std::string(references, '"')) throw Error("another text");
  };
  EXPECT_LT(test::growth_of_time(150000, read), test::kLinear);
  EXPECT_LT(test::cost_of([&] { read(700000); }).bytes, 10 * 6 * 700000.0);
}

TEST(XmlReader, KeepsTextsApartThatSomethingStandsBetween) {
  const Document document = Document::parse("<a>1&lt;<b/>2&gt;3<!-- c -->4<![CDATA[5]]>6<?p q?>7</a>");
  std::string texts;
  for (const Node* child = document.root()->first_child; child; child = child->next)
    texts += std::string(child->text) + "|";
  EXPECT_EQ(texts, "1<||2>3| c |4|5|6|q|7|");
}

TEST(XmlReader, RefusesWithWordsThatSayWhy) {
  EXPECT_EQ(error_of(""), "the XML is empty");
  EXPECT_EQ(error_of(std::string_view("<a>\0</a>", 8)), "the XML has a NUL byte at offset 3");
  EXPECT_NE(error_of("<a><b></a>").find("not well-formed: line 1"), std::string::npos);
  EXPECT_NE(error_of("<a b='1' b='2'/>").find("redefined"), std::string::npos);
  EXPECT_NE(error_of("just text").find("not well-formed"), std::string::npos);
  EXPECT_NE(error_of("<a/><b/>").find("not well-formed"), std::string::npos);
  EXPECT_NE(error_of("<a>\xFF\xFE</a>"), "");
  EXPECT_NE(error_of("<a>&nope;</a>"), "");
}

TEST(XmlReader, AsksWhetherAPathIsMeant) {
  EXPECT_EQ(error_of("web.xml"), "no XML but a file's name? readfile('web.xml') reads it");
  EXPECT_EQ(error_of("./my vm"), "no XML but a file's name? readfile('./my vm') reads it");
  EXPECT_EQ(error_of("bob's.xml"), "no XML but a file's name? readfile('bob''s.xml') reads it");
  for (const std::string text : {"42", "4.5", "just text", "A sentence. Another.", "a/b\nc.xml", "a.xml<"})
    EXPECT_NE(error_of(text).find("not well-formed"), std::string::npos) << text;
  EXPECT_NE(error_of(std::string(5000, 'a') + ".xml").find("not well-formed"), std::string::npos);
}

TEST(XmlReader, RefusesDocumentTypesAndSoEveryEntity) {
  EXPECT_NE(error_of("<!DOCTYPE a><a/>").find("document type"), std::string::npos);
  EXPECT_NE(error_of("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>").find("document type"),
            std::string::npos);
  std::string bomb = "<!DOCTYPE a [<!ENTITY a0 'aaaaaaaaaa'>";
  for (int i = 1; i < 10; ++i)
    bomb += "<!ENTITY a" + std::to_string(i) + " '&a" + std::to_string(i - 1) + ";&a" + std::to_string(i - 1) + ";'>";
  EXPECT_NE(error_of(bomb + "]><a>&a9;</a>").find("document type"), std::string::npos);
}

TEST(XmlReader, BoundsDepthSizeAndNodes) {
  std::string deep;
  for (int i = 0; i < 200000; ++i) deep += "<a>";
  EXPECT_NE(error_of(deep).find("deeper than 256"), std::string::npos);
  EXPECT_NE(error_of("<a>" + std::string(kMaxBytes, 'x') + "</a>").find("the limit is"), std::string::npos);
  std::string many = "<a>";
  for (std::size_t i = 0; i <= kMaxNodes; ++i) many += "<b/>";
  EXPECT_NE(error_of(many + "</a>").find("nodes"), std::string::npos);
}

TEST(XmlReader, RefusesAnElementWithVeryManyAttributes) {
  const auto tag = [](std::size_t attributes) {
    std::string out = "<a";
    for (std::size_t i = 0; i < attributes; ++i) out += " a" + std::to_string(i) + "='>'";
    return out + "/>";
  };
  EXPECT_EQ(error_of(tag(kMaxAttributes)), "");
  for (const std::size_t count : {kMaxAttributes + 1, std::size_t(300000)})
    EXPECT_NE(error_of("<b>" + tag(count) + "</b>").find("more than 4096 attributes"), std::string::npos);
  // Quotes that belong to no tag, and many elements with a few attributes, are none.
  const std::string quotes(4 * kMaxAttributes, '\'');
  for (const std::string& other :
       {"<!--" + quotes + "-->", "<![CDATA[" + quotes + "<b]]>", "<?b " + quotes + "?>", quotes})
    EXPECT_EQ(error_of("<a>" + other + "</a>"), "");
  std::string many = "<a>";
  for (std::size_t i = 0; i < kMaxAttributes; ++i) many += "<b c=\"'\" d='e'/>";
  EXPECT_EQ(error_of(many + "</a>"), "");
}

TEST(XmlAttribute, DeclaresANamespace) {
  EXPECT_TRUE(declares_namespace("xmlns"));
  EXPECT_TRUE(declares_namespace("xmlns:q"));
  for (const char* other : {"xmlnsq", "xmlnsq:a", "q:xmlns", "xml:ns", ""})
    EXPECT_FALSE(declares_namespace(other)) << other;
}

TEST(XmlNode, HasAChildOfAName) {
  const Document document = Document::parse("<a>text<!--b--><b n='1'/><c><b n='2'/></c><b n='3'/></a>");
  EXPECT_EQ(child(document.root(), "b")->attribute("n"), "1");
  EXPECT_EQ(child(child(document.root(), "c"), "b")->attribute("n"), "2");
  EXPECT_EQ(child(document.root(), "d"), nullptr);
  EXPECT_EQ(child(child(document.root(), "d"), "b"), nullptr);
}

}  // namespace
}  // namespace virtsql::xml
