// What RecentDocuments knows of a document is exactly what reading the document again would give.
#include "core/store/recent_documents.h"

#include <gtest/gtest.h>

#include "core/base/work.h"
#include "core/store/arrival.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class RecentDocumentsTest : public testing::Test {
 protected:
  // Reads the capture twice and expects the same results. The second time must do without a parse exactly if `known`.
  void expect_same(const Capture& event, bool known) {
    Arrival first(Catalog::standard(), event, &documents_);
    const std::uint64_t parses = work.parses;
    Arrival second(Catalog::standard(), event, &documents_);
    EXPECT_EQ(work.parses == parses, known);
    EXPECT_EQ(second.result.kind, first.result.kind);
    EXPECT_EQ(second.result.root, first.result.root);
    EXPECT_EQ(second.result.vm_uuid, first.result.vm_uuid);
    EXPECT_EQ(second.result.error, first.result.error);
    EXPECT_EQ(second.has_rows(), first.has_rows());
    EXPECT_EQ(second.has_vm_rows(), first.has_vm_rows());
    EXPECT_EQ(second.exact(), first.exact());
    EXPECT_EQ(second.capture().config, first.capture().config);
    EXPECT_EQ(second.name(), first.name());
    EXPECT_EQ(second.document_digest(), first.document_digest());
    if (!first.has_rows()) return;
    EXPECT_EQ(second.rows_digest(), first.rows_digest());
    EXPECT_EQ(second.document().xml(), first.document().xml());
  }

  RecentDocuments documents_;
  const std::string web_ = test::read_document("web.xml");
};

TEST_F(RecentDocumentsTest, AVmsDocumentIsReadOnce) { expect_same(test::capture_of(web_), true); }

TEST_F(RecentDocumentsTest, OneThatIsNotExactTells) {
  Capture event = test::capture_of(web_);
  event.xml.insert(event.xml.find('>'), "  ");
  expect_same(event, true);
}

TEST_F(RecentDocumentsTest, AnImportOfARunningVmIsLive) {
  Capture event = test::capture_of(web_);
  event.source = "import";
  event.xml.insert(event.xml.find('>'), " id='3'");
  expect_same(event, true);
  Arrival again(Catalog::standard(), event, &documents_);
  EXPECT_EQ(again.capture().config, "live");
  // If the same bytes come with an event, the event's own config counts.
  event.source = "event";
  Arrival told(Catalog::standard(), event, &documents_);
  EXPECT_EQ(told.capture().config, "persistent");
}

TEST_F(RecentDocumentsTest, AVmWithoutUuidIsItsHosts) {
  Capture event = test::capture_of("<domain type='kvm'>\n  <name>a</name>\n</domain>\n");
  expect_same(event, true);
  const std::string uuid = Arrival(Catalog::standard(), event, &documents_).result.vm_uuid;
  event.host = "beta";
  EXPECT_NE(Arrival(Catalog::standard(), event, &documents_).result.vm_uuid, uuid);
}

TEST_F(RecentDocumentsTest, WhatIsNoVmIsReadEachTime) {
  expect_same(test::capture_of(test::read_document("objects/network.xml")), false);
  expect_same(test::capture_of("<domain"), false);
}

}  // namespace
}  // namespace virtsql
