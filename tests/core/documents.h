// The documents of the tests (tests/documents): what libvirt wrote for definitions that we gave it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace virtsql::test {

inline std::string read_document(const std::string& name) {
  std::ifstream in(std::filesystem::path(VIRTSQL_TEST_DOCUMENTS) / name, std::ios::binary);
  if (!in) throw std::runtime_error("there is no document " + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Returns the names of the documents in a folder, sorted. Libvirt's outputs are in the folder "", the definitions that
// they were made of in "definitions".
inline std::vector<std::string> document_names(const std::string& folder = "") {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(VIRTSQL_TEST_DOCUMENTS) / folder))
    if (entry.path().extension() == ".xml")
      out.push_back((std::filesystem::path(folder) / entry.path().filename()).string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace virtsql::test
