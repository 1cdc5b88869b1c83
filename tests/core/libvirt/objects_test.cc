#include "core/libvirt/objects.h"

#include <dlfcn.h>

#include <algorithm>

#include "core/catalog/catalog.h"
#include "tests/core/libvirt/fixture.h"

// Takes the place of libvirt's function in this program.
extern "C" char* virNetworkGetXMLDesc(virNetworkPtr network, unsigned flags) {
  return reinterpret_cast<decltype(virNetworkGetXMLDesc)*>(dlsym(RTLD_NEXT, __func__))(
      network, virtsql::test::has_inactive_form ? flags & ~unsigned{VIR_NETWORK_XML_INACTIVE} : flags);
}

namespace virtsql {
namespace {

class LibvirtObjectsTest : public test::LibvirtFixture {
 protected:
  LibvirtObjectsTest() { test::has_inactive_form = true; }
  ~LibvirtObjectsTest() override { test::has_inactive_form = false; }

  using NetworkRef = std::unique_ptr<virNetwork, LibvirtDeleter<virNetworkFree>>;

  // Returns the documents of one thing, as CONFIG or CONFIG! if it is not active.
  std::string documents(std::string_view kind, const std::string& owner, const std::string& name) {
    std::string out;
    const bool is_there =
        find_object_kind(kind)->one(connection_.get(), owner, name, [&](const ObjectDocument& document) {
          EXPECT_EQ(document.name, name);
          EXPECT_NE(document.xml, "");
          out += (out.empty() ? "" : " ") + document.config + (document.active ? "" : "!");
        });
    EXPECT_EQ(is_there, !out.empty());
    return out;
  }
};

TEST(ObjectKinds, AreDescribedByTheCatalogAndComeAfterTheirOwners) {
  std::vector<std::string_view> seen = {kinds::kDomain};
  for (const ObjectKind& kind : object_kinds()) {
    EXPECT_TRUE(is_described(kind.root())) << kind.name;
    EXPECT_NO_THROW((void)Catalog::standard().root(kind.root())) << kind.name;
    EXPECT_TRUE(kind.owner.empty() || std::find(seen.begin(), seen.end(), kind.owner) != seen.end()) << kind.name;
    EXPECT_EQ(find_object_kind(kind.name), &kind);
    seen.push_back(kind.name);
  }
  EXPECT_EQ(find_object_kind(kinds::kNetwork)->root(), "network");
  EXPECT_EQ(find_object_kind(kinds::kDomain), nullptr);
  EXPECT_EQ(find_object_kind("nonsense"), nullptr);
  EXPECT_FALSE(is_described("nonsense"));
}

// The definition first, then what runs.
TEST_F(LibvirtObjectsTest, WhatCanBeStartedIsKeptTwice) {
  const NetworkRef network(virNetworkDefineXML(connection_.get(), "<network><name>made</name></network>"));
  ASSERT_NE(network, nullptr);
  EXPECT_EQ(documents(kinds::kNetwork, "", "made"), "persistent!");
  ASSERT_EQ(virNetworkCreate(network.get()), 0);
  EXPECT_EQ(documents(kinds::kNetwork, "", "made"), "persistent live");
  ASSERT_EQ(virNetworkDestroy(network.get()), 0);
  ASSERT_EQ(virNetworkUndefine(network.get()), 0);
  EXPECT_EQ(documents(kinds::kNetwork, "", "made"), "") << "it is gone";
  const NetworkRef transient(virNetworkCreateXML(connection_.get(), "<network><name>made</name></network>"));
  EXPECT_EQ(documents(kinds::kNetwork, "", "made"), "live");
  ASSERT_EQ(virNetworkDestroy(transient.get()), 0);
}

TEST_F(LibvirtObjectsTest, AllAreListedWithOrWithoutTheirDocuments) {
  const ObjectKind& networks = *find_object_kind(kinds::kNetwork);
  const std::optional<std::vector<std::string>> names = networks.all(connection_.get(), "", {});
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, std::vector<std::string>{"default"});
  std::size_t given = 0;
  networks.all(connection_.get(), "", [&](const ObjectDocument&) { ++given; });
  EXPECT_EQ(given, 2U);
}

// That they could not be listed does not mean that there are none.
TEST_F(LibvirtObjectsTest, WhatCannotBeListedIsNotNone) {
  EXPECT_FALSE(find_object_kind(kinds::kSecret)->all(connection_.get(), "", {})) << "the test driver has no secrets";
  EXPECT_FALSE(find_object_kind(kinds::kVolume)->all(connection_.get(), "absent", {}));
  EXPECT_FALSE(find_object_kind(kinds::kSnapshot)->all(connection_.get(), "absent", {}));
  const auto volumes = find_object_kind(kinds::kVolume)->all(connection_.get(), "default-pool", {});
  ASSERT_TRUE(volumes);
  EXPECT_TRUE(volumes->empty());
}

TEST_F(LibvirtObjectsTest, WhatADomainHasIsFoundByItsUuidAndItsName) {
  ASSERT_TRUE(define());
  using SnapshotRef = std::unique_ptr<virDomainSnapshot, LibvirtDeleter<virDomainSnapshotFree>>;
  const SnapshotRef snapshot(
      virDomainSnapshotCreateXML(domain().get(), "<domainsnapshot><name>s</name></domainsnapshot>", 0));
  ASSERT_NE(snapshot, nullptr);
  const ObjectKind& snapshots = *find_object_kind(kinds::kSnapshot);
  for (const char* owner : {kUuid, "made"}) {
    EXPECT_EQ(snapshots.all(connection_.get(), owner, {}), std::vector<std::string>{"s"}) << owner;
    EXPECT_EQ(documents(kinds::kSnapshot, owner, "s"), "persistent");
  }
  EXPECT_EQ(documents(kinds::kSnapshot, kUuid, "absent"), "");
  EXPECT_EQ(documents(kinds::kSnapshot, "absent", "s"), "") << "it went with its domain";
  ASSERT_EQ(virDomainSnapshotDelete(snapshot.get(), 0), 0);
}

TEST_F(LibvirtObjectsTest, ADomainWithoutABackupHasNone) {
  ASSERT_TRUE(define());
  EXPECT_EQ(documents(kinds::kBackup, kUuid, ""), "");
  EXPECT_EQ(find_object_kind(kinds::kBackup)->all(connection_.get(), kUuid, {}), std::vector<std::string>{});
}

}  // namespace
}  // namespace virtsql
