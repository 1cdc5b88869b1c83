// What virtsqld says: into the system's log, and on a terminal too.
#pragma once

#include <syslog.h>

#include <string>

namespace virtsql {

// From now on reports go to stderr as well.
void report_on_terminal();
bool reports_on_terminal();

// `priority`: LOG_ERR and the like (syslog(3)).
void report(int priority, const std::string& message);

}  // namespace virtsql
