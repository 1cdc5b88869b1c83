// The rows of VMs in a database, inserted and changed by a RowStore without captures.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "core/store/row_store.h"
#include "tests/core/empty_database.h"

namespace virtsql::test {

class RowFixture : public testing::Test {
 protected:
  RowFixture() {
    handle_ = open_empty_database();
    database_ = std::make_unique<Database>(handle_);
    database_->execute("INSERT INTO hosts (id, name) VALUES (1, 'alpha'), (2, 'beta')");
    rows_ = std::make_unique<RowStore>(*database_, Catalog::standard());
  }
  ~RowFixture() override {
    rows_.reset();
    database_.reset();
    EXPECT_EQ(sqlite3_close(handle_), SQLITE_OK);
  }

  static std::string vm_with(std::size_t number, const std::string& devices) {
    char uuid[37];
    std::snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012zu", number);
    return "<domain type='kvm'><name>vm" + std::to_string(number) + "</name><uuid>" + uuid + "</uuid><devices>" +
           devices + "</devices></domain>";
  }

  static std::string port(const std::string& network, const std::string& more = "", char mac = '1') {
    return std::string("<interface type='network'><mac address='52:54:00:00:00:0") + mac + "'/><source network='" +
           network + "'/>" + more + "</interface>";
  }

  std::int64_t insert(Document& document, std::int64_t host = 1) {
    return rows_->insert(document.rows(), RootState::imported(host, 0));
  }
  // Inserts a VM with this number and these devices. Returns its id.
  std::int64_t insert(std::size_t number, const std::string& devices, std::int64_t host = 1) {
    Document document(vm_with(number, devices), root_);
    return insert(document, host);
  }
  // Changes the rows of a VM that insert() made into those of a VM with these devices, and expects that they then give
  // its XML.
  void change(std::int64_t id, const std::string& devices) {
    const std::int64_t number =
        database_->query_int("SELECT substr(name, 3) FROM virtual_machines WHERE id = " + std::to_string(id));
    Document wanted(vm_with(static_cast<std::size_t>(number), devices), root_);
    Arena arena;
    rows_->change(*rows_->load(root_, id, arena), wanted.rows(), RootState::imported(1, 0));
    EXPECT_EQ(xml_of(id), generate(wanted.rows(), Form::kFull));
  }

  std::string xml_of(std::int64_t id) {
    Arena arena;
    return generate(*rows_->load(root_, id, arena), Form::kFull);
  }

  std::int64_t count(const std::string& what) { return database_->query_int("SELECT count(*) FROM " + what); }

  const Element& root_ = Catalog::standard().root("domain");
  sqlite3* handle_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<RowStore> rows_;
};

}  // namespace virtsql::test
