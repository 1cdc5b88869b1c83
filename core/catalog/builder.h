// Builds a catalog from its text while the program runs: for the compiler that builds the catalog into programs, for
// tests and for developers' tools. Programs use Catalog::standard(), which needs none of this.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/catalog/language.h"

namespace virtsql {

// A catalog that owns what it is made of.
class BuiltCatalog : public Catalog {
 public:
  // Builds the catalog of the files. Throws CatalogError if their text is wrong.
  explicit BuiltCatalog(std::vector<CatalogFile> files);
  ~BuiltCatalog();
  BuiltCatalog(const BuiltCatalog&) = delete;
  BuiltCatalog& operator=(const BuiltCatalog&) = delete;

  // Returns the structs that no line uses, as FILE: NAME. Their lines are dead.
  const std::vector<std::string>& unused_structs() const { return unused_structs_; }

 private:
  std::vector<CatalogFile> files_;
  std::unique_ptr<struct CatalogStorage> storage_;
  std::vector<std::string> unused_structs_;
};

}  // namespace virtsql
