#include "core/spool/states.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(States, AVmHasAProcessOrNoneOrIsNotKnown) {
  for (const char* active : {states::kRunning, states::kPaused, states::kCrashed, states::kPmSuspended})
    EXPECT_TRUE(states::is_active(active)) << active;
  for (const std::string_view off : states::kOff) EXPECT_FALSE(states::is_active(off)) << off;
  EXPECT_FALSE(states::is_active(states::kUnknown));
}

}  // namespace
}  // namespace virtsql
