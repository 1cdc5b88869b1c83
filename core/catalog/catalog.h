// The catalog: libvirt's XML, described once.
//
// The files in core/catalog/ say for each element, attribute and text of a domain document in which table and
// column it is kept, with type and meaning (core/catalog/README.md is the language). This header gives what
// they say as two linked structures:
//
//   Element  a place in the XML tree: its attributes, its children in the order in which libvirt writes them, and
//            for each of them the column that holds it;
//   Table    a table of the database: its columns, its owner, the tables below it.
//
// Shredding, generation, DDL, the views, virtsql_catalog and SCHEMA.md walk these structures; none of them names an
// XML element itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace virtsql {

struct Column;
struct Element;
struct Table;

// Column types; see the KIND table in core/catalog/README.md.
enum class Type {
  kText,
  kInteger,
  kNumber,
  kHex,
  kUuid,
  kMac,
  kPath,
  kYesNo,
  kOnOff,
  kFlag,
  kSize,
  kBytes,
  kKib,
  kJson,
};

// The type's name as the catalog language spells it.
std::string_view type_name(Type type);

// Whether values of the type are stored as SQLite integers or reals where their spelling is the canonical one.
bool is_numeric(Type type);

// When a value is something that libvirt adds to a running VM, not part of its definition.
struct LiveRule {
  enum class When { kNever, kAlways, kIfValue, kUnlessValue, kIfAttribute };
  When when = When::kNever;
  std::string attribute;  // kIfAttribute: its name, in the same or the nearest enclosing element that has one
  const Column* attribute_column = nullptr;
  std::string pattern;  // shell pattern (kIfValue, kUnlessValue) or exact value (kIfAttribute)
};

// One stored column that holds an attribute, a text, a presence or a JSON subtree of the XML.
struct Column {
  std::string name;
  Type type = Type::kText;
  std::string xml_path;       // from the document's root: /domain/devices/disk/driver/@cache
  std::string relative_path;  // from the row's element: driver/@cache
  std::string_view doc;       // here and below: in the catalog's text
  LiveRule live;
  bool key = false;
  std::vector<std::string> key_with;  // {key WITH ...}: the columns that must agree as well
  bool unique = false;
  bool index = false;
  bool secret = false;
  bool added = false;   // libvirt may add it to what was asked
  bool actual = false;  // of a running VM it says what is now, not what was asked
  bool own = false;     // only one VM may have the value: a clone gets a new one, or none
  // {becomes A B}: where a definition says A, libvirt may answer with what matches B.
  std::vector<std::pair<std::string, std::string>> becomes;
  const Column* unit = nullptr;  // of a size: the column of its unit, where it has one
  const Column* size = nullptr;  // of a unit: the column whose unit it is
  const Table* table = nullptr;  // the attachment's table or its resource's
  std::size_t slot = 0;          // place in Row::values
};

// A column that the database computes from stored ones of the same table: what it is. How SQL says it is
// core/schema/computed.h's.
struct Computed {
  enum class Kind {
    kBytes,             // a size in bytes: parts are the number and, if it has one, the column of its unit
    kPciAddress,        // 0000:00:03.0; parts are named domain, bus, slot, function, and type (the first that is set)
    kJsonObject,        // the parts as members of a JSON object
    kJsonArray,         // the parts as items of a JSON array
    kElementName,       // the qualified name of the element that the JSON column holds
    kElementNamespace,  // the namespace that this element declares for its own prefix
    kMember,            // the text of the JSON column's first member that is named like the part
  };
  struct Part {
    std::string name;
    const Column* column = nullptr;
  };
  std::string name;
  Kind kind = Kind::kBytes;
  std::vector<Part> parts;
  std::int64_t default_unit = 1024;  // kBytes: how many bytes one is if no unit is written
  std::string doc;
  std::string xml_path;
  const Table* table = nullptr;
};

// Columns that together tell which of its siblings a row is.
struct Identity {
  std::vector<const Column*> columns;
  bool certain = true;  // {key}: rows that differ in it are different things; else ({hint}) they may be the same
};

struct Attribute {
  // An alternative spelling of the attribute, used where the nearest enclosing @type has this value.
  struct Spelling {
    std::string name;
    std::string when_type;
  };
  std::string name;
  std::vector<Spelling> spellings;
  const Column* spelled_after = nullptr;  // where there are spellings: the column of the @type that decides
  const Column* column = nullptr;
};

// A place in the XML tree.
struct Element {
  std::string name;
  std::size_t occurrence = 0;  // n of `name#n`; 0 where every child of the name goes here
  std::string condition_attribute;
  std::string condition_value;
  bool condition_negated = false;
  std::string path;           // from the root
  std::string relative_path;  // from the row's element, as layouts and vendor_options name places: source/reservations
  std::string_view token;     // how layouts name it among its siblings: name, name#2, name[@type=mdev]
  std::string_view doc;
  LiveRule live;
  bool added = false;          // as Column::added, for rows and for all that a container holds
  bool holds_devices = false;  // the rows directly below are devices

  const Element* parent = nullptr;
  std::vector<Attribute> attributes;
  std::vector<std::unique_ptr<Element>> children;
  const Column* text = nullptr;  // the element's text
  const Column* flag = nullptr;  // the element's presence
  const Column* json = nullptr;  // the element's whole content

  // Where the element makes a row of its own:
  Table* table = nullptr;                    // its table; nullptr for a container
  bool many = false;                         // any number of rows, or at most one
  bool any_name = false;                     // `*`
  bool of_resource = false;                  // owned by the enclosing attachment's resource
  std::size_t child_slot = 0;                // place in the enclosing row element's row_elements
  std::vector<const Element*> row_elements;  // of a row's element: the elements below it that make rows of their own
  const Element* recursion = nullptr;  // where this element nests in itself: the element whose description it shares

  // The slots and child lists that hold what is below the element: [first, end). Others of the row may lie between.
  std::size_t first_slot = 0, end_slot = 0;
  std::size_t first_child_slot = 0, end_child_slot = 0;

  // The element whose attributes and children describe this one (itself, or the one it recurs to).
  const Element& shape() const { return recursion ? *recursion : *this; }
};

// A table that the catalog describes. An attachment's columns and those of its resource share one row of slots.
struct Table {
  std::string name;
  std::string_view doc;
  std::vector<std::unique_ptr<Column>> columns;
  std::vector<Computed> computed;

  Table* owner = nullptr;     // the table that its rows belong to; nullptr for the root and for resources
  std::string owner_key;      // name of the foreign key column: vm_uuid, disk_attachment_id, disk_id
  bool one_per_owner = true;  // no element of it is `rows`
  bool recursive = false;     // has parent_id
  // Of a root: the column by which other rows refer to its rows, and what they call it; empty: its id.
  std::string natural_key;
  std::string reference_name;
  std::string named;                  // of a root: the column with libvirt's name of the thing; empty: not forgotten
  std::string function_name;          // of a root: <function_name>_import() and <function_name>_xml()
  std::vector<std::string> identity;  // of a root: the columns that together say which thing a row is; empty: any {key}
  std::string ordinal;                // name of the column that counts the rows of one owner; empty: none

  std::vector<Identity> identities;  // best first; the resource's among them

  Table* resource = nullptr;    // attachments: what they attach
  Table* attachment = nullptr;  // resources: who attaches them
  std::string resource_key;     // attachments: name of the foreign key column
  bool host_scoped = false;     // resources: a real thing of one host
  std::vector<std::string> share_keys;

  std::vector<const Element*> elements;    // the elements that make its rows; more than one: column `element`
  std::vector<Table*> child_tables;        // the tables that it owns, each once, in order
  std::size_t slots = 0;                   // values of a row, resource included
  std::vector<const Column*> row_columns;  // what a row has, its resource's columns included, by slot

  bool has_element_column() const { return distinct_elements > 1; }
  std::size_t distinct_elements = 0;
  bool is_device() const { return !device_type.empty(); }
  std::string device_type;  // attachment_indices.device_type of its rows: disk, port, ...

  bool is_root() const { return !owner && !attachment; }
  // The column that rows which belong to it refer to.
  std::string_view referred_column() const { return natural_key.empty() ? "id" : std::string_view(natural_key); }
  const Column* find(std::string_view column_name) const;
  const Computed* find_computed(std::string_view column_name) const;
};

// The most children that the catalog may describe for one element.
inline constexpr std::size_t kMaxChildren = 256;

// Thrown for a catalog that does not parse: FILE:LINE: what is wrong.
struct CatalogError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Catalog {
 public:
  struct File {
    std::string name;
    std::string text;
  };

  // The catalog that was built into the program.
  static const Catalog& standard();

  // Throws CatalogError.
  explicit Catalog(std::vector<File> files);

  const Element& root(std::string_view name) const;
  const std::vector<std::unique_ptr<Element>>& roots() const { return roots_; }
  // All tables; owners and resources come before what refers to them.
  const std::vector<Table*>& tables() const { return order_; }
  const Table* find_table(std::string_view name) const;
  // Structs that nothing uses: dead lines.
  const std::vector<std::string>& unused_structs() const { return unused_structs_; }

 private:
  friend class CatalogBuilder;
  struct Built {};
  Catalog(std::vector<File> files, Built);  // takes the names as they are

  std::vector<File> files_;
  std::vector<std::unique_ptr<Element>> roots_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<Table*> order_;
  std::vector<std::string> unused_structs_;
  std::unordered_map<std::string_view, Table*> by_name_;
};

// disk_attachments -> disk_attachment, memory_balloons -> memory_balloon, boot_entries -> boot_entry.
std::string singular(std::string_view plural);

}  // namespace virtsql
