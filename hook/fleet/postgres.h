// A connection to PostgreSQL (libpq): errors are exceptions, results clean up after themselves.
//
// Values go as text parameters, never as part of the SQL. transaction() sends all its calls before it reads the first
// answer (libpq's pipeline mode), so a push of twenty tables waits for the network once.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

// Memory that libpq gave.
struct FreePostgresMemory {
  void operator()(void* memory) const { PQfreemem(memory); }
};
template <typename T>
using PostgresMemory = std::unique_ptr<T, FreePostgresMemory>;

// An error of PostgreSQL or of the connection to it. `state` is its SQLSTATE; empty if the connection failed.
struct PostgresError : std::runtime_error {
  PostgresError(std::string sqlstate, const std::string& message)
      : std::runtime_error(message), state(std::move(sqlstate)) {}
  std::string state;
  // Whether the values that were sent are at fault: they will be refused again.
  bool is_value_error() const { return state.starts_with("22") || state.starts_with("23") || state.starts_with("54"); }
};

// The answer to one statement. Columns and rows are counted from 0.
class PostgresResult {
 public:
  explicit PostgresResult(PGresult* result) : result_(result) {}
  int rows() const { return PQntuples(result_.get()); }
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  // Valid as long as the result is; a view without data if the value is NULL.
  std::string_view text(int row, int column) const;
  // 0 if the value is NULL or a function's that returns void. Throws std::runtime_error for what is no whole number.
  std::int64_t integer(int row, int column) const;
  // The bytes of a bytea; empty if the value is NULL.
  std::string bytes(int row, int column) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

// A statement with its parameters, as text in PostgreSQL's spelling.
struct PostgresCall {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;
};

class Postgres {
 public:
  // Connects. `conninfo` is what libpq takes: key=value words, a URI, service=NAME. Unless the conninfo says otherwise,
  // gives up connecting after 10 s, and gives up a connection that has been dead for about a minute. Throws
  // PostgresError.
  Postgres(const std::string& conninfo, const char* program);

  // Runs statements without parameters, separated by semicolons. Throws PostgresError.
  void execute(const std::string& sql);
  // Runs one statement and returns its answer. Throws PostgresError.
  PostgresResult query(const PostgresCall& call);
  // Runs the calls in one transaction and returns the answers of those that return rows. Throws PostgresError at the
  // first error: nothing is changed then, but if the error has no SQLSTATE, it is not known whether the transaction was
  // committed.
  std::vector<PostgresResult> transaction(const std::vector<PostgresCall>& calls);

  // Bytes, and a list of texts, spelled as PostgreSQL takes them for a bytea and an array.
  static std::string bytea(std::string_view bytes);
  static std::string array(const std::vector<std::string>& items);

  // Returns the text as an SQL literal, quotes included. Throws PostgresError if it is not valid in the connection's
  // encoding.
  std::string quoted_literal(std::string_view text) const;
  // libpq's connection; it belongs to this object.
  PGconn* handle() const { return connection_.get(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  void send(const PostgresCall& call);
  [[noreturn]] void fail(const PGresult* result) const;
  std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace virtsql
