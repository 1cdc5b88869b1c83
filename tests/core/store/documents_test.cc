#include "core/store/documents.h"

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kOne[] = "11111111-1111-1111-1111-111111111111";

class DocumentsTest : public test::StoreFixture {
 protected:
  // Returns a text that hardly compresses.
  static std::string noise(std::uint64_t seed) {
    std::string out;
    for (std::uint64_t state = seed; out.size() < 3000; state = state * 6364136223846793005U + 1442695040888963407U)
      out += static_cast<char>('!' + (state >> 33U) % 90);
    return out;
  }
  // Keeps the bytes, with a capture of the VM that names them. Returns the document's id.
  std::int64_t keep(const std::string& bytes, const std::string& kind = "domain", const std::string& uuid = kOne) {
    const std::string digest = sha256(bytes);
    documents_.keep(bytes, digest, kind, uuid);
    Statement capture(handle_, "INSERT INTO captures (id, vm_uuid, kind, document_sha256) VALUES (?1, ?2, ?3, ?4)");
    capture.bind_int(1, ++captures_);
    capture.bind_text(2, null_if_empty(uuid));
    capture.bind_text(3, kind);
    capture.bind_blob(4, digest);
    capture.run();
    return number("SELECT id FROM documents WHERE hex(sha256) = upper('" + hex(digest) + "')");
  }
  std::int64_t keyframe_of(std::int64_t id) {
    return number("SELECT keyframe_id FROM documents WHERE id = " + std::to_string(id));
  }
  void edit(const std::string& sql) {
    const WithoutTriggers quiet(handle_);
    const Switched unchecked(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, false);
    database_->execute(sql);
  }
  std::string damage(const std::string& bytes) {
    try {
      documents_.read(sha256(bytes));
    } catch (const DamagedDocument& error) {
      return error.what();
    }
    return "";
  }

  Documents documents_{*database_};
  std::int64_t captures_ = 0;
};

TEST_F(DocumentsTest, AreStoredOnceAndComeBackByteForByte) {
  const std::string bytes("<a>\0\xFF</a>", 9);
  const std::int64_t id = keep(bytes);
  EXPECT_EQ(keep(bytes), id);
  EXPECT_EQ(count("documents"), 1);
  EXPECT_EQ(documents_.read(sha256(bytes)), bytes);
  keep("");
  EXPECT_EQ(documents_.read(sha256("")), "");
}

TEST_F(DocumentsTest, AreCompressedAgainstTheKeyframeOfTheVmAndKind) {
  const std::int64_t first = keep(noise(1));
  EXPECT_EQ(keyframe_of(first), 0);
  EXPECT_EQ(keyframe_of(keep(noise(1) + "2")), first);
  EXPECT_EQ(keyframe_of(keep(noise(1) + "3")), first) << "never against a delta";
  EXPECT_EQ(keyframe_of(keep(noise(1) + "4", "domainsnapshot")), 0);
  EXPECT_EQ(keyframe_of(keep(noise(1) + "5", "domain", "22222222-2222-2222-2222-222222222222")), 0);
  EXPECT_EQ(keyframe_of(keep(noise(1) + "6", "domain", "")), 0);
  EXPECT_LT(number("SELECT max(length(content)) FROM documents WHERE keyframe_id IS NOT NULL"), 100);
  for (const char* end : {"", "2", "3", "4", "5", "6"})
    EXPECT_EQ(documents_.read(sha256(noise(1) + end)), noise(1) + end);
}

TEST_F(DocumentsTest, ADocumentThatIsTooDifferentIsAKeyframe) {
  keep(noise(1));
  const std::int64_t other = keep(noise(2));
  EXPECT_EQ(keyframe_of(other), 0);
  EXPECT_EQ(keyframe_of(keep(noise(2) + "2")), other);
}

TEST_F(DocumentsTest, NothingMoreDependsOnADamagedKeyframe) {
  const std::int64_t first = keep(noise(1));
  edit("UPDATE documents SET content = x'00'");
  EXPECT_NE(damage(noise(1)), "");
  const std::int64_t second = keep(noise(1) + "2");
  EXPECT_NE(second, first);
  EXPECT_EQ(keyframe_of(second), 0);
  EXPECT_EQ(documents_.read(sha256(noise(1) + "2")), noise(1) + "2");
}

TEST_F(DocumentsTest, DamageIsSeen) {
  EXPECT_EQ(damage("absent"), "its document is not in documents");
  const std::int64_t id = keep(noise(1));
  const std::int64_t delta = keep(noise(1) + "2");
  const std::string name = "document " + std::to_string(delta) + " is damaged: ";
  edit("UPDATE documents SET size = size - 1 WHERE id = " + std::to_string(delta));
  EXPECT_NE(damage(noise(1) + "2"), "");
  edit("UPDATE documents SET size = 1 << 50 WHERE id = " + std::to_string(delta));
  EXPECT_EQ(damage(noise(1) + "2"), name + "its length is impossible");
  edit("UPDATE documents SET size = 3001, keyframe_id = id WHERE id = " + std::to_string(delta));
  EXPECT_EQ(damage(noise(1) + "2"), name + "it refers to itself");
  edit("UPDATE documents SET keyframe_id = 77 WHERE id = " + std::to_string(delta));
  EXPECT_EQ(damage(noise(1) + "2"), name + "its keyframe is none");
  edit("UPDATE documents SET keyframe_id = NULL, content = (SELECT content FROM documents WHERE id = " +
       std::to_string(id) + "), size = 3000 WHERE id = " + std::to_string(delta));
  EXPECT_EQ(damage(noise(1) + "2"), name + "its SHA-256 differs");
}

TEST_F(DocumentsTest, ADocumentKeptAloneHasNoKeyframe) {
  const WithoutTriggers quiet(handle_);
  keep(noise(1));
  const std::string digest = documents_.keep_alone(noise(1) + "2");
  EXPECT_EQ(digest, sha256(noise(1) + "2"));
  EXPECT_EQ(number("SELECT max(keyframe_id) IS NULL FROM documents"), 1);
  EXPECT_EQ(documents_.read(digest), noise(1) + "2");
  documents_.keep_alone(noise(1) + "2");
  EXPECT_EQ(count("documents"), 2);
}

TEST_F(DocumentsTest, ADocumentCanBeCompressedAgain) {
  const WithoutTriggers quiet(handle_);
  const std::int64_t first = keep(noise(1));
  const std::int64_t second = keep(noise(1) + "2");
  const std::int64_t third = keep(noise(1) + "3");
  documents_.rebase(second, 0);
  EXPECT_EQ(keyframe_of(second), 0);
  documents_.rebase(third, second);
  EXPECT_EQ(keyframe_of(third), second);
  database_->execute("DELETE FROM documents WHERE id = " + std::to_string(first));
  for (const char* end : {"2", "3"}) EXPECT_EQ(documents_.read(sha256(noise(1) + end)), noise(1) + end);
  edit("UPDATE documents SET content = x'00' WHERE id = " + std::to_string(third));
  EXPECT_THROW(documents_.rebase(third, 0), DamagedDocument);
}

}  // namespace
}  // namespace virtsql
