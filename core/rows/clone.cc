#include "core/rows/clone.h"

#include <cassert>
#include <map>

#include "core/base/hex.h"
#include "core/base/letters.h"
#include "core/base/uuid.h"
#include "core/catalog/mac_prefix.h"
#include "core/rows/conditions.h"
#include "core/rows/definition.h"

namespace virtsql {
namespace {

class Cloner {
 public:
  Cloner(const Row& definition, Row& root, std::string_view name,
         const std::function<std::string(std::size_t)>& random_bytes, Arena& arena)
      : old_name_(definition.get(*root.element->table->find("name"))),
        root_(root),
        name_(name),
        random_bytes_(random_bytes),
        arena_(arena) {}

  // Renews `row`, a copy of `definition`. Conditions are asked of `definition`, which stays as it was, so a value that
  // has been replaced already still decides about other values.
  void renew(Row& row, const Row& definition) {
    for (const Column* column : row.element->table->row_columns) {
      for (const OwnRule& rule : column->marks->own) {
        if (!all_hold(rule.conditions, definition)) continue;
        if (rule.gives == OwnRule::Gives::kValue || definition.has(*column))
          row.set(*column, value(rule, *column, definition));
        break;
      }
    }
    for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
      const Row::List old = definition.children[slot];
      Row::List kept;
      Row* next = nullptr;
      const Row* was = old.first;
      for (Row* child = row.children[slot].first; child; child = next, was = was->next) {
        next = child->next;
        child->next = nullptr;
        if (is_own(*row.element->row_elements[slot], *was)) continue;
        renew(*child, *was);
        kept.append(child);
      }
      row.children[slot] = kept;
    }
  }

 private:
  static bool is_own(const Element& element, const Row& row) {
    for (const OwnRule& rule : element.marks->own)
      if (all_hold(rule.conditions, row)) return true;
    return false;
  }

  std::string_view value(const OwnRule& rule, const Column& column, const Row& definition) {
    switch (rule.gives) {
      case OwnRule::Gives::kNone:
        if (column.type == Type::kUuid) return arena_.copy(uuid_text(random_bytes_(16), 4));
        if (column.type == Type::kMac) return new_mac(definition.get(column));
        return {};
      case OwnRule::Gives::kValue:
        return rule.value;
      case OwnRule::Gives::kColumn:
        return root_.get(*root_.element->table->find(rule.value));
      case OwnRule::Gives::kRenamed:
        return arena_.copy(renamed(definition.get(column)));
    }
    return {};
  }

  // Returns the clone's address in place of the VM's. Cards that share one (a teaming pair) share the new one.
  std::string_view new_mac(std::string_view old) {
    const auto [found, is_new] = macs_.try_emplace(lower_case(old));
    if (is_new) found->second = arena_.copy(random_mac());
    return found->second;
  }

  // Returns a MAC address in the range that libvirt uses for such VMs (virDomainNetGenerateMAC()).
  std::string random_mac() {
    std::string out(mac_prefix(root_.get(*root_.element->table->find("domain_type"))));
    for (const char byte : random_bytes_(3)) out += ":" + hex({&byte, 1});
    return out;
  }

  // Returns the path with the clone's name in place of the VM's, or, if the VM's is not in it, with "-" and the clone's
  // name appended. The VM's name is in it as a whole word of the file's name (web in web-0.sock, not in website.sock),
  // or as a folder of exactly this name: other folders are other things, although their names may begin with it.
  // A device of the host has no file for each VM.
  std::string renamed(std::string_view path) const {
    if (is_host_device(path)) return std::string(path);
    std::string out;
    bool any = false;
    const auto add = [&](std::string_view part, bool is_name) {
      out += is_name ? name_ : part;
      any = any || is_name;
    };
    for (std::size_t slash; (slash = path.find('/')) != std::string_view::npos; path.remove_prefix(slash + 1)) {
      add(path.substr(0, slash), slash > 0 && path.substr(0, slash) == old_name_);
      out += '/';
    }
    const std::string_view file = path;
    for (std::size_t at; !old_name_.empty() && (at = path.find(old_name_)) != std::string_view::npos;
         path.remove_prefix(at + old_name_.size())) {
      const std::size_t begin = file.size() - path.size() + at;
      out += path.substr(0, at);
      add(old_name_, is_word(file, begin, begin + old_name_.size()));
    }
    out += path;
    return any ? out : out + "-" + std::string(name_);
  }

  // Whether the path is in /dev, but not in one of the file systems for files that are mounted there.
  static bool is_host_device(std::string_view path) {
    return path.starts_with("/dev/") && !path.starts_with("/dev/shm/") && !path.starts_with("/dev/hugepages");
  }

  // Whether no letter or digit stands before or behind the part [begin, end) of the text.
  static bool is_word(std::string_view text, std::size_t begin, std::size_t end) {
    const auto is_of_word = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             static_cast<unsigned char>(c) >= 0x80;
    };
    return (begin == 0 || !is_of_word(text[begin - 1])) && (end == text.size() || !is_of_word(text[end]));
  }

  std::string_view old_name_;
  Row& root_;
  std::string_view name_;
  const std::function<std::string(std::size_t)>& random_bytes_;
  Arena& arena_;
  std::map<std::string, std::string_view> macs_;  // the clone's, by the VM's in lower case
};

}  // namespace

Row* clone_of(const Row& row, std::string_view name, const std::function<std::string(std::size_t)>& random_bytes,
              Arena& arena) {
  assert(!row.element->parent);
  const Row& definition = *definition_of(row, arena);
  Row& copy = *definition_of(row, arena);
  copy.set(*copy.element->table->find("name"), arena.copy(name));
  Cloner(definition, copy, name, random_bytes, arena).renew(copy, definition);
  return &copy;
}

}  // namespace virtsql
