#include "core/spool/digest.h"

#include <gtest/gtest.h>

#include "core/base/hex.h"
#include "core/base/sha256.h"

namespace virtsql {
namespace {

// The examples of NIST for SHA-256. The next test has the lengths around the end of a block.
TEST(Digest, IsSha256) {
  EXPECT_EQ(hex_digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex_digest(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The hook links only libc and expat, so it has an implementation of its own. It must agree with nettle, which
// everything else uses.
TEST(Digest, IsNettles) {
  for (const std::size_t size : {0U, 1U, 55U, 56U, 63U, 64U, 65U, 119U, 120U, 1000U}) {
    const std::string bytes(size, 'x');
    EXPECT_EQ(hex_digest(bytes), hex(sha256(bytes))) << size;
  }
}

}  // namespace
}  // namespace virtsql
