// A virtsql database with changed bytes: every function gives a result or an error, and none crashes.
#include "tests/core/documents.h"
#include "tests/fuzz/extension.h"

namespace {

using namespace virtsql;

// Makes a database with the documents of the tests, and with web.xml imported a second time in a changed form.
std::vector<unsigned char> make_database() {
  fuzz::Shell shell;
  fuzz::require(shell.load(), "the extension can be loaded", sqlite3_errmsg(shell.handle()));
  const auto run = [&](const std::string& sql) {
    fuzz::require(shell.run(sql) == SQLITE_OK, sqlite3_errmsg(shell.handle()), sql.substr(0, 200));
  };
  const auto quoted = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) text.insert(at, "'");
    return "'" + text + "'";
  };
  run("SELECT virtsql_init()");
  for (const std::string& name : test::document_names())
    run("SELECT domain_import(" + quoted(test::read_document(name)) + ", 'alpha')");
  run("SELECT network_import(" + quoted(test::read_document("objects/network.xml")) + ", 'alpha')");
  run("SELECT domain_import(replace(" + quoted(test::read_document("web.xml")) + ", 'virtio', 'sata'), 'alpha')");
  return shell.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<unsigned char> original = make_database();
  std::vector<unsigned char> database = original;
  fuzz::patch(database, fuzz::text_of(data, size));
  fuzz::Shell shell;
  shell.use(database);
  if (!shell.load()) return 0;
  for (const char* sql : {
           "SELECT domain_xml(uuid), domain_xml(uuid, 'inactive') FROM virtual_machines",
           "SELECT device_xml('disk_attachments', id) FROM disk_attachments",
           "SELECT device_xml('port_attachments', id) FROM port_attachments",
           "SELECT captured_xml(id) FROM captures",
           "SELECT network_xml(name) FROM networks",
           "SELECT h.* FROM virtual_machines, domain_history(uuid) AS h",
           "SELECT * FROM domain_drift",
           "SELECT * FROM virtsql_catalog",
           "SELECT * FROM vm_disks",
           "SELECT * FROM vm_ports",
           "SELECT * FROM attachment_indices",
           "SELECT domain_accept(uuid) FROM virtual_machines",
           "SELECT domain_clone(uuid, 'another') FROM virtual_machines LIMIT 1",
           "UPDATE virtual_machines SET title = 'new'",
           "SELECT domain_import(captured_xml(id), 'alpha') FROM captures",
           "SELECT domain_import('<domain><name>n</name></domain>')",
           "SELECT virtsql_init()",
           "DELETE FROM virtual_machines",
       })
    shell.run(sql);
  return 0;
}
