#include "core/catalog/element_name.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

TEST(SnakeCase, PartsWordsOfXmlNames) {
  EXPECT_EQ(snake_case("queueSize"), "queue_size");
  EXPECT_EQ(snake_case("qemu:arg"), "qemu_arg");
  EXPECT_EQ(snake_case("egl-headless"), "egl_headless");
  EXPECT_EQ(snake_case("UUID"), "uuid");
}

TEST(ElementName, IsTakenApart) {
  CatalogStorage storage;
  const auto named = [&](const std::string& what) {
    ElementDraft& element = storage.elements.emplace_back();
    name_element(test::line_of(what), element, storage);
    return &element;
  };
  EXPECT_EQ(named("boot#2")->name, "boot");
  EXPECT_EQ(named("boot#2")->occurrence, 2U);
  EXPECT_EQ(named("boot#2")->token, "boot#2");
  EXPECT_TRUE(named("*")->any_name);
  EXPECT_EQ(named("hostdev[@type=mdev]")->name, "hostdev");
  EXPECT_EQ(named("hostdev[@type=mdev]")->condition_attribute, "type");
  EXPECT_EQ(named("hostdev[@type=mdev]")->condition_value, "mdev");
  EXPECT_FALSE(named("hostdev[@type=mdev]")->condition_negated);
  EXPECT_TRUE(named("hostdev[@type!=mdev]")->condition_negated);
  EXPECT_EQ(named("hostdev[@type!=mdev]")->condition_attribute, "type");
  for (const char* ill : {"boot#", "boot#x", "boot#-1", "boot#99999"}) EXPECT_THROW(named(ill), CatalogError) << ill;
  try {
    named("hostdev[type]");
    ADD_FAILURE() << "taken";
  } catch (const CatalogError& error) {
    EXPECT_EQ(std::string(error.what()).find("t.catalog:1: "), 0U) << error.what();
  }
}

}  // namespace
}  // namespace virtsql
