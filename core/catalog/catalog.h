// The catalog: libvirt's XML, described once.
//
// The files in core/catalog/ say for each element, attribute and text of a document in which table and column it is
// kept, with type and meaning (core/catalog/README.md is the language). This header is what they say as linked
// structures:
//
//   Element  a place in the XML tree: its attributes, its children in the order in which libvirt writes them, and
//            for each of them the column that holds it;
//   Table    a table of the database: its columns, its owner, the tables below it.
//
// Shredding, generation, DDL, the views, virtsql_catalog and the reference walk these structures; none of them names an
// XML element itself.
//
// How a program gets it: the files are read while virtsql is built (language.h gives their lines, builder.h makes this
// model of them, compiler.cc writes the model as C++). What is written are constants that refer to each other, so a
// program has them when it starts, without any work; nothing here owns anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace virtsql {

struct Column;
struct Element;
struct Table;

// A text of the catalog: it lives as long as the catalog, and a NUL stands behind it. It joins with other text to a
// std::string. Without data (the default) it is empty, and means that there is none.
struct Name : std::string_view {
  constexpr Name() = default;
  // The text must stay where it is.
  constexpr Name(const char* text) : std::string_view(text) {}
  constexpr Name(const char* text, std::size_t length) : std::string_view(text, length) {}
  const char* c_str() const { return data() ? data() : ""; }
  operator std::string() const { return {data(), size()}; }
};
inline std::string operator+(std::string before, const Name& name) { return std::move(before.append(name)); }
inline std::string operator+(const char* before, const Name& name) { return std::string(before).append(name); }
inline std::string operator+(const Name& name, std::string_view after) { return std::string(name).append(after); }

// Column types; see the KIND table in core/catalog/README.md.
enum class Type {
  kText,
  kInteger,
  kNumber,
  kHex,
  kOctal,
  kUuid,
  kMac,
  kPath,
  kCpuset,
  kYesNo,
  kOnOff,
  kFlag,
  kSize,
  kBytes,
  kJson,
};

// The type's name as the catalog language spells it.
std::string_view type_name(Type type);

// The type that the catalog language spells so.
std::optional<Type> type_named(std::string_view name);

// Whether values of the type are stored as SQLite integers or reals where their spelling is the canonical one.
bool is_numeric(Type type);

// Something that a row says by one of its columns. The value is one of several between |, each a shell pattern if it
// has a *, in which <> stands for what the row says in the column `inserted`.
struct Condition {
  enum class Test { kThere, kMissing, kEquals, kDiffers };
  Test test = Test::kThere;
  Name attribute;  // as the mark names the column: type, or source/@network from the row's element
  const Column* column = nullptr;
  const Element* child = nullptr;  // if the column is of rows below: their element; the first of them is looked at
  // Whose column it is: the row's, that of the row around it, or that of the document's root.
  enum class Of { kRow, kAround, kRoot };
  Of of = Of::kRow;
  Name value;
  Name inserted_attribute;  // how the mark names that column
  const Column* inserted = nullptr;
};

// When a value is something that libvirt adds to a running VM, not part of its definition.
struct LiveRule {
  enum class When { kNever, kAlways, kIfValue, kUnlessValue, kIf };
  When when = When::kNever;
  Name pattern;                           // of kIfValue and kUnlessValue: a shell pattern
  std::span<const Condition> conditions;  // of kIf: all of them hold
  // {found}: a definition may have said it as well. It is not in the inactive form, but in what definitions are
  // compared by.
  bool found = false;
};

// What libvirt may make of a value that a definition says.
struct Becoming {
  Name from;                              // a shell pattern
  Name to;                                // a shell pattern, in which <> stands for what the definition says
  std::span<const Condition> conditions;  // of the definition's row: all of them hold
};

// What libvirt leaves out although a definition says it: what is so without it as well, or has no effect there.
struct Dropping {
  Name value;                             // a shell pattern
  std::span<const Condition> conditions;  // of the definition's row: all of them hold
};

// What a clone has in place of what only one VM may have, if all conditions hold.
struct OwnRule {
  enum class Gives {
    kNone,     // a new value where the type has one (UUIDs, MAC addresses); else nothing: of a row not the row
    kValue,    // `value`, also if there was none
    kColumn,   // what the clone's own row has in the column named `value`
    kRenamed,  // the same with the clone's name in place of the VM's; behind it where it has not that name
  };
  Gives gives = Gives::kNone;
  Name value;
  std::span<const Condition> conditions;
};

// A value that is said if all conditions hold: by a definition, instead of what libvirt writes for a running VM
// ({replaced}), or by a new row that leaves it open ({default}).
struct Replacement {
  Name value;
  std::span<const Condition> conditions;
};

// What the marks of a column say of its values. Few columns have any; those that say the same share one.
struct ColumnMarks {
  LiveRule live;
  std::span<const Replacement> replaced;  // the first that applies is the definition's value; before `live`
  std::span<const Name> key_with;         // {key WITH ...}: the columns that must agree as well
  bool placed = false;     // {placed}: of a key: as long as no row says it, it is the row's place in its list
  bool added = false;      // libvirt may add it to what was asked
  bool started = false;    // {started}, {started if ...}: libvirt may add it when the VM starts, if these hold of what
                           // was asked
  bool actual = false;     // of a running VM it says what is now, not what was asked, if these hold
  bool derived = false;    // {derived if ...}: libvirt computes it if these hold of what libvirt says
  bool each = false;       // {each}: libvirt makes a row for each number of the set
  bool unsaid = false;     // {unsaid if ...}: a running VM does not say it if these hold of its row
  bool both_tags = false;  // {both_tags}: of a text: libvirt writes <x></x> if it is empty
  Name added_value;        // {added VALUE}: that value alone
  std::span<const Condition> started_if;
  std::span<const Condition> actual_if;
  std::span<const Condition> derived_if;
  std::span<const Condition> unsaid_if;
  // {inherited COLUMN TABLE}: what is {started} here comes from this column of a row of TABLE that belongs to what
  // COLUMN of the same row names.
  const Column* inherited = nullptr;
  const Column* inherited_by = nullptr;
  Name from_name;                // {from COLUMN}
  const Column* from = nullptr;  // a running VM's value comes down from that of this column to the one asked for
  std::span<const OwnRule> own;  // only one VM may have the value; the first rule that applies says what a clone has
  std::span<const Becoming> becomes;
  std::span<const Dropping> dropped;
  Name limit_name;                   // {limited COLUMN}
  const Column* limit = nullptr;     // libvirt lowers it to what this column of the same row says
  Name repeated_name;                // {repeated COLUMN}, {repeated COLUMN if ...}
  const Column* repeated = nullptr;  // what the first of its rows says here, the row around says in this column too
  std::span<const Condition> repeated_if;  // if these hold of that first row; of columns of its own, without patterns
  Name implied;                      // {implied VALUE}: what libvirt takes if the element is there and does not say it
  std::int64_t default_unit = 1024;  // of a size: how many bytes one is if no unit is written
  Name preset;                       // {default VALUE}: what a new row has if the INSERT leaves it open
  std::span<const Replacement> preset_if;  // {default VALUE if ...}: the first that applies; before `preset`
  Name shown;                              // {shown ROLE}: what vm_devices shows it as: name, model, source, detail
  Name after;                              // {after COLUMN SEPARATOR}: the column behind whose value it is written
  Name after_separator;
  Name captured;       // of a root: uuid, driver or name: what of the capture it is; in no XML
  Name namespace_uri;  // of a root's @xmlns:PREFIX: the URI that PREFIX stands for in the catalog
};
inline constexpr ColumnMarks kNoColumnMarks;

// One stored column that holds an attribute, a text, a presence or a JSON subtree of the XML.
struct Column {
  Name name;
  Type type = Type::kText;
  bool key = false;
  bool unique = false;
  bool index = false;
  Name xml_path;       // from the document's root: /domain/devices/disk/driver/@cache
  Name relative_path;  // from the row's element: driver/@cache
  Name doc;
  const ColumnMarks* marks = &kNoColumnMarks;
  const Column* unit = nullptr;  // of a size: the column of its unit, where it has one
  const Column* size = nullptr;  // of a unit: the column whose unit it is
  const Table* table = nullptr;  // the attachment's table or its resource's
  std::uint32_t slot = 0;        // place in Row::values
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
    Name name;
    const Column* column = nullptr;
  };
  Name name;
  Kind kind = Kind::kBytes;
  std::span<const Part> parts;
  std::int64_t default_unit = 1024;  // kBytes: how many bytes one is if no unit is written
  Name doc;
  Name xml_path;
  const Table* table = nullptr;
};

// What the views show of a row though other rows say it.
struct Related {
  Name name;
  Name doc;
  // {json NAME}: the rows of a table that belong to the row, as JSON: an object, or an array of objects if there may be
  // several. Else, {seen NAME TABLE COLUMN}, a column of the row of a table, or of what that belongs to, which has the
  // same value in `same` and is of the same host.
  const Table* rows = nullptr;
  const Column* value = nullptr;
  const Column* same = nullptr;
};

// Columns that together tell which of its siblings a row is.
struct Identity {
  std::span<const Column* const> columns;
  bool certain = true;  // {key}: rows that differ in it are different things; else ({hint}) they may be the same
};

struct Attribute {
  // An alternative spelling of the attribute, used where the nearest enclosing @type has this value.
  struct Spelling {
    Name name;
    Name when_type;
  };
  Name name;
  std::span<const Spelling> spellings;
  const Column* spelled_after = nullptr;  // where there are spellings: the column of the @type that decides
  const Column* column = nullptr;
};

// What the marks of an element say of the rows that it makes, or of all that it holds if it is a container. Few
// elements have any; those that say the same share one.
struct ElementMarks {
  LiveRule live;
  bool added = false;    // as ColumnMarks::added
  bool started = false;  // {started}, {started if ...}: libvirt may add the row when or while the VM runs; of a
                         // container as ColumnMarks::started
  bool dropped = false;  // {dropped if ...}: libvirt leaves the row out if these hold
  std::span<const Condition> started_if;
  std::span<const Condition> dropped_if;
  std::span<const OwnRule> own;  // as ColumnMarks::own, of rows
  // {secret}: attributes and child elements that are left out wherever a document comes from; they have no columns.
  std::span<const Name> secret_attributes;
  std::span<const Name> secret_children;
};
inline constexpr ElementMarks kNoElementMarks;

// A place in the XML tree.
struct Element {
  Name name;
  std::uint32_t occurrence = 0;  // n of `name#n`; 0 where every child of the name goes here
  Name condition_attribute;
  Name condition_value;
  bool condition_negated = false;
  Name path;           // from the root
  Name relative_path;  // from the row's element, as layouts and vendor_options name places: source/reservations
  Name token;          // how layouts name it among its siblings: name, name#2, name[@type=mdev]
  // Of a row: what the column `element` says; its name, or, where the same row has several elements of that name in the
  // same table, its path from that row's element: cache/monitor.
  Name label;
  const ElementMarks* marks = &kNoElementMarks;
  bool unordered = false;      // of `name#n`: the order of the numbered elements has no meaning
  bool holds_devices = false;  // the rows directly below are devices
  bool spaced = false;         // of a root: libvirt writes empty lines around what is directly below it

  // Of an element in a namespace, as qemu:arg: the column of its root's @xmlns:qemu, which has the namespace's URI.
  const Column* declaration = nullptr;

  const Element* parent = nullptr;
  std::span<const Attribute> attributes;
  std::span<const Element* const> children;
  const Column* text = nullptr;  // the element's text
  const Column* flag = nullptr;  // the element's presence
  const Column* json = nullptr;  // the element's whole content

  // Where the element makes a row of its own:
  const Table* table = nullptr;  // its table; nullptr for a container
  bool ordered = false;          // of many: whether their order has a meaning
  bool many = false;             // any number of rows, or at most one
  bool any_name = false;         // `*`
  bool of_resource = false;      // owned by the enclosing attachment's resource
  std::uint32_t child_slot = 0;  // place in the enclosing row element's row_elements
  std::span<const Element* const>
      row_elements;                        // of a row's element: the elements below it that make rows of their own
  std::span<const Column* const> foreign;  // of a row's element: the columns that only other elements of its table have
  const Element* recursion = nullptr;  // where this element nests in itself: the element whose description it shares

  // The slots and child lists that hold what is below the element: [first, end). Others of the row may lie between.
  std::uint32_t first_slot = 0, end_slot = 0;
  std::uint32_t first_child_slot = 0, end_child_slot = 0;

  // Whether libvirt has libxml2 write the element: it holds any elements, which are not its own.
  bool is_dumped() const {
    for (const Element* child : children)
      if (child->any_name) return true;
    return false;
  }

  // The element whose attributes and children describe this one (itself, or the one it recurs to).
  const Element& shape() const { return recursion ? *recursion : *this; }
};

// A table that the catalog describes. An attachment's columns and those of its resource share one row of slots.
struct Table {
  Name name;
  Name doc;
  std::span<const Column* const> columns;
  std::span<const Computed> computed;
  std::span<const Related> related;

  const Table* owner = nullptr;  // the table that its rows belong to; nullptr for the root and for resources
  Name owner_key;                // name of the foreign key column: vm_uuid, disk_attachment_id, disk_id
  bool one_per_owner = true;     // no element of it is a `list` or a `set`
  bool recursive = false;        // has parent_id
  // Of a root: the column by which other rows refer to its rows, and what they call it; empty: its id.
  Name natural_key;
  Name reference_name;
  Name named;                      // of a root: the column with libvirt's name of the thing; empty: not forgotten
  Name function_name;              // of a root: <function_name>_import() and <function_name>_xml()
  std::span<const Name> identity;  // of a root: the columns that together say which thing a row is; empty: any {key}
  bool files = false;              // of a root: {files}: it needs the files whose paths are below it
  Name ordinal;                    // name of the column that counts the rows of one owner; empty: none
  bool usual = false;              // {usual}: nearly every owner has rows in it
  // Which bit of its owner's `child_tables` says that there may be rows in it. It depends on the table's name alone, so
  // that it means the same to every version of the catalog; two tables may share one, which costs a look-up that finds
  // nothing. 0: the table has none, as it is usual or nobody's.
  std::int64_t bit = 0;

  std::span<const Identity> identities;  // best first; the resource's among them

  const Table* resource = nullptr;    // attachments: what they attach
  const Table* attachment = nullptr;  // resources: who attaches them
  Name resource_key;                  // attachments: name of the foreign key column
  bool host_scoped = false;           // resources: a real thing of one host
  std::span<const Name> share_keys;

  std::span<const Element* const> elements;    // the elements that make its rows; more than one: column `element`
  std::span<const Table* const> child_tables;  // the tables that it owns, each once, in order
  std::uint32_t slots = 0;                     // values of a row, resource included
  std::span<const Column* const> row_columns;  // what a row has, its resource's columns included, by slot

  bool has_element_column() const { return distinct_elements > 1; }
  std::uint32_t distinct_elements = 0;
  bool is_device() const { return !device_type.empty(); }
  Name device_type;  // attachment_indices.device_type of its rows: disk, port, ...

  bool is_root() const { return !owner && !attachment; }
  // Of a root: whether its rows are VMs, what devices and history refer to by UUID.
  bool is_vm() const { return reference_name == "vm_uuid"; }
  // Whether its rows have `child_tables`: some table that it owns is not usual.
  bool has_bits() const;
  // Whether an owner's row with these `child_tables` may have rows in it.
  bool may_be_in(std::int64_t owners_child_tables) const { return usual || (owners_child_tables & bit) != 0; }
  // The column that rows which belong to it refer to.
  Name referred_column() const { return natural_key.empty() ? Name("id") : natural_key; }
  const Column* find(std::string_view column_name) const;
  const Computed* find_computed(std::string_view column_name) const;
};

// The most children that the catalog may describe for one element.
inline constexpr std::size_t kMaxChildren = 256;

// The columns of an element and of the containers in it that are part of its row, each once.
std::vector<const Column*> columns_of(const Element& element);

// Thrown for a catalog that does not parse (FILE:LINE: what is wrong), and for a root that it has not.
struct CatalogError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Catalog {
 public:
  // The catalog that is built into the program.
  static const Catalog& standard();

  // `tables`: owners and resources come before what refers to them; `by_name`: the same tables, sorted by name. All of
  // it must outlive the catalog.
  constexpr Catalog(std::span<const Element* const> roots, std::span<const Table* const> tables,
                    std::span<const Table* const> by_name)
      : roots_(roots), tables_(tables), by_name_(by_name) {}

  // Throws CatalogError if there is no such root.
  const Element& root(std::string_view name) const;
  std::span<const Element* const> roots() const { return roots_; }
  // All tables; owners and resources come before what refers to them.
  std::span<const Table* const> tables() const { return tables_; }
  // The table of the name, or nullptr.
  const Table* find_table(std::string_view name) const;

 protected:
  Catalog() = default;  // of one that is being built

  std::span<const Element* const> roots_;
  std::span<const Table* const> tables_;
  std::span<const Table* const> by_name_;
};

// disk_attachments -> disk_attachment, memory_balloons -> memory_balloon, boot_entries -> boot_entry.
std::string singular(std::string_view plural);

}  // namespace virtsql
