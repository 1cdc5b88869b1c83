// If rows were edited into something that no XML can express, the error names the row, and there is no XML.
#include "core/rows/generate.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"
#include "core/rows/row_error.h"

namespace virtsql {
namespace {

// Returns the error of generating a VM with this title.
std::string error_with_title(std::string_view title) {
  Document document("<domain><title>x</title></domain>", Catalog::standard().root("domain"));
  document.rows().id = 7;
  document.rows().set(*document.rows().element->table->find("title"), title);
  try {
    generate(document.rows(), Form::kFull);
  } catch (const RowError& error) {
    EXPECT_EQ(error.table, "virtual_machines");
    EXPECT_EQ(error.id, 7);
    EXPECT_EQ(error.column, "title");
    EXPECT_EQ(error.path, "/domain/title/text()");
    return error.what();
  }
  return "";
}

TEST(Generate, NamesTableRowAndColumnOfACharacterThatXmlCannotHave) {
  EXPECT_EQ(error_with_title("a\x01"), "virtual_machines, row 7, title: XML cannot have the character U+0001");
  EXPECT_EQ(error_with_title("a\xEF\xBF\xBE"), "virtual_machines, row 7, title: XML cannot have the character U+FFFE");
  EXPECT_EQ(error_with_title("a\xED\xA0\x80"), "virtual_machines, row 7, title: XML cannot have the character U+D800");
  for (const std::string_view no_utf8 : {"\x80", "\xFF", "a\xC3", "\xC0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\xC3("})
    EXPECT_NE(error_with_title(no_utf8).find("is no UTF-8"), std::string::npos) << no_utf8;
  for (const std::string_view fine : {"\t\n\r ~\x7F", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xEF\xBF\xBD"})
    EXPECT_EQ(error_with_title(fine), "") << fine;
}

// Returns the XML of a VM with this vendor option.
std::string xml_with(VendorItem::Kind kind, std::string_view name, std::string_view json) {
  Document document("<domain type='kvm'/>", Catalog::standard().root("domain"));
  VendorItem item;
  item.kind = kind;
  item.name = name;
  item.value_json = json;
  document.rows().add(&item);
  return generate(document.rows(), Form::kFull);
}

// Returns the error of generating a VM with this vendor option; "" if there is none.
std::string error_with(VendorItem::Kind kind, std::string_view name, std::string_view json) {
  try {
    xml::Document::parse(xml_with(kind, name, json));
  } catch (const RowError& error) {
    return error.what();
  }
  return "";
}

TEST(Generate, WritesTextThatSaysSomethingAndNoWhiteSpaceAlone) {
  using Kind = VendorItem::Kind;
  EXPECT_EQ(xml_with(Kind::kText, "", "\"a < b\""), "<domain type='kvm'>a &lt; b</domain>\n");
  EXPECT_EQ(xml_with(Kind::kText, "", "\" \\n \""), "<domain type='kvm'/>\n");
}

TEST(Generate, RefusesVendorOptionsThatAreNoXml) {
  using Kind = VendorItem::Kind;
  EXPECT_EQ(error_with(Kind::kAttribute, "new", "\"1\""), "");
  EXPECT_EQ(error_with(Kind::kElement, "new", "{\"new\":\"1\"}"), "");
  EXPECT_NE(error_with(Kind::kAttribute, "type", "\"1\"").find("twice"), std::string::npos);
  EXPECT_NE(error_with(Kind::kAttribute, "a b", "\"1\"").find("no name"), std::string::npos);
  EXPECT_NE(error_with(Kind::kAttribute, "new", "\"\\u0001\"").find("U+0001"), std::string::npos);
  EXPECT_NE(error_with(Kind::kAttribute, "new", "broken"), "");
  EXPECT_NE(error_with(Kind::kElement, "new", "{\"new\":{\"@a\":\"\\u0001\"}}").find("U+0001"), std::string::npos);
  EXPECT_NE(error_with(Kind::kElement, "new", "{\"new\":\"\\u0001\"}").find("U+0001"), std::string::npos);
  EXPECT_NE(error_with(Kind::kElement, "new", "{\"\xC3\x97\":\"1\"}").find("no name"), std::string::npos);
  EXPECT_NE(error_with(Kind::kText, "", "\"\\uFFFF\"").find("U+FFFF"), std::string::npos);
}

TEST(Generate, NamesAColumnThatOtherElementsOfTheTableHave) {
  Document document("<domain><devices><console type='pty'/></devices></domain>", Catalog::standard().root("domain"));
  for_each_row(document.rows(), [](Row& row) {
    if (row.element->table->name == "consoles") row.set(*row.element->table->find("port"), "5900");
  });
  try {
    generate(document.rows(), Form::kFull);
    ADD_FAILURE() << "the port of a console is left out";
  } catch (const RowError& error) {
    EXPECT_EQ(error.table + "." + error.column, "consoles.port");
    EXPECT_NE(std::string(error.what()).find("<console>"), std::string::npos) << error.what();
  }
}

TEST(Generate, RefusesTwoColumnsThatAreOneAttribute) {
  // The path of a template filesystem is written as the attribute `name`, and so is the column source_name.
  const auto error = [](const std::string& type, const std::string& attributes) -> std::string {
    Document document("<domain><devices><filesystem type='" + type + "'><source " + attributes +
                          "/><target dir='/'/></filesystem></devices></domain>",
                      Catalog::standard().root("domain"));
    for_each_row(document.rows(), [](Row& row) {
      if (row.element->name == "filesystem") row.set(*row.element->table->resource->find("source_name"), "b");
    });
    try {
      return generate(document.rows(), Form::kFull);
    } catch (const RowError& refused) {
      return refused.table + "." + refused.column + ": " + refused.reason;
    }
  };
  const std::string twice =
      "filesystems.source_name: <source> has the attribute name from source_path already; set one of them NULL";
  EXPECT_EQ(error("template", "name='a'"), twice);
  EXPECT_EQ(error("template", "name='a' new='1'"), twice);  // also if there is an attribute without a column
  EXPECT_NE(error("mount", "dir='a'").find("<source dir='a' name='b'/>"), std::string::npos);
}

TEST(Generate, RefusesAFlagThatIsOffBesideContent) {
  const auto error = [](const std::string& features, std::string_view flag, Form form) -> std::string {
    Document document("<domain><features>" + features + "</features></domain>", Catalog::standard().root("domain"));
    for_each_row(document.rows(), [&](Row& row) {
      if (row.element->table->name == "vm_features") row.set(*row.element->table->find("hyperv"), flag);
    });
    try {
      return generate(document.rows(), form).find("<hyperv") == std::string::npos ? "absent" : "there";
    } catch (const RowError& refused) {
      return refused.column + ": " + refused.reason;
    }
  };
  const std::string relaxed = "<acpi/><hyperv><relaxed state='on'/></hyperv>";
  const std::string refusal = "hyperv: it is 0, but <hyperv> has content; set what is in it NULL";
  for (const Form form : {Form::kFull, Form::kInactive}) {
    EXPECT_EQ(error(relaxed, "0", form), refusal);
    EXPECT_EQ(error(relaxed, {}, form), "there");
    EXPECT_EQ(error("<acpi/>", "0", form), "absent");
    EXPECT_EQ(error("<acpi/>", "1", form), "there");
  }
}

}  // namespace
}  // namespace virtsql
