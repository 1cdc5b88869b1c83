#include "hook/report.h"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace virtsql {
namespace {

bool on_terminal = false;

}  // namespace

void report_on_terminal() { on_terminal = true; }
bool reports_on_terminal() { return on_terminal; }

void report(int priority, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::array<char, 1024> text{};
  (void)std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  syslog(priority, "%s", text.data());
  if (on_terminal) (void)std::fprintf(stderr, "virtsqld: %s\n", text.data());
}

}  // namespace virtsql
