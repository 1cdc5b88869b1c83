// A virtumancer database with changed bytes: what is imported is consistent and can be written as XML, and a refused
// import changes nothing. The input's first byte chooses the database, the rest says which bytes change.
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/extension.h"

namespace {

using namespace virtsql;

std::vector<unsigned char> make_database(const std::string& name) {
  std::ifstream in(std::string(VIRTSQL_FUZZ_VIRTUMANCER) + "/" + name + ".sql");
  const std::string sql{std::istreambuf_iterator<char>(in), {}};
  fuzz::Shell shell;
  fuzz::require(sqlite3_exec(shell.handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK && !sql.empty(),
                "virtumancer's database can be made", sqlite3_errmsg(shell.handle()));
  return shell.bytes();
}

// Returns a folder for this process, in memory if there is such a place. It is removed when the process ends.
const std::string& folder() {
  static const std::string path = [] {
    const bool memory = access("/dev/shm", W_OK) == 0;
    std::string made = (memory ? "/dev/shm" : std::filesystem::temp_directory_path().string()) + "/virtsql-fuzz-XXXXXX";
    fuzz::require(mkdtemp(made.data()) != nullptr, "there is a temporary folder", made);
    return made;
  }();
  static const int registered = std::atexit([] { std::filesystem::remove_all(folder()); });
  static_cast<void>(registered);
  return path;
}

// Makes a virtsql database without VMs.
std::vector<unsigned char> make_target() {
  fuzz::Shell shell;
  fuzz::require(shell.load() && shell.run("SELECT virtsql_init()") == SQLITE_OK, "the extension makes a database",
                sqlite3_errmsg(shell.handle()));
  return shell.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<std::vector<unsigned char>, 3> sources = {make_database("newer"), make_database("older"),
                                                                    make_database("oldest")};
  static const std::vector<unsigned char> target = make_target();
  if (size == 0) return 0;
  std::vector<unsigned char> source = sources[data[0] % sources.size()];
  fuzz::patch(source, fuzz::text_of(data, size).substr(1));
  const std::string path = folder() + "/virtumancer.db";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(source.data()), static_cast<std::streamsize>(source.size()));

  fuzz::Shell shell;
  shell.use(target);
  fuzz::require(shell.load(), "the extension can be loaded", sqlite3_errmsg(shell.handle()));
  std::vector<std::string> found;
  const int code = shell.run("SELECT virtumancer_import('" + path + "')", &found);
  std::vector<std::string> vms;
  fuzz::require(shell.run("SELECT uuid FROM virtual_machines", &vms) == SQLITE_OK, "the database can be read");
  if (code != SQLITE_OK) {
    fuzz::require(vms.empty(), "a refusal changes nothing", sqlite3_errmsg(shell.handle()));
    return 0;
  }
  fuzz::require(found.size() == 1 && found.front() == std::to_string(vms.size()), "the number of VMs is given");
  std::vector<std::string> faults;
  shell.run("PRAGMA foreign_key_check", &faults);
  fuzz::require(faults.empty(), "every row refers to one that is there", faults.empty() ? "" : faults.front());
  fuzz::require(shell.run("SELECT xml_json(domain_xml(uuid)) FROM virtual_machines") == SQLITE_OK,
                "what came over can be written as XML", sqlite3_errmsg(shell.handle()));
  return 0;
}
