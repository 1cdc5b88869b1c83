// The documents of the tests: libvirt's own output for definitions of ours (tests/documents).
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace virtsql::test {

inline std::string read_document(const std::string& name) {
  std::ifstream in(std::filesystem::path(VIRTSQL_TEST_DOCUMENTS) / name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Names of libvirt's outputs, and of the definitions that they were made of (below definitions/).
inline std::vector<std::string> document_names(const std::string& folder = "") {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(VIRTSQL_TEST_DOCUMENTS) / folder))
    if (entry.path().extension() == ".xml")
      out.push_back((std::filesystem::path(folder) / entry.path().filename()).string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace virtsql::test
