#include "hook/fleet/postgres.h"

#include <charconv>
#include <new>
#include <system_error>

#include "core/base/excerpt.h"
#include "core/base/hex.h"

namespace virtsql {
namespace {

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

std::string_view PostgresResult::text(int row, int column) const {
  if (is_null(row, column)) return {};
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t PostgresResult::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t out = 0;
  if (digits.empty()) return out;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw std::runtime_error("PostgreSQL answers " + quoted_excerpt(digits) + ", where a whole number is expected");
  return out;
}

std::string PostgresResult::bytes(int row, int column) const {
  if (is_null(row, column)) return {};
  std::size_t size = 0;
  const PostgresMemory<unsigned char> data(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row, column)), &size));
  if (!data) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(data.get()), size};
}

Postgres::Postgres(const std::string& conninfo, const char* program) {
  // libpq expands the conninfo at `dbname`. What stands before that holds only if the conninfo does not set it.
  const char* const keys[] = {"connect_timeout",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "fallback_application_name",
                              "dbname",
                              nullptr};
  const char* const values[] = {"10", "30", "10", "3", "60000", program, conninfo.c_str(), nullptr};
  connection_.reset(PQconnectdbParams(keys, values, 1));
  if (!connection_) throw std::bad_alloc();
  if (PQstatus(handle()) != CONNECTION_OK) throw PostgresError("", without_line_end(PQerrorMessage(handle())));
  PQsetNoticeProcessor(
      handle(), [](void*, const char*) {}, nullptr);
  execute("SET client_encoding = 'UTF8'; SET standard_conforming_strings = on");
}

void Postgres::fail(const PGresult* result) const {
  const char* const state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* const primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  const char* const hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : nullptr;
  std::string message = primary ? primary : without_line_end(PQerrorMessage(handle()));
  if (hint) message += std::string(" (") + hint + ")";
  throw PostgresError(state ? state : "", message);
}

void Postgres::execute(const std::string& sql) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(handle(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result.get());
}

void Postgres::send(const PostgresCall& call) {
  std::vector<const char*> values;
  for (const std::optional<std::string>& parameter : call.parameters)
    values.push_back(parameter ? parameter->c_str() : nullptr);
  if (PQsendQueryParams(handle(), call.sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) != 1)
    fail(nullptr);
}

PostgresResult Postgres::query(const PostgresCall& call) {
  send(call);
  PGresult* const result = PQgetResult(handle());
  PostgresResult out(result);
  while (PGresult* const more = PQgetResult(handle())) PQclear(more);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result);
  return out;
}

std::vector<PostgresResult> Postgres::transaction(const std::vector<PostgresCall>& calls) {
  if (PQenterPipelineMode(handle()) != 1) fail(nullptr);
  send({"BEGIN", {}});
  for (const PostgresCall& call : calls) send(call);
  send({"COMMIT", {}});
  if (PQpipelineSync(handle()) != 1) fail(nullptr);
  std::vector<PostgresResult> out;
  std::optional<PostgresResult> first_error;
  const PGresult* error = nullptr;
  // PQgetResult() gives each statement's answer and then a null; at the end, the answer to the sync.
  for (std::size_t answered = 0;;) {
    PGresult* const result = PQgetResult(handle());
    if (!result) {
      if (PQstatus(handle()) != CONNECTION_OK || answered > calls.size() + 2) break;
      continue;
    }
    PostgresResult owned(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    ++answered;
    if (status == PGRES_FATAL_ERROR && !first_error) {
      error = result;
      first_error.emplace(std::move(owned));
      if (PQstatus(handle()) != CONNECTION_OK) break;
    } else if (status == PGRES_TUPLES_OK) {
      out.push_back(std::move(owned));
    }
  }
  if (error && PQstatus(handle()) == CONNECTION_OK) {
    (void)PQexitPipelineMode(handle());
    execute("ROLLBACK");
  }
  if (error) fail(error);
  if (PQstatus(handle()) != CONNECTION_OK || PQexitPipelineMode(handle()) != 1) fail(nullptr);
  return out;
}

std::string Postgres::bytea(std::string_view bytes) { return "\\x" + hex(bytes); }

std::string Postgres::array(const std::vector<std::string>& items) {
  std::string out = "{";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

std::string Postgres::quoted_literal(std::string_view text) const {
  const PostgresMemory<char> quoted(PQescapeLiteral(handle(), text.data(), text.size()));
  if (!quoted) fail(nullptr);
  return quoted.get();
}

}  // namespace virtsql
