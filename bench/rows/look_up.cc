// Look-ups by indexed keys. Bound: 0.1 ms. The peers are the ways without virtsql, among at most 1,000 VMs: XPath on
// libvirt's XML of every VM, which comes through the C API or from one virsh; and json_extract over a table of the
// documents as JSON. For a host's device, the peers look only at the VMs of that host. Each peer must find exactly one
// VM.
#include "bench/look_up.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "bench/database.h"
#include "bench/libvirt_peer.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"
#include "core/xml/json.h"

namespace virtsql::bench {
namespace {

constexpr std::size_t kPeerVms = 1000;

struct Vm {
  std::string host;
  std::string uuid;
  std::string text;
};

struct Fixture {
  Folder folder;
  Vms vms{folder.path / "vms.db"};
  std::size_t count;
  std::vector<Vm> peers;

  explicit Fixture(const Options& options) : count(options.vms) {
    Transaction transaction(vms.database());
    for (std::size_t index = 0; index < count; ++index) {
      const FleetVm vm(kSeed, index);
      vms.import(vm.xml(), vm.host());
      if (index < kPeerVms) peers.push_back({vm.host(), vm.uuid(), vm.xml()});
    }
    transaction.commit();
  }

  static Fixture& made(const Options& options) {
    static Fixture fixture(options);
    return fixture;
  }
};

bool has(const std::string& text, const std::string& xpath) {
  xmlDocPtr tree = xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, 0);
  xmlXPathContextPtr context = xmlXPathNewContext(tree);
  xmlXPathObjectPtr result = xmlXPathEval(reinterpret_cast<const xmlChar*>(xpath.c_str()), context);
  const bool found = result->nodesetval && result->nodesetval->nodeNr > 0;
  xmlXPathFreeObject(result);
  xmlXPathFreeContext(context);
  xmlFreeDoc(tree);
  return found;
}

void check(std::size_t found, const char* who) {
  if (found != 1) throw std::runtime_error(std::string(who) + " found " + std::to_string(found) + " VMs");
}

// Returns the milliseconds of XPath on the XML of each VM, which comes from libvirt's C API in this process.
double libvirt_ms(Fixture& fixture, const LookUp& look_up) {
  const LibvirtPeer libvirt;
  std::vector<virDomainPtr> domains;
  for (const Vm& vm : fixture.peers)
    if (look_up.host.empty() || vm.host == look_up.host) domains.push_back(libvirt.define(vm.text));
  std::size_t found = 0;
  const double seconds = seconds_of([&] {
    for (virDomainPtr domain : domains) {
      char* text = virDomainGetXMLDesc(domain, 0);
      found += static_cast<std::size_t>(has(text, look_up.xpath));
      std::free(text);
    }
  });
  for (virDomainPtr domain : domains) virDomainFree(domain);
  check(found, "libvirt");
  return seconds * 1e3;
}

// Returns the milliseconds of one virsh that prints the XML of all VMs, and of XPath on it. The test driver reads its
// VMs at each connection, so the time of a virsh that only connects is subtracted.
double virsh_ms(Fixture& fixture, const LookUp& look_up) {
  const Folder folder;
  std::string commands;
  {
    std::ofstream node(folder.path / "node.xml");
    node << "<node>\n";
    for (const Vm& vm : fixture.peers)
      if (look_up.host.empty() || vm.host == look_up.host) {
        std::string text = vm.text;
        text.replace(text.find("type='kvm'"), 10, "type='test'");  // the type that the test driver takes
        node << text;
        commands += "dumpxml " + vm.uuid + ";";
      }
    node << "</node>\n";
  }
  Launch launch{{"virsh", "-q", "-c", "test://" + (folder.path / "node.xml").string(), "version"}};
  const double connect = run_ms(launch);
  launch.arguments.back() = commands;
  launch.output = folder.path / "output";
  std::size_t found = 0;
  const double ms = run_ms(launch) + 1e3 * seconds_of([&] {
                                       std::ifstream file(launch.output);
                                       const std::string all{std::istreambuf_iterator<char>(file), {}};
                                       for (std::size_t at = 0; (at = all.find("<domain ", at)) != std::string::npos;) {
                                         const std::size_t end = all.find("</domain>", at) + 9;
                                         found +=
                                             static_cast<std::size_t>(has(all.substr(at, end - at), look_up.xpath));
                                         at = end;
                                       }
                                     });
  check(found, "virsh");
  return ms - connect;
}

double json_ms(Fixture& fixture, const LookUp& look_up) {
  Database& database = fixture.vms.database();
  database.execute("CREATE TEMP TABLE IF NOT EXISTS peer (host TEXT, uuid TEXT, document TEXT)");
  if (database.query_int("SELECT count(*) FROM peer") == 0) {
    Statement insert(database.handle(), "INSERT INTO peer VALUES (?1, ?2, ?3)");
    for (const Vm& vm : fixture.peers) {
      const std::string json = to_json(*xml::Document::parse(vm.text).root());
      insert.bind_text(1, vm.host);
      insert.bind_text(2, vm.uuid);
      insert.bind_text(3, json);
      insert.run();
    }
  }
  // In the JSON form a single device is an object, several are an array of objects. The SELECT makes an array of both.
  const std::string devices = "json_extract(document, '$.domain.devices." + std::string(look_up.json_device) + "')";
  Statement select(database.handle(), "SELECT count(DISTINCT uuid), max(uuid) FROM peer, json_each(CASE WHEN substr(" +
                                          devices + ", 1, 1) = '[' THEN " + devices + " ELSE '[' || coalesce(" +
                                          devices + ", '') || ']' END) AS d WHERE " + look_up.json_condition +
                                          (look_up.host.empty() ? "" : " AND host = '" + look_up.host + "'"));
  const double seconds = seconds_of([&] { select.step(); });
  check(static_cast<std::size_t>(select.get_int(0)), "json_extract");
  return seconds * 1e3;
}

template <typename Peer>
std::vector<Figure> for_each_look_up(const Options& options, const Peer& peer) {
  Fixture& fixture = Fixture::made(options);
  const std::vector<LookUp> ours = look_ups(fixture.count);
  const std::vector<LookUp> theirs = look_ups(fixture.peers.size());
  std::vector<Figure> out;
  for (std::size_t i = 0; i < ours.size(); ++i)
    out.push_back({look_up_ms(fixture.vms.database(), ours[i]),
                   peer(fixture, theirs[i]),
                   "by " + std::string(ours[i].what) + " among " + std::to_string(fixture.count) + " VMs",
                   {}});
  return out;
}

}  // namespace

const std::vector<Row>& look_up_rows() {
  static const std::vector<Row> rows = {
      {"find a VM", "", "ms", at_most(0.1),
       [](const Options& options) {
         return for_each_look_up(options,
                                 [](Fixture&, const LookUp&) { return std::numeric_limits<double>::quiet_NaN(); });
       },
       "other hosts have devices at the same address: these are read too"},
      {"find a VM", "libvirt's XML of each VM with XPath (C API, test driver)", "ms", kInformation,
       [](const Options& options) { return for_each_look_up(options, libvirt_ms); }, ""},
      {"find a VM", "virsh dumpxml of each VM in one virsh (test driver) with XPath", "ms", kInformation,
       [](const Options& options) { return for_each_look_up(options, virsh_ms); }, ""},
      {"find a VM", "json_extract over a table of the documents as JSON", "ms", kInformation,
       [](const Options& options) { return for_each_look_up(options, json_ms); }, ""},
  };
  return rows;
}

}  // namespace virtsql::bench
