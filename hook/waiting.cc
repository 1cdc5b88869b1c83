#include "hook/waiting.h"

#include <syslog.h>

#include <stdexcept>

#include "core/spool/spool.h"

namespace virtsql {

std::vector<std::string> Waiting::list() const {
  std::vector<std::string> names = spool::list(folder_);
  std::erase_if(names, [&](const std::string& name) { return given_up_.contains(name); });
  return names;
}

void Waiting::leave(const std::string& name, const std::string& reason) {
  given_up_.insert(name);
  count_left(reason);
  syslog(LOG_ERR, "%s; it is left for later", reason.c_str());
}

void Waiting::set_aside(const std::string& name, const std::string& reason) {
  given_up_.insert(name);
  try {
    spool::set_aside(folder_, name, reason);
    ++aside_;
    syslog(LOG_ERR, "spool record %s is set aside: %s", name.c_str(), reason.c_str());
  } catch (const std::runtime_error& error) {
    count_left(error.what());
    syslog(LOG_ERR, "%s", error.what());
  }
}

void Waiting::count_left(const std::string& why) {
  if (left_++ == 0) why_left_ = why;
}

}  // namespace virtsql
