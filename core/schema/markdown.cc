#include "core/schema/markdown.h"

#include <algorithm>

#include "core/schema/everyday.h"
#include "core/schema/findings.h"
#include "core/schema/listing.h"
#include "core/schema/plan_text.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

// Escapes text for a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

// A page that is being made: add() appends to `text`.
struct Page {
  std::string title;
  std::string about;
  std::string text;
};

// The table that gives the name to the page of `table`: for a device's tables, the attachment table; for the other
// tables of a VM, virtual_machines; for the rest, the table of the document's root.
const Table& subject_of(const Table& table) {
  const Table* subject = table.attachment ? table.attachment : &table;
  while (subject->owner && !subject->is_device()) {
    subject = subject->owner;
    if (subject->attachment) subject = subject->attachment;
  }
  return *subject;
}

class Reference {
 public:
  explicit Reference(const Catalog& catalog) : catalog_(catalog), listed_(list_schema(catalog)) {
    for (const Listed& table : listed_) pages_of_[table.name] = name_of_page(table);
  }

  std::map<std::string, std::string> pages() {
    start("views", "Views", "For reading, with few columns and the host in every row: everyday views first.");
    start("fixed", "Tables that hold none of libvirt's XML",
          "Hosts, history, states, and what has no column. How they are made, with comments, is in "
          "[schema.sql](../schema.sql).");
    for (const Listed& table : listed_) add(table);
    add_rules();
    std::map<std::string, std::string> out;
    for (const auto& [name, page] : pages_) {
      out["schema/" + name + ".md"] =
          "# " + page.title + "\n\n" + page.about + " [All tables](../SCHEMA.md).\n" + page.text;
    }
    out["SCHEMA.md"] = index();
    for (const auto& [path, text] : out)
      if (text.size() > kLongestPage) throw CatalogError("sql/" + path + " is too long to be shown: part it");
    return out;
  }

 private:
  // The catalog's table that `listed` is, or the device table of which it is the view; nullptr for all others.
  const Table* table_of(const Listed& listed) const {
    const Table* table = catalog_.find_table(listed.name);
    return table ? table : table_of_view(catalog_, listed.name);
  }

  static bool is_fixed_table(std::string_view name) {
    return std::any_of(fixed_tables().begin(), fixed_tables().end(),
                       [&](const Described& each) { return each.name == name && !each.is_view; });
  }

  std::string name_of_page(const Listed& listed) const {
    const Table* table = table_of(listed);
    if (!table) return is_fixed_table(listed.name) ? "fixed" : "views";
    const Table& subject = subject_of(*table);
    return subject.is_device() ? view_name(subject).substr(3) : std::string(subject.name);
  }

  // A link to the table's heading, from SCHEMA.md or from a page.
  std::string link(const std::string& name, bool from_page) const {
    return "[" + name + "](" + (from_page ? "" : "schema/") + pages_of_.at(name) + ".md#" + name + ")";
  }

  void start(const std::string& name, const std::string& title, const std::string& about) {
    pages_[name] = {title, about, ""};
  }

  void add(const Listed& listed) {
    const std::string& name = pages_of_.at(listed.name);
    const Table* table = table_of(listed);
    if (!pages_.contains(name)) {
      start(name, name, cell(subject_of(*table).doc));
    }
    std::string& out = pages_[name].text;
    out += "\n## " + listed.name + "\n\n" + cell(listed.doc);
    if (table && listed.name == table->name) {
      add_relations(out, *table);
    } else if (table) {
      out += " Everything about it in one row, also for writing: the columns of " + link(table->name, true) +
             (table->resource ? " and " + link(table->resource->name, true) : "") + ".\n\n";
      for (const Listed::Column& column : listed.columns)
        out += (&column == &listed.columns.front() ? "" : ", ") + code(column.name);
      out += "\n";
      return;
    }
    out += "\n\n| column | type | XML | meaning |\n| --- | --- | --- | --- |\n";
    for (const Listed::Column& column : listed.columns)
      out += "| " + code(column.name) + " | " + (column.type == "housekeeping" ? "" : column.type) + " | " +
             code(column.xml_path) + " | " + cell(column.doc) + " |\n";
  }

  void add_relations(std::string& out, const Table& table) const {
    if (table.attachment)
      out += std::string(table.host_scoped ? " A real thing of one host, shared by the VMs that name it."
                                           : " A hardware model: one row per distinct configuration.") +
             " Attached by " + link(table.attachment->name, true) + ".";
    if (table.resource) out += " Attaches " + link(table.resource->name, true) + ".";
    if (table.owner)
      out += std::string(table.one_per_owner ? " At most one row" : " Rows") + " per row of " +
             link(table.owner->name, true) + ".";
  }

  void add_rules() {
    start("findings", "Findings",
          "The rules of the view " + link("findings", true) + ", each a file in [findings](../findings/).");
    std::string& out = pages_["findings"].text;
    out += "\n| rule | severity | what it finds, why, what to do |\n| --- | --- | --- |\n";
    for (const Finding& rule : findings())
      out += "| [" + rule.name + "](../findings/" + rule.name + ".sql) | " + rule.severity + " | " + cell(rule.doc) +
             " |\n";
  }

  std::string index() const {
    std::string out =
        "# Schema\n\n"
        "Made from `core/catalog/`, `sql/` and `core/schema/plan.md` by `virtsql-catalog schema`; do not edit. In SQL: "
        "`SELECT * FROM virtsql_catalog`; where to look for\nsomething: `SELECT * FROM virtsql_search('words')`.\n\n"
        "- Columns keep values as libvirt spells them; whole numbers are INTEGER. `generated` columns are computed "
        "from "
        "others.\n"
        "- Types: `flag` is 1 if the element is there, else NULL. An element that has content is there in any case: to "
        "remove it, set what is in it NULL too\n  (0 beside content is an error). `size` has its unit in a column of "
        "its own and its "
        "bytes in a generated one; `hex` and\n  `octal` are text as libvirt writes it.\n"
        "- Columns without a type are housekeeping. An INSERT into a table needs the owner of them alone (`vm_uuid`, "
        "or the "
        "`<owner>_id`).\n\n";
    out += kPlanTexts.front().text;
    out +=
        "\n## All tables and views\n\nAnd the [rules of the findings](schema/findings.md).\n\n| name | kind | meaning "
        "|\n| --- | --- | --- |\n";
    for (const Listed& listed : listed_)
      out += "| " + link(listed.name, false) + " | " + listed.kind + " | " + cell(listed.doc) + " |\n";
    return out;
  }

  const Catalog& catalog_;
  const std::vector<Listed> listed_;
  std::map<std::string, std::string> pages_of_;  // by table or view: the page that describes it
  std::map<std::string, Page> pages_;
};

}  // namespace

std::map<std::string, std::string> schema_pages(const Catalog& catalog) { return Reference(catalog).pages(); }

}  // namespace virtsql
