// How the page is made of the queries and templates in sql/report/ is said in sql/report/README.md.
#include "sqlite_ext/report.h"

#include <nettle/base64.h>

#include <kainjow/mustache.hpp>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/sha256.h"
#include "core/rows/row_error.h"
#include "core/schema/report_query.h"
#include "sqlite_ext/report_text.h"

namespace virtsql::extension {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

// A page of more VMs than this leaves out what is large (:full is 0); `report --vm` shows it for one VM.
constexpr std::int64_t kMostFullVms = 100;

// Returns the text of a file of sql/report/; a view without data if there is no such file.
std::string_view file(std::string_view name) {
  for (const EmbeddedText& text : kReportTexts)
    if (text.name == name) return text.text;
  return {};
}

// Returns the hash by which a Content-Security-Policy allows an inline style or script: sha256-<base64>.
std::string policy_hash(std::string_view text) {
  const std::string digest = sha256(text);
  std::string encoded(BASE64_ENCODE_RAW_LENGTH(digest.size()), '\0');
  base64_encode_raw(encoded.data(), digest.size(), reinterpret_cast<const std::uint8_t*>(digest.data()));
  return "sha256-" + encoded;
}

// One list of the page, with the lists that are part of it.
struct List {
  std::string name;  // vm.device
  std::string sql;
  bool of_many = false;  // left out of a page of one VM
  std::unique_ptr<mustache> row_template;
  std::map<std::string, List> children;  // by the last part of the name: device
};

// The HTML of a list's rows, by their parent_key.
using Rendered = std::unordered_map<std::string, std::string>;

class Page {
 public:
  Page(Store& store, const ReportOptions& options) : store_(store), database_(store.database()), options_(options) {
    for (const EmbeddedText& text : kReportTexts) add(text);
  }

  std::string render() {
    full_ = options_.vm_uuid.has_value() || count_vms() <= kMostFullVms ? 1 : 0;
    data page(data::type::object);
    Statement meta(database_.handle(), query_of_page("meta.sql", file("meta.sql")));
    bind(meta);
    if (!meta.step()) throw std::runtime_error("virtsql_report(): sql/report/meta.sql gives no row");
    set_columns(page, meta);
    page.set("style", data(std::string(file("style.css"))));
    page.set("style_hash", data(policy_hash(file("style.css"))));
    page.set("script", data(std::string(file("script.js"))));
    page.set("script_hash", data(policy_hash(file("script.js"))));
    for (auto& [name, list] : lists_) {
      const std::string rows = render(list)[std::string()];
      page.set(name, rows.empty() ? data(false) : data(rows));
    }
    return parsed("page.html")->render(page);
  }

 private:
  static constexpr std::string_view kQuery = ".sql";
  static constexpr std::string_view kShared = ".with.sql";
  static constexpr std::string_view kOfMany = "-- Only for a page of many VMs.\n";

  void add(const EmbeddedText& text) {
    if (!text.name.ends_with(kQuery) || text.name.ends_with(kShared) || text.name == "meta.sql") return;
    const std::string_view name = text.name.substr(0, text.name.size() - kQuery.size());
    std::map<std::string, List>* level = &lists_;
    std::string shared;
    for (std::size_t from = 0, to = 0; to != std::string_view::npos; from = to + 1) {
      to = name.find('.', from);
      shared += file(std::string(name.substr(0, to)).append(kShared));
      List& list = (*level)[std::string(name.substr(from, to == std::string_view::npos ? to : to - from))];
      if (to == std::string_view::npos) {
        list.name = name;
        list.sql = query_of_page(std::string(text.name), shared + std::string(text.text));
        list.of_many = text.text.starts_with(kOfMany);
        list.row_template = parsed(list.name + ".html");
      }
      level = &list.children;
    }
  }

  static std::unique_ptr<mustache> parsed(const std::string& name) {
    const std::string_view text = file(name);
    if (!text.data()) throw std::runtime_error("virtsql_report(): there is no sql/report/" + name);
    auto out = std::make_unique<mustache>(std::string(text));
    if (!out->is_valid())
      throw std::runtime_error("virtsql_report(): sql/report/" + name + ": " + out->error_message());
    return out;
  }

  ReportScope scope() const { return {.host = options_.host.has_value(), .vm = options_.vm_uuid.has_value()}; }

  // Returns the query, of this file of sql/report/, for the page that is made.
  std::string query_of_page(const std::string& name, std::string_view sql) const try {
    return report_query(sql, scope());
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("virtsql_report(): sql/report/" + name + ": " + error.what());
  }

  void bind(Statement& statement) const {
    const auto parameter = [&](const char* name) { return sqlite3_bind_parameter_index(statement.handle(), name); };
    if (const int at = parameter(":host"); at && options_.host) statement.bind_text(at, *options_.host);
    if (const int at = parameter(":vm"); at && options_.vm_uuid) statement.bind_text(at, *options_.vm_uuid);
    if (const int at = parameter(":theme")) statement.bind_text(at, options_.theme);
    if (const int at = parameter(":full")) statement.bind_int(at, full_);
  }

  std::int64_t count_vms() {
    constexpr std::string_view kVms = "SELECT count(*) FROM vms WHERE state <> 'undefined' AND @SHOWN(host, uuid)@";
    Statement statement(database_.handle(), report_query(kVms, scope()));
    bind(statement);
    return statement.step() ? statement.get_int(0) : 0;
  }

  static bool is_flag(std::string_view name) { return name.starts_with("is_") || name.starts_with("has_"); }

  // Returns the VM's XML, or the error if no XML can express its rows: one such VM must not prevent the page.
  std::string xml_of(std::string_view vm_uuid) try {
    return store_.domain_xml(store_.find_vm(vm_uuid, "virtsql_report"), Form::kFull);
  } catch (const RowError& error) {
    return error.what();
  }

  void set_columns(data& row, Statement& statement) {
    const int count = sqlite3_column_count(statement.handle());
    for (int column = 0; column < count; ++column) {
      const char* const name = sqlite3_column_name(statement.handle(), column);
      if (!name) throw std::bad_alloc();
      if (is_flag(name))
        row.set(name, data(statement.get_int(column) != 0));
      else if (name == std::string_view("xml_of"))
        row.set("xml", statement.is_null(column) ? data(false) : data(xml_of(statement.get_text(column))));
      else if (const std::string_view text = statement.get_text(column); !text.empty())
        row.set(name, data(std::string(text)));
      else
        row.set(name, data(false));  // renders as nothing, and hides a section of this name
    }
  }

  // Returns the HTML of the list's rows by their parent_key; by "" if the query has no column parent_key.
  Rendered render(List& list) {
    if (list.of_many && options_.vm_uuid) return {};
    std::map<std::string, Rendered> below;
    for (auto& [name, child] : list.children) below[name] = render(child);
    Rendered out;
    try {
      Statement statement(database_.handle(), list.sql);
      bind(statement);
      const int parent = column_of(statement, "parent_key");
      const int key = column_of(statement, "key");
      while (statement.step()) {
        data row(data::type::object);
        set_columns(row, statement);
        for (auto& [name, rendered] : below) {
          const auto found = key < 0 ? rendered.end() : rendered.find(std::string(statement.get_text(key)));
          row.set(name, found == rendered.end() ? data(false) : data(found->second));
        }
        out[parent < 0 ? std::string() : std::string(statement.get_text(parent))] += list.row_template->render(row);
      }
    } catch (const DatabaseError& error) {
      throw DatabaseError(error.code, "virtsql_report(): " + list.name + ": " + error.what());
    }
    return out;
  }

  static int column_of(Statement& statement, std::string_view name) {
    const int count = sqlite3_column_count(statement.handle());
    for (int column = 0; column < count; ++column)
      if (const char* found = sqlite3_column_name(statement.handle(), column); found && found == name) return column;
    return -1;
  }

  Store& store_;
  Database& database_;
  const ReportOptions& options_;
  std::map<std::string, List> lists_;
  std::int64_t full_ = 1;
};

}  // namespace

std::string report(Store& store, const ReportOptions& options) { return Page(store, options).render(); }

}  // namespace virtsql::extension
