#include "core/virtumancer/report.h"

#include <gtest/gtest.h>

#include "core/store/store.h"
#include "tests/core/store/fixture.h"

namespace virtsql::virtumancer {
namespace {

class ReportTest : public virtsql::test::StoreFixture {
 protected:
  Report report_{*database_};
};

TEST_F(ReportTest, SaysTheSameOnce) {
  const Note note{"networks", "networks", "1", "left out", "a network without a name", R"({"id":"1"})"};
  report_.tell(note);
  report_.tell(note);
  EXPECT_EQ(count("virtumancer_imports"), 1);
  EXPECT_EQ(text("SELECT value_json FROM vendor_options AS v JOIN virtumancer_imports AS i ON v.owner_id = i.id "
                 "WHERE v.owner_type = 'virtumancer_imports' AND v.kind = 'kept'"),
            note.kept);
  Note other = note;
  other.kept = R"({"id":"1","mode":"odd"})";
  report_.tell(other);
  EXPECT_EQ(count("virtumancer_imports"), 2);
  EXPECT_EQ(count("vendor_options"), 2);
}

TEST_F(ReportTest, KnowsWhichVmsWereTaken) {
  const CaptureResult web = capture(virtsql::test::read_document("web.xml"));
  EXPECT_FALSE(report_.has_imported(web.vm_uuid));
  const std::vector<Note> notes = {{"virtual_machines", "virtual_machines", "v", "imported", "web", ""},
                                   {"devices/disk", "disks", "d", "left out", "odd", R"({"id":"d"})"}};
  report_.tell_of_vm(notes, number("SELECT id FROM virtual_machines"), web.vm_uuid);
  EXPECT_TRUE(report_.has_imported(web.vm_uuid));
  // What a note keeps becomes a vendor option of the VM.
  EXPECT_EQ(text("SELECT vm_uuid || ' ' || value_json FROM vendor_options WHERE owner_type = 'virtual_machines' AND "
                 "kind = 'kept'"),
            web.vm_uuid + R"( {"id":"d"})");
}

}  // namespace
}  // namespace virtsql::virtumancer
