#include "core/store/names.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";
constexpr char kTwo[] = "22222222-2222-2222-2222-222222222222";
constexpr char kThree[] = "33333333-3333-3333-3333-333333333333";

using NamesTest = test::StoreFixture;

TEST_F(NamesTest, AUuidMeansItselfInAnySpelling) {
  capture(vm("web", kOne));
  capture(vm(kOne, kTwo));  // a VM whose name is another one's UUID
  EXPECT_EQ(find_vm_uuid(*database_, kOne, "test"), kOne);
  for (const char* spelling : {"11111111111111111111111111111111", "1111-1111-11111111-1111-111111111111"})
    EXPECT_EQ(find_vm_uuid(*database_, spelling, "test"), kOne) << spelling;
}

TEST_F(NamesTest, OfSeveralOfOneNameThoseThatLibvirtHasCount) {
  capture(vm("web", kOne));
  undefine("", "web", kOne);
  EXPECT_EQ(find_vm_uuid(*database_, "web", "test"), kOne);  // libvirt no longer has it, but no other VM has the name
  capture(vm("web", kTwo));
  EXPECT_EQ(find_vm_uuid(*database_, "web", "test"), kTwo);
  EXPECT_EQ(find_vm_uuid(*database_, kOne, "test"), kOne);
  const std::string third = vm("web", kThree);
  Capture elsewhere = test::capture_of(third);
  elsewhere.host = "beta";  // another host, because on one host only one VM has a name
  store_->capture(elsewhere);
  EXPECT_THROW(find_vm(*database_, "web", "test"), StoreError);
  undefine("", "web", kTwo);
  EXPECT_EQ(find_vm_uuid(*database_, "web", "test"), kThree);
  database_->execute("UPDATE vm_states SET state = 'undefined'");
  EXPECT_THROW(find_vm(*database_, "web", "test"), StoreError);
}

TEST_F(NamesTest, AManagedVmThatLibvirtNeverHadCounts) {
  capture(vm("web", kOne));
  undefine("", "web", kOne);
  store_->define(vm("web", kTwo), "domain", "alpha");
  EXPECT_EQ(find_vm_uuid(*database_, "web", "test"), kTwo);
}

}  // namespace
}  // namespace virtsql
