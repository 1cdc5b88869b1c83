#include "core/spool/operations.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace virtsql {
namespace {

using namespace operations;

// Returns which of the operations that end something the predicate holds for.
std::string of_ends(bool (*predicate)(std::string_view)) {
  std::string out;
  for (const char* each : {kStopped, kRelease, kShutdown, kCrashed, kUndefine, kDefine, kStarted, kPrepare, kSuspended})
    if (predicate(each)) out.append(each).append(" ");
  return out;
}

TEST(Operations, AnEndOfTheGuestIsNoneOfTheVm) {
  EXPECT_EQ(of_ends(has_ended), "stopped release ");
  EXPECT_EQ(of_ends(guest_has_ended), "stopped shutdown crashed ");
  EXPECT_EQ(of_ends(may_end_document), "stopped shutdown crashed undefine ");
}

TEST(Operations, MigrationAndRestoreGoOnWithAVm) {
  for (const char* each : {kMigrate, kRestore}) EXPECT_TRUE(continues_vm(each)) << each;
  for (const char* each : {kPrepare, kStart, kStarted, ""}) EXPECT_FALSE(continues_vm(each)) << each;
}

TEST(Operations, OnlyDevicesArePluggedByTheHost) {
  for (const char* each : {kAttachDevice, kDetachDevice}) EXPECT_TRUE(is_of_host(each)) << each;
  for (const char* each : {kAttach, kBalloon, kChangeMedia, kUpdate}) EXPECT_FALSE(is_of_host(each)) << each;
}

}  // namespace
}  // namespace virtsql
