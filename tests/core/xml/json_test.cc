#include "core/xml/json.h"

#include <gtest/gtest.h>

#include "core/xml/writer.h"

namespace virtsql {
namespace {

std::string json_of(std::string_view bytes) {
  const xml::Document document = xml::Document::parse(bytes);
  return to_json(*document.root());
}

std::string xml_of(std::string_view json) {
  Arena arena;
  xml::Writer writer;
  writer.element(*from_json(json, arena));
  return writer.take();
}

TEST(XmlJson, HasTheFormsOfItsHeader) {
  EXPECT_EQ(json_of("<a x='1'/>"), R"({"a":{"@x":"1"}})");
  EXPECT_EQ(json_of("<a>text</a>"), R"({"a":"text"})");
  EXPECT_EQ(json_of("<a/>"), R"({"a":""})");
  EXPECT_EQ(json_of("<a x='1'>text</a>"), R"({"a":{"@x":"1","#text":"text"}})");
  EXPECT_EQ(json_of("<a><b/><b>2</b><c/></a>"), R"({"a":{"b":["","2"],"c":""}})");
  EXPECT_EQ(json_of("<a><b/><c/><b/></a>"), R"({"a":{"#content":[{"b":""},{"c":""},{"b":""}]}})");
  EXPECT_EQ(json_of("<a>one <b/> two</a>"), R"({"a":{"#content":["one ",{"b":""}," two"]}})");
  EXPECT_EQ(json_of("<a><!--c--><b/></a>"), R"({"a":{"#content":[{"#comment":"c"},{"b":""}]}})");
}

TEST(XmlJson, ComesBack) {
  for (const char* document : {"<a x='1'/>", "<a>text</a>", "<a/>", "<a x='1'>text</a>", "<a><b/><b>2</b><c/></a>",
                               "<a><b/><c/><b/></a>", "<a>one <b/> two</a>", "<a><![CDATA[<x>]]></a>",
                               "<a><?p i?><b/></a>", "<q:a xmlns:q='urn:q' q:x='&#10;'><q:b>&lt;&amp;</q:b></q:a>"}) {
    const std::string json = json_of(document);
    EXPECT_EQ(json_of(xml_of(json)), json) << document;
  }
}

// As deep as the reader of XML allows, with text between the elements: that is the most levels of JSON.
TEST(XmlJson, TheDeepestDocumentComesBack) {
  std::string document = "y";
  for (std::size_t i = 0; i + 1 < xml::kMaxDepth; ++i) document = "x<a:x>" + document + "</a:x>";
  document = "<a>" + document + "</a>";
  EXPECT_EQ(xml_of(json_of(document)), document + "\n");
}

TEST(XmlJson, KeepsWhiteSpaceThatIsNotTheIndentationOfItsLevel) {
  const auto at = [](std::size_t level, std::string_view bytes) {
    return to_json(*xml::Document::parse(bytes).root(), level);
  };
  const std::string plain = R"({"a":{"b":"","c":""}})";
  EXPECT_EQ(at(0, "<a>\n  <b/>\n  <c/>\n</a>"), plain);
  EXPECT_EQ(at(1, "<a>\n    <b/>\n    <c/>\n  </a>"), plain);
  EXPECT_EQ(at(0, "<a><b/><c/></a>"), plain);
  EXPECT_EQ(json_of("<a>\n <b/><c/></a>"), plain);  // without a level, any white space is taken for indentation
  EXPECT_EQ(at(0, "<a>\n <b/>\n</a>"), R"({"a":{"#content":["\n ",{"b":""},"\n"]}})");
  EXPECT_EQ(at(1, "<a>\n  <b/>\n</a>"), R"({"a":{"#content":["\n  ",{"b":""},"\n"]}})");
  EXPECT_EQ(at(0, "<a>\n  <b/><c/>\n</a>"), R"({"a":{"#content":["\n  ",{"b":""},{"c":""},"\n"]}})");
  EXPECT_EQ(at(0, "<a>\n  <b/></a>"), R"({"a":{"#content":["\n  ",{"b":""}]}})");
}

TEST(XmlJson, TakesInstructionsOfAnyNameButXmls) {
  for (const char* name : {"php", "x", "xmlx", "xmp", "aml", "xal"}) {
    const std::string json = R"({"a":{"#content":["text ",{"?)" + std::string(name) + R"(":"b"}]}})";
    EXPECT_EQ(json_of(xml_of(json)), json);
  }
  for (const char* name : {"xml", "XML", "xMl"})
    EXPECT_THROW(xml_of(R"({"a":{"#content":[{"?)" + std::string(name) + R"(":"b"}]}})"), xml::Error) << name;
}

TEST(XmlJson, TakesNumbersAndNullFromPeople) {
  EXPECT_EQ(xml_of(R"({"a":{"@n":5,"b":null,"c":true}})"), "<a n='5'>\n  <b/>\n  <c>true</c>\n</a>\n");
}

TEST(XmlJson, KeepsHowANumberIsSpelled) {
  for (const char* number : {"99999999999999999999", "18446744073709551615", "-9223372036854775808", "1.50", "1e400",
                             "0.1", "1E-1", "-0", "3.141592653589793238462643383279502884", "1e+20", "0"}) {
    EXPECT_EQ(xml_of(R"({"a":)" + std::string(number) + "}"), "<a>" + std::string(number) + "</a>\n");
    EXPECT_EQ(xml_of(R"({"a":{"@m":)" + std::string(number) + "}}"), "<a m='" + std::string(number) + "'/>\n");
  }
  Arena arena;
  EXPECT_THROW((void)from_json_string("5", arena), xml::Error);
  EXPECT_EQ(from_json_string(" \"5\\u0061\"", arena), "5a");
}

TEST(XmlJson, RefusesASecondMemberOfOneName) {
  for (const char* json : {R"({"a":{"@x":"1","@x":"2"}})", R"({"a":{"b":"1","c":"","b":"2"}})", R"({"a":"","a":""})",
                           R"({"a":{"#content":[{"b":"","b":""}]}})", R"({"a":{"@x":"1","@\u0078":"2"}})"})
    EXPECT_THROW(xml_of(json), xml::Error) << json;
  EXPECT_EQ(xml_of(R"({"a":{"@x":"1","x":{"@x":"2"},"y":[{"@x":"3"},{"@x":"4"}]}})"),
            "<a x='1'>\n  <x x='2'/>\n  <y x='3'/>\n  <y x='4'/>\n</a>\n");
}

TEST(XmlJson, RefusesWhatIsNoXml) {
  for (const char* json : {"", "1", "[]", "{}", R"({"a":1,"b":2})", R"({"a b":1})", R"({"a":{"@x y":"1"}})",
                           R"({"a":{"@x":{}}})", R"({"a":{"#content":1}})", R"({"a":"\u0001"})", "{\"a\":"})
    EXPECT_THROW(xml_of(json), xml::Error) << json;
  for (const char* item : {R"({"#comment":"a--b"})", R"({"#comment":"a-"})", R"({"#cdata":"a]]>"})", R"({"?p":"a?>"})",
                           R"({"?p":" a"})", R"({"?XML":"a"})", R"({"?p":"a\rb"})", R"({"#comment":"\r"})"})
    EXPECT_THROW(xml_of(R"({"a":{"#content":[)" + std::string(item) + "]}}"), xml::Error) << item;
}

}  // namespace
}  // namespace virtsql
