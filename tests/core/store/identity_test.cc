#include "core/store/identity.h"

#include "core/store/drift.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

using IdentityTest = test::StoreFixture;

TEST_F(IdentityTest, ADocumentWithoutUuidIsNotExactAndDoesNotDrift) {
  const CaptureResult result = capture(vm("web", ""));
  EXPECT_EQ(text("SELECT exact FROM captures"), "0");
  EXPECT_EQ(result.vm_uuid, made_up_uuid("alpha", "web"));
  const std::int64_t id = store_->find_vm("web", "test");
  EXPECT_EQ(store_->domain_xml(id, Form::kFull), vm("web", result.vm_uuid));
  EXPECT_TRUE(store_->drift(id).empty());
  EXPECT_EQ(capture(vm("web", "")).vm_uuid, result.vm_uuid);
  capture(vm("web", "", "2048"));
  store_->accept(id);
  EXPECT_EQ(store_->domain_xml(id, Form::kFull), vm("web", result.vm_uuid, "2048"));
  EXPECT_TRUE(store_->drift(id).empty());
}

TEST_F(IdentityTest, AnotherSpellingOfAUuidIsNotExactAndDoesNotDrift) {
  capture(vm("web", "ABCDEF0123456789abcdef0123456789"));
  EXPECT_EQ(text("SELECT exact FROM captures"), "0");
  EXPECT_EQ(text("SELECT uuid FROM virtual_machines"), "abcdef01-2345-6789-abcd-ef0123456789");
  EXPECT_TRUE(store_->drift(store_->find_vm("web", "test")).empty());
}

TEST_F(IdentityTest, AnEmptyUuidIsRefused) {
  EXPECT_EQ(capture(replaced(vm("web", "x"), "x</uuid>", "</uuid>")).error, "the <uuid> is empty");
}

// All such documents would be taken for one VM.
TEST_F(IdentityTest, ADomainWithNeitherNameNorUuidIsRefused) {
  for (const char* name : {"", "<name></name>", "<name/>"})
    EXPECT_EQ(capture("<domain type='kvm'>" + std::string(name) + "<memory>1</memory></domain>").error,
              "the domain has neither name nor UUID");
  EXPECT_EQ(text("SELECT count(*) || ' ' || count(vm_uuid) || ' ' || count(document_sha256) FROM captures"), "3 0 3");
  EXPECT_EQ(text("SELECT count(*) FROM virtual_machines"), "0");
  EXPECT_EQ(capture("<domain><uuid>11111111-2222-4333-8444-555555555555</uuid></domain>").error, "");
}

}  // namespace
}  // namespace virtsql
