#include "core/catalog/computed_columns.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/resolve_conditions.h"

namespace virtsql {
namespace {

class ComputedColumns {
 public:
  ComputedColumns(CatalogStorage& storage, const Pending& pending, const ColumnDrafts& columns)
      : storage_(storage), pending_(pending), columns_(columns) {}

  void add() {
    for (const Pending::Size& size : pending_.sizes) add_bytes(size);
    for (const Pending::Group& group : pending_.groups) add_json(group);
    for (const Pending::Member& member : pending_.members) add_member(member);
    for (const Pending::Group& pci : pending_.pcis) add_pci_address(pci);
    add_into_json();
  }

 private:
  void add_bytes(const Pending::Size& size) {
    Computed bytes;
    std::vector<Computed::Part> parts = {{"", size.column}};
    for (const Attribute& attribute : size.element->attribute_list) {
      if ((attribute.name != "unit" && attribute.name != "units") || attribute.column == size.column) continue;
      size.column->unit = attribute.column;
      columns_.draft(attribute.column).size = size.column;
      parts.push_back({"unit", attribute.column});
    }
    bytes.default_unit = size.column->marks->default_unit;
    bytes.name = storage_.keep(size.column->name + "_bytes");
    bytes.parts = storage_.keep(std::move(parts));
    bytes.doc = storage_.keep(size.column->name + " in bytes.");
    bytes.xml_path = size.column->xml_path;
    size.table->add(bytes);
  }

  // The column of an `as_json` element: an object of its attributes or, if it is the first of numbered ones (boot#1),
  // an array of what they all have.
  void add_json(const Pending::Group& group) {
    std::vector<Computed::Part> parts;
    const auto add_parts = [&](const ElementDraft& element) {
      for (const Attribute& attribute : element.attribute_list)
        if (attribute.column->table == group.table) parts.push_back({attribute.name, attribute.column});
    };
    const bool numbered = group.element->occurrence != 0;
    if (numbered) {
      for (const ElementDraft* sibling : static_cast<const ElementDraft*>(group.element->parent)->child_drafts)
        if (sibling->name == group.element->name) add_parts(*sibling);
    } else {
      add_parts(*group.element);
    }
    if (parts.empty()) throw CatalogError(group.element->path + ": as_json, and no attribute in " + group.table->name);
    Computed json;
    json.name = storage_.keep(group.name);
    json.kind = numbered ? Computed::Kind::kJsonArray : Computed::Kind::kJsonObject;
    json.parts = storage_.keep(std::move(parts));
    json.doc = storage_.keep(group.doc.empty() ? "The attributes of <" + group.element->name + "> as one JSON object."
                                               : std::string(group.doc));
    json.xml_path = group.element->path;
    group.table->add(json);
  }

  // Adds the columns of {into NAME}: for each NAME one object of all columns that have this mark.
  void add_into_json() {
    std::map<std::pair<TableDraft*, std::string_view>, std::vector<Computed::Part>> objects;
    for (const Pending::IntoJson& one : pending_.into_json)
      objects[{one.table, one.name}].push_back({one.column->name, one.column});
    for (auto& [place, parts] : objects) {
      std::string doc;
      for (const Computed::Part& part : parts) doc += (doc.empty() ? "" : ", ") + std::string(part.name);
      Computed json;
      json.name = storage_.keep(place.second);
      json.kind = Computed::Kind::kJsonObject;
      json.parts = storage_.keep(std::move(parts));
      json.doc = storage_.keep(doc + " as one JSON object.");
      place.first->add(json);
    }
  }

  void add_member(const Pending::Member& member) {
    Computed computed;
    computed.name = storage_.keep(member.name);
    computed.kind = Computed::Kind::kMember;
    computed.parts = storage_.keep(std::vector<Computed::Part>{{storage_.keep(member.member), member.column}});
    computed.doc = storage_.keep("The " + std::string(member.member) + " in " + std::string(member.column->name) + ".");
    computed.xml_path = member.column->xml_path;
    member.table->add(computed);
  }

  // The column of the element's attribute or child of the name, or nullptr.
  static const Column* part_column(const ElementDraft& element, std::string_view name) {
    for (const Attribute& attribute : element.attribute_list)
      if (attribute.name == name) return attribute.column;
    for (const ElementDraft* child : element.child_drafts)
      if (child->name == name && child->text) return child->text;
    return nullptr;
  }

  void add_pci_address(const Pending::Group& pci) {
    std::vector<Computed::Part> parts;
    for (const char* name : {"domain", "bus", "slot", "function", "type"})
      if (const Column* column = part_column(*pci.element, name)) parts.push_back({name, column});
    // libvirt writes the address of a host device without a type. Then the type of the device decides, so it is a
    // second part `type`, which counts if the first is NULL.
    const Column* type = part_column(*pci.element, "type");
    const Column* around = type ? nearest_attribute(pci.element->parent, "type") : nullptr;
    if (around && around->table == pci.table) parts.push_back({"type", around});
    if (!part_column(*pci.element, "slot")) throw CatalogError(pci.element->path + ": {pci}, and no slot in it");
    Computed address;
    address.name = storage_.keep(pci.name);
    address.kind = Computed::Kind::kPciAddress;
    address.parts = storage_.keep(std::move(parts));
    address.doc = "The PCI address as lspci writes it: 0000:00:03.0.";
    address.xml_path = pci.element->path;
    pci.table->add(address);
  }

  CatalogStorage& storage_;
  const Pending& pending_;
  const ColumnDrafts& columns_;
};

}  // namespace

void add_computed(CatalogStorage& storage, const Pending& pending, const ColumnDrafts& columns) {
  ComputedColumns(storage, pending, columns).add();
}

}  // namespace virtsql
