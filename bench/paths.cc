// Runs one of virtsql's main paths on COUNT documents of the fleet. bench/instructions counts the instructions that it
// takes.
//
//   virtsql_paths PATH COUNT
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "bench/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/rows/generate.h"
#include "core/rows/shred.h"
#include "core/spool/spool.h"
#include "hook/drain.h"

namespace virtsql::bench {
namespace {

struct Read {
  xml::Document tree;
  Arena arena;
  const Row* row;
  explicit Read(const std::string& text)
      : tree(xml::Document::parse(text)),
        row(virtsql::shred(*tree.root(), Catalog::standard().root("domain"), arena)) {}
};

constexpr std::size_t kMost = 60;

// Every path adds something to this, and main() reads it, so that no compiler can leave the path's work out.
std::size_t done = 0;

void parse(const std::vector<std::string>& documents) {
  for (const std::string& text : documents) done += xml::Document::parse(text).root()->name.size();
}

void shred(const std::vector<std::string>& documents) {
  for (const std::string& text : documents) done += Read(text).row->element->name.size();
}

// Shreds each document and writes it again, as an import does to find out whether the rows are exact.
void generate(const std::vector<std::string>& documents) {
  for (const std::string& text : documents) done += virtsql::generate(*Read(text).row, Form::kFull).size();
}

// Compares each VM with the first.
void diff(const std::vector<std::string>& documents) {
  const Read first(documents.front());
  for (const std::string& text : documents) done += virtsql::diff(*first.row, *Read(text).row, DiffMode::kAll).size();
}

void import(const std::vector<std::string>& documents) {
  const Folder folder;
  Vms(folder.path / "vms.db").import_all(documents);
}

void domain_xml(const std::vector<std::string>& documents) {
  const Folder folder;
  Vms vms(folder.path / "vms.db");
  vms.import_all(fleet_documents(1));
  for (std::size_t i = 0; i < documents.size(); ++i) done += vms.store().domain_xml(1, Form::kFull).size();
}

void drain(const std::vector<std::string>& documents) {
  const Folder folder;
  Config config;
  config.database = folder.path / "vms.db";
  config.spool = folder.path / "spool";
  const int spool = spool::open_folder(config.spool);
  std::int64_t id = 0;
  for (const std::string& text : documents) {
    Capture record = start_event(text);
    record.id = ++id;
    if (spool::write(spool, record) != 0) throw std::runtime_error("the spool cannot be written");
  }
  close(spool);
  done += virtsql::drain(config, Wait::kYes).stored;
}

}  // namespace
}  // namespace virtsql::bench

int main(int count, char** arguments) {
  using namespace virtsql::bench;
  const std::map<std::string, void (*)(const std::vector<std::string>&)> paths = {
      {"parse", parse},   {"shred", shred},           {"generate", generate}, {"diff", diff},
      {"import", import}, {"domain_xml", domain_xml}, {"drain", drain}};
  const auto path = paths.find(count == 3 ? arguments[1] : "");
  if (path == paths.end()) {
    (void)std::fputs("usage: virtsql_paths parse|shred|generate|diff|import|domain_xml|drain COUNT\n", stderr);
    return 2;
  }
  try {
    // Makes all kMost documents whatever COUNT is: the difference between two counts is then the path's work alone.
    std::vector<std::string> documents = fleet_documents(kMost);
    const std::size_t wanted = std::strtoull(arguments[2], nullptr, 10);
    if (wanted > kMost) throw std::runtime_error("60 documents at most");
    documents.resize(wanted);
    path->second(documents);
    return done == SIZE_MAX ? 1 : 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "virtsql_paths: %s\n", error.what());
    return 1;
  }
}
