#include "core/catalog/language.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/core/catalog/line.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

// Returns "what | words | marks | meaning" of the line.
std::string parts(const std::string& text) {
  const CatalogLine line = test::line_of(text);
  std::string out(line.what);
  const auto add = [&](const std::vector<std::string_view>& list) {
    out += " |";
    for (const std::string_view word : list) out += " " + std::string(word);
  };
  add(line.words);
  add(line.marks);
  return out + " | " + std::string(line.rest);
}

TEST(CatalogLines, AreTakenApart) {
  EXPECT_EQ(parts("@cache  driver_cache  text  {shown detail} {dropped default}  Use of the cache."),
            "@cache | driver_cache text | shown detail dropped default | Use of the cache.");
  EXPECT_EQ(parts("@dev  text  {key}  Name."), "@dev | text | key | Name.");
  EXPECT_EQ(parts("driver  as_json"), "driver | as_json | | ");
  EXPECT_EQ(parts("source  {live}  What libvirt found."), "source | | live | What libvirt found.");
  EXPECT_EQ(parts("disk  set disk_attachments  {added}  A disk."), "disk | set disk_attachments | added | A disk.");
  EXPECT_EQ(parts("struct lamp  A lamp."), "struct | lamp | | A lamp.");
  EXPECT_EQ(parts("use boot"), "use | boot | | ");
  EXPECT_EQ(parts("resource disks  {host}  {key a b}  Image."), "resource | disks | host key a b | Image.");
  EXPECT_EQ(parts("resource  row resources  An element."), "resource | row resources | | An element.");
  // A meaning may have braces, and begin with a word if that is not the name of a kind.
  EXPECT_EQ(parts("os  What boots {it}."), "os | | | What boots {it}.");
}

TEST(CatalogLines, StandBelowOthersByTheirIndentation) {
  const CatalogFile file{"t.catalog", "a\n  b\n\n# a comment\n    c\n  d\ne\n"};
  const std::vector<CatalogLine> top = parse_catalog(file);
  ASSERT_EQ(top.size(), 2U);
  ASSERT_EQ(top[0].children.size(), 2U);
  EXPECT_EQ(top[0].children[0].children.at(0).what, "c");
  EXPECT_EQ(top[0].children[0].children.at(0).number, 5U);
  EXPECT_EQ(top[0].children[1].what, "d");
  EXPECT_EQ(top[1].number, 7U);
}

TEST(CatalogLines, AreRefusedWithTheirPlace) {
  for (const auto& [text, error] :
       {std::pair("a\n b\n", "t.catalog:2: indentation is two spaces a level"),
        std::pair("a\n  @b  text  {live if x  Meaning.\n", "t.catalog:2: a { without a }"),
        std::pair("a\n\n    b\n", "t.catalog:3: indented deeper than one level below the line above"),
        std::pair("  a\n", "t.catalog:1: indented deeper than one level below the line above")}) {
    try {
      parse_catalog({"t.catalog", text});
      ADD_FAILURE() << text;
    } catch (const CatalogError& refused) {
      EXPECT_EQ(std::string(refused.what()), error);
    }
  }
}

TEST(CatalogFiles, AreReadByName) {
  const test::TemporaryFolder folder;
  for (const char* name : {"b.catalog", "a.catalog", "README.md"}) std::ofstream(folder / name) << name;
  const std::vector<CatalogFile> files = read_catalog_files(folder.path());
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name + files[1].text, "a.catalogb.catalog");
}

}  // namespace
}  // namespace virtsql
