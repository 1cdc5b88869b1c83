#include "hook/report.h"

#include <cstdio>

namespace virtsql {
namespace {

bool on_terminal = false;

}  // namespace

void report_on_terminal() { on_terminal = true; }
bool reports_on_terminal() { return on_terminal; }

void report(int priority, const std::string& message) {
  syslog(priority, "%s", message.c_str());
  if (on_terminal) (void)std::fprintf(stderr, "virtsqld: %s\n", message.c_str());
}

}  // namespace virtsql
