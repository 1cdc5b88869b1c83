#include "core/store/first_schemas.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

const SchemaObject kView{"view", "attachment_indices", "attachment_indices", ""};
const SchemaObject kTable{"table", "audio_backends", "audio_backends", ""};

TEST(FirstSchemas, EachVersionHasItsOwnNames) {
  EXPECT_FALSE(FirstSchema(1).has(kView));
  EXPECT_TRUE(FirstSchema(2).has(kView));
  EXPECT_TRUE(FirstSchema(3).has(kView));
  EXPECT_TRUE(FirstSchema(3).has_column("Audio_Backends", "type"));
}

TEST(FirstSchemas, AnotherVersionHasNone) {
  for (const int version : {0, 4, 12, 23, 123, -1}) {
    EXPECT_FALSE(FirstSchema(version).has(kView)) << version;
    EXPECT_FALSE(FirstSchema(version).has(kTable)) << version;
  }
}

}  // namespace
}  // namespace virtsql
