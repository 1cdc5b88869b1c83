// The catalog: libvirt's XML, described once.
//
// The files in core/catalog/ say for each element, attribute and text of a document which table and column keeps it,
// and of which type and meaning it is (core/catalog/README.md describes their language). This header holds what they
// say as linked structures:
//
//   Element  a place in the XML tree: its attributes, its children in the order in which libvirt writes them, and
//            for each of them the column that holds it;
//   Table    a table of the database: its columns, its owner, the tables below it.
//
// Shredding, generation, DDL, the views, virtsql_catalog and the reference walk these structures. None of them names an
// XML element itself.
//
// How a program gets it: the files are read while virtsql is built. language.h reads their lines, builder.h makes this
// model of them, and compiler.cc writes the model as C++ constants that refer to each other. So a program has the
// catalog when it starts, without any work, and nothing here owns anything.
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

#include "core/base/number.h"

namespace virtsql {

struct Column;
struct Element;
struct Table;

// A text of the catalog. It lives as long as the catalog, and a NUL byte follows it. `+` with another text gives a
// std::string. A default Name is empty, has no data() and means that there is none.
struct Name : std::string_view {
  constexpr Name() = default;
  // The text must outlive the Name, which only points to it.
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

// Returns the type that has this name in the catalog language; nullopt if none has.
std::optional<Type> type_named(std::string_view name);

// Whether SQLite stores a value of the type as INTEGER or REAL, if the value has its canonical spelling.
bool is_numeric(Type type);

// A test of one column of a row: what stands after `if` in a mark. `value` is one alternative or several with | between
// them; with kAtLeast it is <>, and both values are whole numbers. An alternative with a * or, if there is a column
// `inserted`, each is a shell pattern, in which <> stands for the marked row's value in that column.
struct Condition {
  enum class Test { kThere, kMissing, kEquals, kDiffers, kAtLeast };
  Test test = Test::kThere;
  Name attribute;  // as the mark names the column: type, or source/@network from the row's element
  const Column* column = nullptr;
  // If the column is of rows below: their element. The first of them is tested. But if there is a column `inserted` or
  // they are below the document's root, any of them may have the value (kThere, kEquals, kAtLeast), or none (kMissing,
  // kDiffers).
  const Element* child = nullptr;
  // Which row has the column: the row itself, the row around it, or the document's root.
  enum class Of { kRow, kAround, kRoot };
  Of of = Of::kRow;
  Name value;
  Name inserted_attribute;  // as the mark names the column `inserted`
  const Column* inserted = nullptr;
};

// When something is not part of a definition, because libvirt writes it only for a running VM.
struct LiveRule {
  enum class When { kNever, kAlways, kIfValue, kUnlessValue, kIf };
  When when = When::kNever;
  Name pattern;                           // of kIfValue and kUnlessValue: a shell pattern
  std::span<const Condition> conditions;  // of kIf: all of them must hold
  // {found}: a definition may say it as well. The inactive form leaves it out, but a comparison of definitions counts
  // it.
  bool found = false;
};

// A value of a definition that libvirt may answer with another one ({becomes}, {started_as}).
struct Becoming {
  Name from;                              // a shell pattern
  Name to;                                // a shell pattern, in which <> stands for the definition's value
  bool at_start = false;                  // {started_as}: only when the VM starts, so only a running VM has the answer
  std::span<const Condition> conditions;  // on the definition's row; all of them must hold
};

// A value that libvirt fills in for a column that a definition leaves open ({added VALUE}, {added =COLUMN}).
struct Filling {
  Name value;                    // a shell pattern; of a size a number, with its unit if that is not the default one
  Name like_name;                // {added =COLUMN}
  const Column* like = nullptr;  // if there is one, the value is that of this column of libvirt's row
  std::span<const Condition> conditions;  // on libvirt's row, as those of an Addition; all of them must hold
};

// A row that libvirt may add to a definition ({added}, {added if ...}).
struct Addition {
  // All of them must hold of the row that libvirt added. Conditions on the row around it are of the definition's row,
  // those on the root of the document in which libvirt added it.
  std::span<const Condition> conditions;
};

// A value of a definition that libvirt leaves out ({dropped}), because without it the VM is the same or because it has
// no effect there.
struct Dropping {
  Name value;                             // a shell pattern
  std::span<const Condition> conditions;  // on the definition's row; all of them must hold
};

// What a clone gets in place of something that only one VM may have ({own}), if all conditions hold.
struct OwnRule {
  enum class Gives {
    kNone,     // a new value if the type has one (UUIDs, MAC addresses), else none; a row is left out
    kValue,    // `value`, even if the VM has none
    kColumn,   // the value that the clone's root row has in the column named `value`
    kRenamed,  // the VM's value with the clone's name in place of the VM's, or behind it if that is not in it
  };
  Gives gives = Gives::kNone;
  Name value;
  std::span<const Condition> conditions;
};

// A value that a column has if all conditions hold: in a definition, although libvirt writes another value for a
// running VM ({replaced}), or in a new row whose INSERT leaves the column open ({default}).
struct Replacement {
  Name value;
  std::span<const Condition> conditions;
};

// How libvirt reads a text in which more spellings than one mean the same ({reads ...}).
enum class ReadAs : std::uint8_t {
  kText,     // as it is
  kNumber,   // number: a whole number with or without a sign (+5 is 5), or a word
  kAddress,  // address: an IP address (fe80:0::1 is fe80::1)
  kLetters,  // letters: in any case
};

// What the marks of a column say about its values. Few columns have marks; columns with equal marks share one object.
struct ColumnMarks {
  LiveRule live;
  std::span<const Replacement> replaced;  // the first that applies is the definition's value; it goes before `live`
  Name appended;  // {appended TEXT* if ...}: how the end begins that libvirt appends for a running VM
  std::span<const Condition> appended_if;
  std::span<const Name> key_with;  // {key WITH ...}: the KeyWords that identify the row together with this one
  bool placed = false;             // {placed}, on a key: while no row has it, libvirt takes the row's place in its list
  bool added = false;              // {added}: libvirt may add it to what was asked, whatever its value
  bool started = false;            // {started}, {started if ...}: libvirt may add it when the VM starts, if started_if
                                   // holds for what was asked
  bool actual = false;             // a running VM says what is now, not what was asked, if actual_if holds for its row
  bool derived = false;            // {derived if ...}: libvirt computes it if derived_if holds for libvirt's row
  bool each = false;               // {each}: libvirt makes a row for each number of the set
  bool unsaid = false;             // {unsaid if ...}: a running VM's XML lacks it if unsaid_if holds for its row
  bool both_tags = false;          // {both_tags}, on a text: libvirt writes <x></x> if it is empty
  std::span<const Filling> fillings;  // libvirt may add one of these values to what was asked
  std::span<const Condition> started_if;
  std::span<const Condition> actual_if;
  std::span<const Condition> derived_if;
  std::span<const Condition> unsaid_if;
  // {inherited COLUMN TABLE}: libvirt takes the value, which is {started} here, from the column `inherited` of TABLE.
  // The row of TABLE belongs to the thing whose name is in the column `inherited_by`, the COLUMN of this row.
  const Column* inherited = nullptr;
  const Column* inherited_by = nullptr;
  Name from_name;                // {from COLUMN}
  const Column* from = nullptr;  // a running VM's value comes down from that of this column to the one asked for
  std::span<const OwnRule> own;  // only one VM may have the value; the first rule that applies says what a clone gets
  std::span<const Becoming> becomes;
  std::span<const Dropping> dropped;
  Name limit_name;                   // {limited COLUMN}
  const Column* limit = nullptr;     // libvirt lowers the value to that of this column of the same row
  Name repeated_name;                // {repeated COLUMN}, {repeated COLUMN if ...}
  const Column* repeated = nullptr;  // a column of the row around: it has the value of the first of these rows as well
  std::span<const Condition> repeated_if;  // if these hold for that first row; only columns of its own, no patterns
  Name implied;                            // {implied VALUE}: what libvirt assumes if the element is there without it
  std::int64_t default_unit = 1024;        // of a size: how many bytes one unit is if no unit is written
  // {base 16}, {base c}, {base 10 if ...}: how libvirt reads a number without 0x, if base_if holds. Else, and without
  // the mark, it reads a `hex` as C does, and any other number in decimal.
  std::optional<Digits> base;
  std::span<const Condition> base_if;      // of a `hex` alone
  ReadAs reading = ReadAs::kText;          // {reads number}, {reads address}, {reads letters}
  bool power_of_two = false;               // {power_of_two}, of a size: libvirt raises it to the next power of two
  std::int64_t rounded = 0;                // {rounded UNIT}, of a size: raised to a multiple at the start; in bytes
  Name preset;                             // {default VALUE}: what a new row has if the INSERT leaves it open
  std::span<const Replacement> preset_if;  // {default VALUE if ...}: the first that applies; it goes before `preset`
  std::span<const Condition> with;         // {with @type=A|B}: the types of which the column is a source
  Name shown;                              // {shown ROLE}: what vm_devices shows it as: name, model, source, detail
  Name after;  // {after COLUMN SEPARATOR}: people see the value behind that column's: pool/volume
  Name after_separator;
  Name captured;       // of a root: which part of the capture it holds (uuid, driver or name); in no XML
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
  const Column* unit = nullptr;  // of a size: the column of its unit; nullptr if it has none
  const Column* size = nullptr;  // of a unit: the column of the size that it is the unit of
  const Table* table = nullptr;  // the table that stores it: the attachment's or its resource's
  std::uint32_t slot = 0;        // place in Row::values
};

// A column that the database computes from stored columns of the same table. This says what it is;
// core/schema/computed.h writes the SQL.
struct Computed {
  enum class Kind {
    kBytes,             // a size in bytes; parts: the number and, if there is one, the column of its unit
    kPciAddress,        // 0000:00:03.0; parts: domain, bus, slot, function, type (the first that is not NULL)
    kJsonObject,        // the parts as members of a JSON object
    kJsonArray,         // the parts as items of a JSON array
    kElementName,       // the qualified name of the element that the JSON column holds
    kElementNamespace,  // the namespace that this element declares for its own prefix
    kMember,            // the text of the first member of the JSON column that has the part's name
  };
  struct Part {
    Name name;
    const Column* column = nullptr;
  };
  Name name;
  Kind kind = Kind::kBytes;
  std::span<const Part> parts;
  std::int64_t default_unit = 1024;  // kBytes: how many bytes one unit is if no unit is written
  Name doc;
  Name xml_path;
  const Table* table = nullptr;
};

// A column that the views show with a row although other rows hold its value.
struct Related {
  Name name;
  Name doc;
  // {json NAME}: the rows of the table `rows` that belong to the row, as JSON: an object, or an array of objects if
  // there may be several. `value` and `same` are nullptr.
  // {seen NAME TABLE COLUMN}: the column `value` of the table `rows` or of a table that owns it. It is taken from the
  // row whose column `same` has the same value as the marked column, on the same host.
  const Table* rows = nullptr;
  const Column* value = nullptr;
  const Column* same = nullptr;
};

// Columns that together identify a row among its siblings.
struct Identity {
  std::span<const Column* const> columns;
  bool certain = true;  // {key}: rows that differ in it are different things; else ({hint}) they may be the same thing
};

struct Attribute {
  // Another name of the attribute, used if the @type that decides (`spelled_after`) has the value `when_type`.
  struct Spelling {
    Name name;
    Name when_type;
  };
  Name name;
  std::span<const Spelling> spellings;
  const Column* spelled_after = nullptr;  // if there are spellings: the column of the @type that decides
  const Column* column = nullptr;
};

// What the marks of an element say about the rows that it makes or, if it is a container, about everything in it. Few
// elements have marks; elements with equal marks share one object.
struct ElementMarks {
  LiveRule live;
  bool added = false;    // of a container: as ColumnMarks::added
  bool started = false;  // {started}, {started if ...}: libvirt may add the row when the VM starts or while it
                         // runs; on a container: as ColumnMarks::started
  bool dropped = false;  // {dropped if ...}: libvirt leaves the row out if dropped_if holds
  std::span<const Addition> additions;  // of rows: when libvirt may add one to a definition
  std::span<const Condition> started_if;
  std::span<const Condition> dropped_if;
  std::span<const OwnRule> own;  // as ColumnMarks::own, for whole rows
  // {secret}: attributes and child elements that are removed from every document, wherever it comes from. They have no
  // columns.
  std::span<const Name> secret_attributes;
  std::span<const Name> secret_children;
};
inline constexpr ElementMarks kNoElementMarks;

// A place in the XML tree.
struct Element {
  Name name;
  std::uint32_t occurrence = 0;  // n of `name#n`; 0 if every child of the name goes here
  Name condition_attribute;
  Name condition_value;
  bool condition_negated = false;
  Name path;           // from the root
  Name relative_path;  // from the row's element, as layouts and vendor_options name places: source/reservations
  Name token;          // how layouts name it among its siblings: name, name#2, name[@type=mdev]
  // Of an element that makes rows: what the column `element` says in these rows. It is the element's name, or, if the
  // row above has several elements of that name in the same table, the path from that row's element: cache/monitor.
  Name label;
  const ElementMarks* marks = &kNoElementMarks;
  bool unordered = false;      // of `name#n`: the order of the numbered elements has no meaning
  bool holds_devices = false;  // the rows directly below are devices
  bool spaced = false;         // of a root: libvirt writes empty lines around what is directly below it

  // Of an element in a namespace (qemu:arg): the column of its root's @xmlns:qemu, whose marks have the namespace's
  // URI.
  const Column* declaration = nullptr;

  const Element* parent = nullptr;
  std::span<const Attribute> attributes;
  std::span<const Element* const> children;
  const Column* text = nullptr;  // the element's text
  const Column* flag = nullptr;  // the element's presence
  const Column* json = nullptr;  // the element's whole content

  // If the element makes rows of its own:
  const Table* table = nullptr;  // its table; nullptr for a container
  bool ordered = false;          // if `many`: whether the order of the rows has a meaning
  bool many = false;             // there may be any number of rows; else at most one
  bool any_name = false;         // it is `*`: an element of any name
  bool of_resource = false;      // its rows belong to the enclosing attachment's resource
  std::uint32_t child_slot = 0;  // place in the enclosing row element's row_elements
  std::span<const Element* const>
      row_elements;                        // of a row's element: the elements below it that make rows of their own
  std::span<const Column* const> foreign;  // of a row's element: the columns that only other elements of its table have
  const Element* recursion = nullptr;  // if the element nests in itself: the outer element, whose description it shares

  // The slots and child lists that hold what is below the element: [first, end). Slots and lists of other elements of
  // the row may lie between.
  std::uint32_t first_slot = 0, end_slot = 0;
  std::uint32_t first_child_slot = 0, end_child_slot = 0;

  // Whether libvirt lets libxml2 write the element, because its content is not libvirt's own: it has a child `*`.
  bool is_dumped() const {
    for (const Element* child : children)
      if (child->any_name) return true;
    return false;
  }

  // Returns the root of the document that the element is in.
  const Element& root() const {
    const Element* out = this;
    while (out->parent) out = out->parent;
    return *out;
  }

  // Returns the element that makes the row to which this one belongs: itself, or the nearest around it that has a
  // table.
  const Element& row_element() const {
    const Element* out = this;
    while (!out->table) out = out->parent;
    return *out;
  }

  // Returns the element whose attributes and children describe this one: itself or, if it nests in itself, `recursion`.
  const Element& shape() const { return recursion ? *recursion : *this; }
};

// A table that the catalog describes. A row in memory has slots for an attachment's columns and for those of its
// resource.
struct Table {
  Name name;
  Name doc;
  std::span<const Column* const> columns;
  std::span<const Computed> computed;
  std::span<const Related> related;

  const Table* owner = nullptr;  // the table that its rows belong to; nullptr for roots and resources
  Name owner_key;                // name of the foreign key column: vm_uuid, disk_attachment_id, disk_id
  bool one_per_owner = true;     // no element of it is a `list` or a `set`, or nests in itself
  bool recursive = false;        // its rows can nest: it has the column parent_id
  // Of a root: the column by which other rows refer to its rows (empty: its id), and what their own column is called.
  Name natural_key;
  Name reference_name;
  // Of a root: the column with libvirt's name of the thing. If libvirt no longer has the thing, its row is found by
  // this name and deleted. Empty: the rows stay.
  Name name_column;
  Name function_name;              // of a root: <function_name>_import() and <function_name>_xml()
  std::span<const Name> identity;  // of a root: the columns that together identify the thing; empty: each {key} does
  bool files = false;              // {files}, of a root: the thing needs the host's files whose paths are below it
  Name ordinal;                    // name of the column that counts the rows of one owner; empty: none
  bool usual = false;              // {usual}: nearly every owner has rows in it
  bool single = false;             // {single}: libvirt takes one of it, though a document may have more
  // The bit in the `child_tables` of an owner's row that says that this table may have rows of that owner. It depends
  // on the table's name alone, so every version of the catalog means the same by it. Two tables may share a bit, which
  // costs a look-up that finds nothing. 0: the table has no bit, because it is usual or has no owner.
  std::int64_t bit = 0;

  std::span<const Identity> identities;  // best first; those of its resource included

  const Table* resource = nullptr;    // of an attachment: the table of what it attaches
  const Table* attachment = nullptr;  // of a resource: the table of its attachments
  Name resource_key;                  // of an attachment: name of the foreign key column
  bool host_scoped = false;           // of a resource: a row is a real thing of one host
  std::span<const Name> share_keys;

  std::span<const Element* const> elements;    // the elements that make its rows; if labels differ: column `element`
  std::span<const Table* const> child_tables;  // the tables that it owns, each once, in order
  std::uint32_t slots = 0;                     // number of values in a row, those of its resource included
  std::span<const Column* const> row_columns;  // what a row has, its resource's columns included, by slot

  bool has_element_column() const { return label_count > 1; }
  std::uint32_t label_count = 0;
  bool is_device() const { return !device_type.empty(); }
  Name device_type;  // attachment_indices.device_type of its rows: disk, port, ...

  bool is_root() const { return !owner && !attachment; }
  // Whether its rows are VMs, to which devices and history refer by UUID.
  bool is_vm() const { return reference_name == "vm_uuid"; }
  // Whether it has the column `child_tables`: some table that it owns is not usual.
  bool has_bits() const;
  // Whether this table may have rows of an owner's row that has these `child_tables`.
  bool may_be_in(std::int64_t owners_child_tables) const { return usual || (owners_child_tables & bit) != 0; }
  // Returns the column of this table to which the rows of the tables that it owns refer.
  Name referred_column() const { return natural_key.empty() ? Name("id") : natural_key; }
  const Column* find(std::string_view column_name) const;
  const Computed* find_computed(std::string_view column_name) const;
};

// The most children that the catalog may describe for one element.
inline constexpr std::size_t kMaxChildren = 256;

// Returns the columns of the element and of the containers in it that are part of its row, each once.
std::vector<const Column*> columns_of(const Element& element);

// Thrown if the catalog's text is wrong (FILE:LINE: what is wrong) or if it has no root of the name that is asked for.
struct CatalogError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Catalog {
 public:
  // The catalog that is built into the program.
  static const Catalog& standard();

  // `tables`: all tables; owners and resources come before the tables that refer to them. `by_name`: the same tables,
  // sorted by name. All of this must outlive the catalog.
  constexpr Catalog(std::span<const Element* const> roots, std::span<const Table* const> tables,
                    std::span<const Table* const> by_name)
      : roots_(roots), tables_(tables), by_name_(by_name) {}

  // Returns the element of the root. Throws CatalogError if there is no such root.
  const Element& root(std::string_view name) const;
  std::span<const Element* const> roots() const { return roots_; }
  // All tables; owners and resources come before the tables that refer to them.
  std::span<const Table* const> tables() const { return tables_; }
  // The table of the name, or nullptr.
  const Table* find_table(std::string_view name) const;

 protected:
  Catalog() = default;  // for BuiltCatalog, which fills in the spans

  std::span<const Element* const> roots_;
  std::span<const Table* const> tables_;
  std::span<const Table* const> by_name_;
};

// Returns the singular of a table's name: disk_attachments -> disk_attachment, memory_balloons -> memory_balloon,
// boot_entries -> boot_entry.
std::string singular(std::string_view plural);

}  // namespace virtsql
