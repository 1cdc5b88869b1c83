// domain_xml from rows. The peers are the SELECTs that it runs, bare; Go's libvirtxml, which parses the stored text and
// writes it again; and libvirt, which writes what it has in memory. Bounds: 1.3 times the time of the SELECTs; 0.4
// times the time of Go.
#include <cstdlib>
#include <fstream>

#include "bench/database.h"
#include "bench/documents.h"
#include "bench/libvirt_peer.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"
#include "bench/same_selects.h"

namespace virtsql::bench {
namespace {

constexpr int kRounds = 9;

// Microseconds per document: medians over rounds in which virtsql and the peers take turns.
struct Times {
  double ours = 0, selects = 0, libvirt = 0;
  std::size_t selects_per_document = 0;

  explicit Times(const Documents& documents) {
    const Folder folder;
    Vms vms(folder.path / "vms.db");
    vms.import_all(documents.texts);
    std::vector<std::int64_t> ids;
    {
      Statement select(vms.database().handle(), "SELECT id FROM virtual_machines ORDER BY id");
      while (select.step()) ids.push_back(select.get_int(0));
    }
    if (ids.size() != documents.texts.size()) throw std::runtime_error("documents share a VM");
    const auto generate_all = [&] {
      std::size_t bytes = 0;
      for (const std::int64_t id : ids) bytes += vms.store().domain_xml(id, Form::kFull).size();
      return bytes;
    };
    SameSelects selects_again(vms.database());
    (void)generate_all();
    selects_again.take();
    selects_per_document = selects_again.size() / ids.size();

    const LibvirtPeer peer;
    std::vector<virDomainPtr> domains;
    for (const std::string& text : documents.texts) domains.push_back(peer.define(text));
    std::vector<double> all_ours, all_selects, all_libvirt;
    std::size_t touched = 0;
    for (int round = 0; round < kRounds; ++round) {
      all_ours.push_back(seconds_of([&] { touched += generate_all(); }));
      all_selects.push_back(seconds_of([&] { touched += selects_again.run(); }));
      all_libvirt.push_back(seconds_of([&] {
        for (virDomainPtr domain : domains) std::free(virDomainGetXMLDesc(domain, 0));
      }));
    }
    for (virDomainPtr domain : domains) virDomainFree(domain);
    if (touched == 0) throw std::runtime_error("nothing was read");
    const double us = 1e6 / documents.count();
    ours = median(all_ours) * us;
    selects = median(all_selects) * us;
    libvirt = median(all_libvirt) * us;
  }
};

// Builds the Go program: `program` is its path, or `missing` says why it could not be built.
struct Go {
  Folder folder;
  std::string program, missing;

  explicit Go(const Options& options) {
    if (run({{"sh", "-c", "command -v go"}}).status != 0) {
      missing = "not measured: no Go here";
      return;
    }
    // Builds a copy, because Go writes go.sum beside the sources. The module libvirtxml comes from Go's cache or proxy.
    for (const char* name : {"go.mod", "main.go"})
      std::filesystem::copy_file(options.sources / "bench/peers/libvirtxml" / name, folder.path / name);
    program = folder.path / "libvirtxml";
    const std::string command = "cd '" + folder.path.string() + "' && go build -mod=mod -o libvirtxml . >go.log 2>&1";
    if (run({{"timeout", "120", "sh", "-c", command}}).status != 0)
      missing = "not measured: Go's module libvirt.org/go/libvirtxml is not at hand";
  }
};

}  // namespace

const std::vector<Row>& generate_rows() {
  static const std::vector<Row> rows = {
      {"domain_xml from rows, per document", "its bare prepared SELECTs, every column touched", "us", times_peer(1.3),
       [](const Options& options) {
         return for_each_set<Times>(options, [](const Documents&, const Times& times, Figure& figure) {
           figure.peer = times.selects;
           figure.about += ", " + std::to_string(times.selects_per_document) + " SELECTs each";
         });
       },
       "each column is copied into the row that the writer walks, and numbers become text"},
      {"domain_xml from rows, per document", "Go's libvirtxml: parse and marshal of the stored text", "us",
       times_peer(0.4),
       [](const Options& options) {
         const Go go(options);
         if (!go.missing.empty()) return std::vector<Figure>{{0, 0, "", go.missing}};
         return for_each_set<Times>(options, [&](const Documents& documents, const Times&, Figure& figure) {
           const Folder folder;
           for (std::size_t i = 0; i < documents.texts.size(); ++i)
             std::ofstream(folder.path / (std::to_string(i) + ".xml")) << documents.texts[i];
           figure.peer = std::strtod(printed_by({go.program, folder.path}).c_str(), nullptr) * 1e6 / documents.count();
         });
       },
       "the SELECTs alone are most of it: see the row before"},
      {"domain_xml from rows, per document", "libvirt's virDomainGetXMLDesc (test driver, from memory)", "us",
       kInformation,
       [](const Options& options) {
         return for_each_set<Times>(
             options, [](const Documents&, const Times& times, Figure& figure) { figure.peer = times.libvirt; });
       },
       ""},
  };
  return rows;
}

}  // namespace virtsql::bench
