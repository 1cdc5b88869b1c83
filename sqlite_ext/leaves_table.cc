// xml_leaves(xml): says for each attribute and text of a document where virtsql keeps it.
//
//   SELECT * FROM xml_leaves(readfile('web.xml')) WHERE kept = 'vendor';
//
// The rows are in the document's order. The XML is a <domain>, the element of one device as device_xml() gives it, or
// the document of another root of the catalog: a <network>, a <pool>. `kept` is column, json (inside a stored JSON
// column), vendor (in vendor_options) or secret (not kept). The document is shredded as for storing, but nothing is
// written. What the catalog marks as secret is secret wherever it stands, also in the domain of a snapshot; what only
// `redact =` names is not, because a table that reads no file may stand in a view.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/rows/document.h"
#include "core/spool/redact.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

struct Entry {
  std::string path;
  std::string value;
  std::string_view kept;
  std::string table;
  std::string column;
};

std::string_view kept_name(Leaf::Kept kept) {
  switch (kept) {
    case Leaf::Kept::kColumn:
      return "column";
    case Leaf::Kept::kJson:
      return "json";
    case Leaf::Kept::kSecret:
      return "secret";
    case Leaf::Kept::kVendor:
      break;
  }
  return "vendor";
}

const Columns<Entry> kColumns = {{"path TEXT", &Entry::path},
                                 {"value TEXT", &Entry::value},
                                 {"kept TEXT", &Entry::kept},
                                 {"table_name TEXT", &Entry::table},
                                 {"column_name TEXT", &Entry::column}};

// Returns the catalog's element for devices of this name, looking below `within`; nullptr if there is none.
const Element* device(const Element& within, std::string_view name) {
  for (const Element* child : within.children) {
    if (within.holds_devices && child->name == name) return child;
    if (const Element* found = device(*child, name)) return found;
  }
  return nullptr;
}

// Whether the document's outermost element has its root's name column as an attribute. This tells the <interface> of a
// host from the <interface> of a VM, which has none. A VLAN of a host may lack its name as well: then it is told by
// what the catalog knows of its content.
bool has_name(const xml::Node& document, const Element& root) {
  return std::any_of(root.attributes.begin(), root.attributes.end(), [&](const Attribute& attribute) {
    return attribute.column->name == root.table->name_column && document.attribute(attribute.name).data();
  });
}

// Returns the catalog's elements that can describe the document: a VM, a device of a VM, or another root. For a
// document that the catalog does not know it is <domain>, which makes shredding refuse it.
std::vector<const Element*> descriptions(const xml::Node& document) {
  const Catalog& catalog = Catalog::standard();
  const Element& domain = catalog.root("domain");
  const Element* const of_vm = document.name == domain.name ? &domain : device(domain, document.name);
  for (const Element* root : catalog.roots()) {
    if (root->name != document.name || root == of_vm) continue;
    if (!of_vm || has_name(document, *root)) return {root};
    return {of_vm, root};
  }
  return {of_vm ? of_vm : &domain};
}

// Returns what is said of each attribute and text of the node, if the element describes it.
std::vector<Entry> leaves(Document& document, const xml::Node& node, const Element& element) {
  std::vector<Entry> out;
  const LeafSink sink = [&](const Leaf& leaf) {
    out.push_back({std::string(leaf.path), std::string(leaf.value), kept_name(leaf.kept), std::string(leaf.table),
                   std::string(leaf.column)});
  };
  document.shred(node, element, &sink);
  return out;
}

std::ptrdiff_t unknown(const std::vector<Entry>& entries) {
  return std::count_if(entries.begin(), entries.end(),
                       [](const Entry& entry) { return entry.kept == kept_name(Leaf::Kept::kVendor); });
}

// Returns what is said of each attribute and text of the document, by the element that knows most of it.
std::vector<Entry> leaves_of(std::string_view xml) {
  Document document;
  document.parse(xml);
  const xml::Node& node = unwrapped(document.tree());
  std::optional<std::vector<Entry>> entries;
  for (const Element* element : descriptions(node)) {
    std::vector<Entry> of_this = leaves(document, node, *element);
    if (!entries || unknown(of_this) < unknown(*entries)) entries = std::move(of_this);
  }
  return *std::move(entries);
}

// Marks as secret what is not among the entries of the redacted document. What is secret depends on the path alone, so
// of entries with one path either all are there or none.
void mark_secrets(std::vector<Entry>& entries, const std::vector<Entry>& redacted) {
  auto rest = redacted.begin();
  for (Entry& entry : entries) {
    if (rest != redacted.end() && rest->path == entry.path) {
      ++rest;
    } else if (entry.kept != kept_name(Leaf::Kept::kSecret)) {
      entry = {std::move(entry.path), std::move(entry.value), kept_name(Leaf::Kept::kSecret), "", ""};
    }
  }
}

std::unique_ptr<Rows> open(const Request& request) {
  if (request.is_null(0)) return nullptr;
  const std::string_view xml = request.text(0);
  std::vector<Entry> entries = leaves_of(xml);
  if (names_secret(xml, {})) {
    const Redacted redacted = redact(xml, {});
    if (!redacted.error.empty()) throw xml::Error(redacted.error);
    mark_secrets(entries, leaves_of(redacted.xml));
  }
  return entry_rows(std::move(entries), kColumns);
}

}  // namespace

int register_leaves_table(sqlite3* db, const SessionRef& session) {
  TableFunction function;
  function.name = "xml_leaves";
  function.columns = declarations(kColumns);
  function.arguments = {"xml"};
  function.required = 1;
  function.usage = "xml_leaves(readfile('vm.xml'))";
  function.open = open;
  return register_table_function(db, session, std::move(function));
}

}  // namespace virtsql::extension
