// The catalog from its text, while the program runs: for the compiler that builds it in, for tests and for developers'
// tools. Programs use Catalog::standard(), which needs none of this.
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
  // Throws CatalogError.
  explicit BuiltCatalog(std::vector<CatalogFile> files);
  ~BuiltCatalog();
  BuiltCatalog(const BuiltCatalog&) = delete;
  BuiltCatalog& operator=(const BuiltCatalog&) = delete;

  // Structs that nothing uses: dead lines.
  const std::vector<std::string>& unused_structs() const { return unused_structs_; }

 private:
  std::vector<CatalogFile> files_;
  std::unique_ptr<struct CatalogStorage> storage_;
  std::vector<std::string> unused_structs_;
};

}  // namespace virtsql
