// A database of virtumancer with one VM, made of the rows that a test gives, and the XML that the VM becomes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/base/sql_quote.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/device_kinds.h"
#include "core/virtumancer/domain.h"
#include "core/virtumancer/text.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"
#include "tests/core/temporary_folder.h"

namespace virtsql::virtumancer::test {

// Columns and their values.
using Row = std::map<std::string, std::string>;

class SourceFixture : public testing::Test {
 protected:
  SourceFixture() {
    add("hosts", {{"id", "h"}, {"name", "alpha"}, {"uri", "qemu:///system"}});
    add("virtual_machines", {{"id", "v"},
                             {"host_id", "h"},
                             {"name", "web"},
                             {"domain_uuid", kUuid},
                             {"v_cpu_count", "2"},
                             {"memory_bytes", "1073741824"}});
  }

  // Adds a row to a table. The table gets every column that any of its rows has.
  void add(const std::string& table, const Row& row) { tables_[table].push_back(row); }
  // Adds a row that belongs to the VM.
  void add_own(const std::string& table, Row row) {
    row.emplace("vm_uuid", "v");
    add(table, row);
  }
  // Gives the VM a device of the kind that has this element in XML. The ids of a kind's devices are 1, 2, ...
  void give(std::string_view element, Row row) {
    const auto kind = std::find_if(devices().begin(), devices().end(),
                                   [&](const Device& device) { return device.element == element; });
    const auto first = [](std::string_view list) { return std::string(list.substr(0, list.find('|'))); };
    const std::string id = std::to_string(tables_[first(kind->resources)].size() + 1);
    row.emplace("id", id);
    add(first(kind->resources), row);
    add_own(std::string(kind->attachments), {{"id", id}, {first(kind->resource_column), id}});
  }
  // Sets a column of the VM.
  void set(const std::string& column, const std::string& value) { tables_["virtual_machines"].front()[column] = value; }

  // Writes the database and returns its path.
  const std::string& write() {
    std::filesystem::remove(path_);
    const Connection connection(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
    Database database(connection.handle());
    for (const auto& [table, rows] : tables_) {
      std::set<std::string> columns = {"id", "deleted_at"};
      for (const Row& row : rows)
        for (const auto& [column, value] : row) columns.insert(column);
      std::string list;
      for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + quote_identifier(column);
      database.execute("CREATE TABLE " + quote_identifier(table) + " (" + list + ")");
      for (const Row& row : rows) {
        std::string names, places;
        for (const auto& [column, value] : row) {
          names += (names.empty() ? "" : ", ") + quote_identifier(column);
          places += places.empty() ? "?" : ", ?";
        }
        Statement insert(connection.handle(),
                         "INSERT INTO " + quote_identifier(table) + " (" + names + ") VALUES (" + places + ")");
        int parameter = 0;
        for (const auto& [column, value] : row) insert.bind_text(++parameter, value);
        insert.run();
      }
    }
    return path_;
  }

  // Makes the VM's XML.
  void make() {
    Source source(write());
    Context context(source);
    const SourceRow& row = source.table("virtual_machines").rows.front();
    context.add_vm_key(row.id, row);
    notes_.clear();
    xml_ = domain_of(context, {&row, context.find("hosts", "h"), "alpha", "web", kUuid}, notes_);
  }

  // Makes the VM's XML, and returns the elements at these paths below <domain>: devices/disk,devices/video.
  std::string made(std::string_view paths) {
    make();
    return part(paths);
  }
  // Returns the elements at these paths in the XML that was made last.
  std::string part(std::string_view paths) const {
    const xml::Document document = xml::Document::parse(xml_);
    xml::Writer writer;
    for_each_part(paths, ',', [&](std::string_view path) {
      std::vector<const xml::Node*> found = {document.root()};
      for_each_part(path, '/', [&](std::string_view step) {
        std::vector<const xml::Node*> below;
        for (const xml::Node* node : found)
          for (const xml::Node* child = node->first_child; child; child = child->next)
            if (child->is_element() && child->name == step) below.push_back(child);
        found = below;
      });
      for (const xml::Node* node : found) writer.element(*node);
    });
    return writer.take();
  }

  // Returns the notes of one kind about the VM: "what: detail" on a line each. Leaves out what is assumed of every VM
  // in these tests: its type, the features, the video card.
  std::string told(std::string_view kind) const {
    std::string out;
    for (const Note& note : notes_)
      if (note.kind == kind && (kind == "left out" || !one_of(note.what, "@type|features|os/type|devices/video")))
        out += note.what + ": " + note.detail + "\n";
    return out;
  }

  static constexpr const char* kUuid = "0d000000-0000-4000-8000-000000000001";
  virtsql::test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "virtumancer.db";
  std::map<std::string, std::vector<Row>> tables_;
  std::string xml_;
  std::vector<Note> notes_;
};

}  // namespace virtsql::virtumancer::test
