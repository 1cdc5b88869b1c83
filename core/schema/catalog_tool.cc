// virtsql-catalog: what developers ask of the catalog.
//
//   virtsql-catalog check [DIR]           parses the catalog files of DIR (default: the source tree's)
//   virtsql-catalog missing PATHS [DIR]   of the XML paths in the file PATHS (one a line: /domain/vcpu/@current,
//                                         /domain/vcpu/#; - is standard input), those that have no column and are not
//                                         in DIR/exceptions, with the lines to add
//   virtsql-catalog schema [DIR]          sql/SCHEMA.md
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "core/catalog/builder.h"
#include "core/schema/markdown.h"

namespace {

using virtsql::BuiltCatalog;
using virtsql::Element;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

BuiltCatalog load(const std::string& folder) { return BuiltCatalog(virtsql::read_catalog_files(folder)); }

// Whether the catalog keeps the path's last step in a column (or below something it keeps whole).
bool covered(const Element& element, std::string_view rest) {
  const Element& shape = element.shape();
  if (element.json || element.any_name) return true;
  if (rest.empty()) return true;
  rest.remove_prefix(1);
  const std::string_view step = rest.substr(0, rest.find('/'));
  const std::string_view below = rest.substr(step.size());
  if (step == "#") return shape.text != nullptr;
  if (step.starts_with("@")) {
    return std::any_of(shape.attributes.begin(), shape.attributes.end(), [&](const virtsql::Attribute& attribute) {
      return attribute.name == step.substr(1) ||
             std::any_of(attribute.spellings.begin(), attribute.spellings.end(),
                         [&](const auto& spelling) { return spelling.name == step.substr(1); });
    });
  }
  return std::any_of(shape.children.begin(), shape.children.end(), [&](const auto& child) {
    return (child->name == step || child->any_name) && covered(*child, below);
  });
}

// The paths of core/catalog/exceptions: `PATH  REASON` a line.
std::set<std::string> exceptions(const std::string& folder) {
  std::set<std::string> out;
  std::istringstream in(read_file(std::filesystem::path(folder) / "exceptions"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) throw std::runtime_error("exceptions: no reason for " + line);
    out.insert(line.substr(0, space));
  }
  return out;
}

// The line that would describe the path.
std::string suggestion(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string last = path.substr(slash + 1);
  if (last == "#")
    return path.substr(path.rfind('/', slash - 1) + 1, slash - path.rfind('/', slash - 1) - 1) + "  text  Meaning.";
  return last + "  text  Meaning.";
}

int missing(const std::string& folder, std::istream& in) {
  const BuiltCatalog catalog = load(folder);
  std::set<std::string> excepted = exceptions(folder);
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    const std::string path = line.substr(0, line.find(' '));
    const std::string root = path.substr(1, path.find('/', 1) - 1);
    if (path.size() <= root.size() + 1) continue;
    if (covered(catalog.root(root), std::string_view(path).substr(root.size() + 1))) {
      if (excepted.contains(path)) std::cout << "has a column, and is in exceptions: " << path << "\n";
      count += excepted.contains(path) ? 1 : 0;
      continue;
    }
    if (excepted.contains(path)) continue;
    std::cout << path << "\n    below " << path.substr(0, path.rfind('/')) << ":  " << suggestion(path) << "\n";
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (!arguments.empty() && arguments[0] == "check") {
      const BuiltCatalog catalog = load(arguments.size() > 1 ? arguments[1] : VIRTSQL_CATALOG_DIR);
      std::size_t columns = 0;
      for (const auto* table : catalog.tables()) columns += table->columns.size();
      for (const std::string& name : catalog.unused_structs()) std::cout << "unused struct: " << name << "\n";
      std::cout << catalog.tables().size() << " tables, " << columns << " columns\n";
      return 0;
    }
    if (arguments.size() > 1 && arguments[0] == "missing") {
      const std::string folder = arguments.size() > 2 ? arguments[2] : VIRTSQL_CATALOG_DIR;
      std::ifstream file(arguments[1]);
      if (arguments[1] != "-" && !file) throw std::runtime_error("cannot read " + arguments[1]);
      const int count = missing(folder, arguments[1] == "-" ? std::cin : file);
      std::cout << count << " paths have no column\n";
      return count == 0 ? 0 : 1;
    }
    if (!arguments.empty() && arguments[0] == "schema") {
      std::cout << virtsql::schema_markdown(load(arguments.size() > 1 ? arguments[1] : VIRTSQL_CATALOG_DIR));
      return 0;
    }
  } catch (const std::exception& error) {
    std::cerr << "virtsql-catalog: " << error.what() << "\n";
    return 1;
  }
  std::cerr << "usage: virtsql-catalog check [DIR] | missing PATHS [DIR] | schema [DIR]\n";
  return 2;
}
