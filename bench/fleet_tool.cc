// fleet VMS REVISIONS SEED DIR: writes the documents of a made-up fleet as DIR/<vm>-<revision>.xml.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bench/fleet.h"

int main(int count, char** arguments) {
  if (count != 5) {
    (void)std::fputs("usage: fleet VMS REVISIONS SEED DIR\n", stderr);
    return 2;
  }
  const std::size_t vms = std::strtoull(arguments[1], nullptr, 10);
  const std::size_t revisions = std::strtoull(arguments[2], nullptr, 10);
  const std::filesystem::path folder = arguments[4];
  std::filesystem::create_directories(folder);
  for (std::size_t index = 0; index < vms; ++index) {
    virtsql::bench::FleetVm vm(std::strtoull(arguments[3], nullptr, 10), index);
    for (std::size_t revision = 0; revision < revisions; ++revision) {
      if (revision > 0) vm.advance();
      std::ofstream file(folder / (std::to_string(index) + "-" + std::to_string(revision) + ".xml"));
      if (!(file << vm.xml())) {
        (void)std::fprintf(stderr, "fleet: cannot write into %s\n", folder.c_str());
        return 1;
      }
    }
  }
  return 0;
}
