// Loaded before libpq (LD_PRELOAD): counts a program's calls of the libpq functions below, and ends or stops the
// program at one of them.
//
//   VIRTSQL_KILL_AT=N    kills the process (SIGKILL) before its Nth call
//   VIRTSQL_STOP_AT=N    stops the process (SIGSTOP) before its Nth call, until somebody continues it
//   VIRTSQL_COUNT=FILE   writes the number of calls to the file when the program ends
#include <dlfcn.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

int calls = 0;

int number(const char* name) {
  const char* const text = std::getenv(name);
  return text ? std::atoi(text) : 0;
}

void called() {
  static const int kill_at = number("VIRTSQL_KILL_AT");
  static const int stop_at = number("VIRTSQL_STOP_AT");
  ++calls;
  if (calls == kill_at) (void)kill(getpid(), SIGKILL);
  if (calls == stop_at) (void)kill(getpid(), SIGSTOP);
}

struct Report {
  ~Report() {
    const char* const path = std::getenv("VIRTSQL_COUNT");
    std::FILE* const file = path ? std::fopen(path, "w") : nullptr;
    if (!file) return;
    (void)std::fprintf(file, "%d\n", calls);
    (void)std::fclose(file);
  }
} report;

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

PGconn* PQconnectdbParams(const char* const* keys, const char* const* values, int expand) {
  called();
  return next<decltype(PQconnectdbParams)>("PQconnectdbParams")(keys, values, expand);
}

PGresult* PQexec(PGconn* connection, const char* sql) {
  called();
  return next<decltype(PQexec)>("PQexec")(connection, sql);
}

int PQsendQueryParams(PGconn* connection, const char* sql, int count, const Oid* types, const char* const* values,
                      const int* lengths, const int* formats, int format) {
  called();
  return next<decltype(PQsendQueryParams)>("PQsendQueryParams")(connection, sql, count, types, values, lengths, formats,
                                                                format);
}

PGresult* PQgetResult(PGconn* connection) {
  called();
  return next<decltype(PQgetResult)>("PQgetResult")(connection);
}

int PQenterPipelineMode(PGconn* connection) {
  called();
  return next<decltype(PQenterPipelineMode)>("PQenterPipelineMode")(connection);
}

int PQpipelineSync(PGconn* connection) {
  called();
  return next<decltype(PQpipelineSync)>("PQpipelineSync")(connection);
}

int PQexitPipelineMode(PGconn* connection) {
  called();
  return next<decltype(PQexitPipelineMode)>("PQexitPipelineMode")(connection);
}

void PQfinish(PGconn* connection) {
  called();
  next<decltype(PQfinish)>("PQfinish")(connection);
}

}  // extern "C"
