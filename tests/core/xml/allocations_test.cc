// watch_allocations() is for a process that has not used libxml2 yet, so these tests run in processes of their own. No
// program with the sanitizers can: their allocator ends it if an allocation fails.
#include "core/xml/allocations.h"

#include <gtest/gtest.h>
#include <libxml/xmlmemory.h>

#include <cstdint>
#include <cstdlib>
#include <thread>

namespace virtsql::xml {
namespace {

constexpr std::size_t kTooMuch = PTRDIFF_MAX;

// Ends the process with the first number of a condition that does not hold; with 0 if all hold.
[[noreturn]] void end_unless(std::initializer_list<bool> conditions) {
  int number = 0;
  for (const bool holds : conditions) {
    ++number;
    if (!holds) std::_Exit(number);
  }
  std::_Exit(0);
}

class AllocationsTest : public testing::Test {
 protected:
  AllocationsTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer's allocator does not fail";
#endif
  }
};

TEST_F(AllocationsTest, AFailureIsNotedOnce) {
  EXPECT_EXIT(
      {
        watch_allocations();
        void* const memory = xmlMalloc(1);
        const bool before = take_failed_allocation();
        const bool grown = xmlRealloc(memory, kTooMuch) != nullptr;
        const bool of_realloc = take_failed_allocation();
        const bool made = xmlMalloc(kTooMuch) != nullptr;
        end_unless({memory != nullptr, !before, !grown, of_realloc, !made, take_failed_allocation(),
                    !take_failed_allocation()});
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(AllocationsTest, AFailureIsOfItsThread) {
  EXPECT_EXIT(
      {
        watch_allocations();
        bool of_other = false;
        std::thread([&] {
          (void)xmlMalloc(kTooMuch);
          of_other = take_failed_allocation();
        }).join();
        end_unless({of_other, !take_failed_allocation()});
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(AllocationsTest, NobodyNotesThemUnasked) {
  EXPECT_EXIT(
      {
        const bool made = xmlMalloc(kTooMuch) != nullptr;
        end_unless({!made, !take_failed_allocation()});
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace virtsql::xml
