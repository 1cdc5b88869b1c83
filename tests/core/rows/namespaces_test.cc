#include "core/rows/namespaces.h"

#include <gtest/gtest.h>

#include "core/rows/layout.h"

namespace virtsql {
namespace {

const Element& domain() { return Catalog::standard().root("domain"); }
const Column& qemu() { return *namespace_of(domain(), "http://libvirt.org/schemas/domain/qemu/1.0"); }

TEST(QualifiedNames, ArePrefixAndLocalName) {
  EXPECT_EQ(prefix_of("q:arg"), "q");
  EXPECT_EQ(prefix_of("arg"), "");
  EXPECT_EQ(local_name("q:arg"), "arg");
  EXPECT_EQ(local_name("arg"), "arg");
  EXPECT_EQ(qualified_name("q", "arg"), "q:arg");
  EXPECT_EQ(qualified_name("", "arg"), "arg");
  EXPECT_EQ(declared_prefix("xmlns:q"), "q");
  EXPECT_EQ(declared_prefix("xmlns"), "");
  for (const char* none : {"xmlnsq", "xmlns:", "xmlns:a:b", "xmlns:1", "type", ""})
    EXPECT_EQ(declared_prefix(none), std::nullopt) << none;
}

TEST(Namespaces, HaveTokensInLayouts) {
  Layout layout;
  layout.at("") = {"@type", declaration_token(qemu(), "q"), prefix_token("q")};
  EXPECT_EQ(given_prefix(layout, ""), "q");
  EXPECT_EQ(given_prefix(layout, "os"), std::nullopt);
  EXPECT_EQ(root_prefix(layout, qemu()), "q");
  EXPECT_EQ(root_prefix(Layout(), qemu()), "qemu");
  EXPECT_EQ(declaring_prefix(declaration_token(qemu(), ""), qemu()), "");
  EXPECT_EQ(declared_by(declaration_token(qemu(), "q"), domain()), &qemu());
  // A user may have edited the tokens of a layout into something that no document can have.
  layout.at("") = {declaration_token(qemu(), "a b"), prefix_token("1")};
  EXPECT_EQ(given_prefix(layout, ""), std::nullopt);
  EXPECT_EQ(root_prefix(layout, qemu()), "qemu");
  EXPECT_EQ(declared_by("@xmlns:none=q", domain()), nullptr);
  EXPECT_EQ(declared_by("@type", domain()), nullptr);
  EXPECT_EQ(namespace_of(domain(), "urn:none"), nullptr);
}

TEST(NamespaceScopes, GiveAPrefixThatStandsForTheNamespace) {
  Arena arena;
  NamespaceScope scope;
  const std::string_view uri = qemu().marks->namespace_uri;
  scope.declare("q", uri);
  const auto mark = scope.mark();
  scope.declare("r", uri);
  EXPECT_EQ(scope.prefix_for(qemu(), std::nullopt, arena), "q");
  EXPECT_EQ(scope.prefix_for(qemu(), "r", arena), "r");
  EXPECT_EQ(scope.prefix_for(qemu(), "other", arena), "q");
  scope.declare("q", "urn:other");  // an inner element declares the prefix anew, for another namespace
  EXPECT_EQ(scope.prefix_for(qemu(), "q", arena), "r");
  scope.leave(mark);
  EXPECT_EQ(scope.prefix_for(qemu(), "r", arena), "q");
  EXPECT_TRUE(scope.missing().empty());
}

TEST(NamespaceScopes, SayWhatTheRootIsToDeclare) {
  Arena arena;
  NamespaceScope scope;
  scope.declare("qemu", "urn:other");  // the catalog's prefix is taken
  EXPECT_EQ(scope.prefix_for(qemu(), std::nullopt, arena), "qemu_");
  EXPECT_EQ(scope.prefix_for(qemu(), std::nullopt, arena), "qemu_");  // the same again: it is declared only once
  ASSERT_EQ(scope.missing().size(), 1U);
  EXPECT_EQ(scope.missing()[0].second, qemu().marks->namespace_uri);
  scope.keep_missing(0);
  EXPECT_TRUE(scope.missing().empty());
}

}  // namespace
}  // namespace virtsql
