// virtsql-catalog: what developers ask of the catalog.
//
//   virtsql-catalog check [DIR]           parses the catalog files of DIR (default: the source tree's)
//   virtsql-catalog missing PATHS [DIR]   lists the XML paths in the file PATHS (one a line: /domain/vcpu/@current,
//                                         /domain/vcpu/#; - is standard input) that have no column and are not in
//                                         DIR/exceptions, each with the catalog line to add
//   virtsql-catalog schema SQL [DIR]      writes the reference into the folder SQL: SCHEMA.md, and its pages in schema/
//   virtsql-catalog digest                the digest of the built-in catalog's DDL, as the build puts it into programs
//   virtsql-catalog fleet-digest          the digest of the SQL that makes the fleet's store
//   virtsql-catalog fleet [DIR]           the SQL that makes the fleet's store in PostgreSQL
//   virtsql-catalog secrets [DIR]         the names marked {secret}, as a C++ source that core/spool is built with
//   virtsql-catalog --help, --version
#include <getopt.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <span>
#include <sstream>

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "core/catalog/builder.h"
#include "core/schema/ddl.h"
#include "core/schema/markdown.h"
#include "core/schema/postgresql.h"

namespace {

using virtsql::BuiltCatalog;
using virtsql::Catalog;
using virtsql::CatalogError;
using virtsql::Element;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

BuiltCatalog load(const std::string& folder) { return BuiltCatalog(virtsql::read_catalog_files(folder)); }

// Whether the catalog knows the path: a column has its last step, an element above is kept whole as JSON, or the path
// is {secret} (secrets have no column). `rest` is the part of the path below `element`.
bool covered(const Element& element, std::string_view rest) {
  const Element& shape = element.shape();
  if (element.json || element.any_name) return true;
  if (rest.empty()) return true;
  rest.remove_prefix(1);
  const std::string_view step = rest.substr(0, rest.find('/'));
  const std::string_view below = rest.substr(step.size());
  if (step == "#") return shape.text != nullptr;
  const auto is_secret = [&](std::span<const virtsql::Name> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (step.starts_with("@")) {
    if (is_secret(shape.marks->secret_attributes, step.substr(1))) return true;
    return std::any_of(shape.attributes.begin(), shape.attributes.end(), [&](const virtsql::Attribute& attribute) {
      return attribute.name == step.substr(1) ||
             std::any_of(attribute.spellings.begin(), attribute.spellings.end(),
                         [&](const auto& spelling) { return spelling.name == step.substr(1); });
    });
  }
  if (is_secret(shape.marks->secret_children, step)) return true;
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

// The catalog line that would give the path a column.
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

// Collects what is {secret} in the element and below: child elements as NAME, attributes as ELEMENT@ATTRIBUTE.
void collect_secrets(const Element& element, std::set<std::string>& names) {
  for (const std::string_view attribute : element.marks->secret_attributes)
    names.insert(std::string(element.name) + "@" + std::string(attribute));
  for (const std::string_view child : element.marks->secret_children) names.insert(std::string(child));
  for (const auto& child : element.children) collect_secrets(*child, names);
}

// The C++ source of core/spool/secrets.h. It lists the secrets by name, without a path, so that the hook finds them
// wherever they stand in a document.
std::string secrets_source(const Catalog& catalog) {
  std::set<std::string> names;
  for (const auto& root : catalog.roots()) collect_secrets(*root, names);
  if (names.empty()) throw CatalogError("the catalog has no {secret}");
  std::string out = "// Made by `virtsql-catalog secrets` from the {secret} marks of core/catalog.\n";
  out += "#include \"core/spool/secrets.h\"\n";
  out += R"(
namespace virtsql {
namespace {

constexpr Secret kAll[] = {
)";
  for (const std::string& name : names) {
    const std::size_t at = std::min(name.find('@'), name.size());
    out += "    {\"" + name.substr(0, at) + "\", \"" + (at < name.size() ? name.substr(at + 1) : "") + "\"},\n";
  }
  return out + R"(};

}  // namespace

constinit const std::span<const Secret> kSecrets(kAll);

}  // namespace virtsql
)";
}

// Writes the pages into the folder, and deletes the .md files of its folder schema/ that are no page any more.
void write_pages(const std::map<std::string, std::string>& pages, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "schema");
  for (const auto& entry : std::filesystem::directory_iterator(folder / "schema"))
    if (entry.path().extension() == ".md" && !pages.contains("schema/" + entry.path().filename().string()))
      std::filesystem::remove(entry.path());
  for (const auto& [path, text] : pages) {
    std::ofstream out(folder / path, std::ios::binary);
    if (!(out << text).flush()) throw std::runtime_error("cannot write " + (folder / path).string());
  }
}

constexpr const char* kUsage =
    "usage: virtsql-catalog check [DIR] | missing PATHS [DIR] | schema SQL [DIR] | fleet [DIR] | secrets [DIR] | "
    "digest | fleet-digest | --help | --version\n";

int run(const std::vector<std::string>& arguments) {
  const auto argument = [&](std::size_t index) {
    return arguments.size() > index ? arguments[index] : std::string(VIRTSQL_CATALOG_DIR);
  };
  if (arguments[0] == "check") {
    const BuiltCatalog catalog = load(argument(1));
    std::size_t columns = 0;
    for (const auto* table : catalog.tables()) columns += table->columns.size();
    for (const std::string& name : catalog.unused_structs()) std::cout << "unused struct: " << name << "\n";
    std::cout << catalog.tables().size() << " tables, " << columns << " columns\n";
    return 0;
  }
  if (arguments[0] == "missing" && arguments.size() > 1) {
    std::ifstream file(arguments[1]);
    if (arguments[1] != "-" && !file) throw std::runtime_error("cannot read " + arguments[1]);
    const int count = missing(argument(2), arguments[1] == "-" ? std::cin : file);
    std::cout << count << " paths have no column\n";
    return count == 0 ? 0 : 1;
  }
  if (arguments[0] == "schema" && arguments.size() > 1) {
    write_pages(virtsql::schema_pages(load(argument(2))), arguments[1]);
    return 0;
  }
  if (arguments[0] == "fleet") {
    std::cout << virtsql::fleet_ddl(load(argument(1)));
    return 0;
  }
  if (arguments[0] == "secrets") {
    std::cout << secrets_source(load(argument(1)));
    return 0;
  }
  if (arguments[0] == "digest") {
    std::cout << virtsql::hex(virtsql::sha256(virtsql::schema_ddl(Catalog::standard())));
    return 0;
  }
  if (arguments[0] == "fleet-digest") {
    std::cout << virtsql::fleet_schema_sha256(Catalog::standard());
    return 0;
  }
  std::cerr << kUsage;
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  static constexpr option kOptions[] = {
      {"help", no_argument, nullptr, 'h'}, {"version", no_argument, nullptr, 'v'}, {nullptr, 0, nullptr, 0}};
  switch (getopt_long(argc, argv, "", kOptions, nullptr)) {
    case -1:
      break;
    case 'h':
      std::cout << kUsage;
      return 0;
    case 'v':
      std::cout << "virtsql-catalog " VIRTSQL_VERSION "\n";
      return 0;
    default:
      std::cerr << kUsage;
      return 2;
  }
  const std::vector<std::string> arguments(argv + optind, argv + argc);
  if (arguments.empty()) {
    std::cerr << kUsage;
    return 2;
  }
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "virtsql-catalog: " << error.what() << "\n";
    return 1;
  }
}
