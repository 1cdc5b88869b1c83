#include "core/spool/redact.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

std::string redacted(std::string_view xml, const std::vector<std::string>& paths = {}) {
  return redact(xml, paths).xml;
}

TEST(Redact, LeavesOutPasswordsAndNothingElse) {
  EXPECT_EQ(redacted("<domain>\n  <graphics type='vnc' port='1'  passwd='a>b\"c' listen='x'/>\n</domain>\n"),
            "<domain>\n  <graphics type='vnc' port='1' listen='x'/>\n</domain>\n");
  EXPECT_EQ(redacted("<a><graphics passwd=\"x\"/><graphics\n passwd = 'y' z='1'></graphics></a>"),
            "<a><graphics/><graphics z='1'></graphics></a>");
  EXPECT_EQ(redacted("<a passwd='kept'><graphics passwdValidTo='2026'/></a>"),
            "<a passwd='kept'><graphics passwdValidTo='2026'/></a>");
}

TEST(Redact, LeavesOutCookiesWithTheirLine) {
  EXPECT_EQ(redacted("<s>\n  <cookies>\n    <cookie name='a'>b</cookie>\n  </cookies>\n  <x/>\n</s>"),
            "<s>\n  <x/>\n</s>");
  EXPECT_EQ(redacted("<s><cookies/><x/></s>"), "<s><x/></s>");
}

TEST(Redact, CountsWhatThereWas) {
  const Redacted result = redact("<a><graphics passwd='x'/><cookies/><b/></a>", {});
  EXPECT_EQ(result.removed, 2U);
  EXPECT_TRUE(result.well_formed);
  EXPECT_EQ(redact("<a/>", {}).removed, 0U);
}

TEST(Redact, LeavesOutWhatTheConfigurationNames) {
  const std::vector<std::string> paths = {"/domain/os/cmdline", "/domain/q:c/q:arg/@value"};
  EXPECT_EQ(
      redacted("<domain><os>\n<cmdline>secret</cmdline>\n<x/></os><q:c><q:arg value='s' n='1'/></q:c></domain>", paths),
      "<domain><os>\n<x/></os><q:c><q:arg n='1'/></q:c></domain>");
  EXPECT_EQ(redacted("<other><os><cmdline>kept</cmdline></os></other>", paths),
            "<other><os><cmdline>kept</cmdline></os></other>");
}

TEST(Redact, IsCarefulBeyondWhatIsWellFormed) {
  const Redacted cut = redact(
      "<domain><graphics passwd='one'/><oops></domain> passwd='two' x <cookies><cookie>three</cookie></cookies>", {});
  EXPECT_FALSE(cut.well_formed);
  EXPECT_NE(cut.error, "");
  for (const char* secret : {"one", "two", "three"}) EXPECT_EQ(cut.xml.find(secret), std::string::npos) << cut.xml;
  EXPECT_EQ(redact("<a><cookies><cookie>secret", {}).xml.find("secret"), std::string::npos);
  EXPECT_EQ(redact("<a><graphics passwd='secret", {}).xml.find("secret"), std::string::npos);
  EXPECT_FALSE(redact("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", {}).well_formed);
}

TEST(Redact, TakesAnyBytes) {
  EXPECT_EQ(redacted(""), "");
  const std::string binary("\0\x01\xFF<a>\0", 7);
  EXPECT_EQ(redacted(binary), binary);
  std::string deep;
  for (int i = 0; i < 200000; ++i) deep += "<a>";
  EXPECT_FALSE(redact(deep, {}).well_formed);
  EXPECT_EQ(redacted(deep), deep);
  std::string many;
  for (int i = 0; i < 500000; ++i) many += "passwd ";
  EXPECT_EQ(redacted(many), many);
}

}  // namespace
}  // namespace virtsql
