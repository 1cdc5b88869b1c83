// What virtsqld says: into the system's log, and on a terminal too.
#pragma once

#include <syslog.h>

namespace virtsql {

// From now on reports go to stderr as well.
void report_on_terminal();
bool reports_on_terminal();

__attribute__((format(printf, 2, 3))) void report(int priority, const char* format, ...);

}  // namespace virtsql
