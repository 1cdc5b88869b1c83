// cpuset_cpus(text): one row for each CPU of a set that is spelled as libvirt does ('0-3,^2,8'), in ascending order.
//
//   SELECT v.name, c.cpu FROM virtual_machines AS v JOIN cpuset_cpus(v.vcpu_cpuset) AS c;
//
// NULL gives no rows. The view vm_cpu_pins lists the CPUs of every pin in the same way and does not need the extension.
#include "core/base/cpuset.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

const Columns<unsigned> kColumns = {{"cpu INTEGER", [](const unsigned& cpu) { return Value(std::int64_t{cpu}); }}};

std::unique_ptr<Rows> open(const Request& request) {
  if (request.is_null(0)) return nullptr;
  try {
    return entry_rows(cpuset_cpus(request.text(0)), kColumns);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string("cpuset_cpus(): ") + error.what());
  }
}

}  // namespace

int register_cpuset_table(sqlite3* db, const SessionRef& session) {
  TableFunction function;
  function.name = "cpuset_cpus";
  function.columns = declarations(kColumns);
  function.arguments = {"text"};
  function.required = 1;
  function.usage = "cpuset_cpus('0-3,^2,8')";
  function.all_rows = 16;
  function.open = open;
  return register_table_function(db, session, std::move(function));
}

}  // namespace virtsql::extension
