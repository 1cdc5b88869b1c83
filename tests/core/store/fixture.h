// A store in memory, and captures for it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "core/store/hosts.h"
#include "core/store/store.h"
#include "tests/core/documents.h"
#include "tests/core/empty_database.h"

namespace virtsql::test {

// Returns the capture of an event on the host alpha that has this document: a definition, unless `config` says
// otherwise.
inline Capture capture_of(std::string_view xml, const std::string& config = "persistent") {
  Capture out;
  out.host = "alpha";
  out.driver = "qemu";
  out.operation = "define";
  out.config = config;
  out.source = "event";
  out.xml = xml;
  return out;
}

class StoreFixture : public testing::Test {
 protected:
  StoreFixture() {
    handle_ = open_empty_database();
    database_ = std::make_unique<Database>(handle_);
    database_->execute("PRAGMA foreign_keys = ON");
    store_ = std::make_unique<Store>(*database_, Catalog::standard());
  }
  ~StoreFixture() override {
    store_.reset();
    database_.reset();
    EXPECT_EQ(sqlite3_close(handle_), SQLITE_OK);
  }

  std::int64_t host_id(const std::string& name) { return Hosts(*database_).id(name); }
  CaptureResult capture(std::string_view xml, const std::string& config = "persistent") {
    return store_->capture(capture_of(xml, config));
  }
  // Tells the store an event of the VM "web" with the UUID. Without a memory size it has no document.
  CaptureResult tell_of_web(const std::string& uuid, const std::string& operation, const std::string& config,
                            const std::string& memory, const std::string& host, const std::string& source) {
    Capture event = capture_of(memory.empty() ? "" : vm("web", uuid, memory), config);
    event.operation = operation;
    event.host = host;
    event.source = source;
    if (memory.empty()) event.uuid = uuid;
    return store_->capture(event);
  }
  // Captures that libvirt no longer has the thing.
  void undefine(const std::string& root, const std::string& name, const std::string& uuid = "") {
    Capture gone = capture_of("", "");
    gone.operation = "undefine";
    gone.sub_operation = root;
    gone.name = name;
    gone.uuid = uuid;
    store_->capture(gone);
  }

  std::string text(const std::string& sql) {
    Statement statement(handle_, sql);
    return statement.step() ? std::string(statement.get_text(0)) : "(no row)";
  }
  std::int64_t number(const std::string& sql) { return database_->query_int(sql); }
  std::int64_t count(const std::string& table) { return number("SELECT count(*) FROM " + table); }

  static std::string vm(const std::string& name, const std::string& uuid, const std::string& memory = "1024") {
    return "<domain type='kvm'>\n  <name>" + name + "</name>\n" +
           (uuid.empty() ? "" : "  <uuid>" + uuid + "</uuid>\n") + "  <memory unit='KiB'>" + memory +
           "</memory>\n</domain>\n";
  }
  // Returns the text with the first `from` replaced. Fails the test if the text does not have it.
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }

  sqlite3* handle_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
};

}  // namespace virtsql::test
