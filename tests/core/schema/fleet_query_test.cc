#include "core/schema/fleet_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace virtsql {
namespace {

std::string translated(std::string_view sql) { return fleet_query(Catalog::standard(), sql); }

TEST(FleetQuery, ComparesIdsWithTheirSource) {
  EXPECT_EQ(
      translated("SELECT d.path FROM disk_attachments AS a JOIN disks AS d ON d.id = a.disk_id WHERE d.path = a.alias"),
      "SELECT d.path FROM disk_attachments AS a JOIN disks AS d ON (d.source_id, d.id) = (a.source_id, a.disk_id) "
      "WHERE d.path = a.alias");
  EXPECT_EQ(translated("SELECT 1 FROM disks d JOIN disks e ON +e.id <> d.id"),
            "SELECT 1 FROM disks d JOIN disks e ON (e.source_id, e.id) <> (d.source_id, d.id)");
  EXPECT_EQ(translated("SELECT count(DISTINCT a.vm_uuid) FROM disk_attachments a GROUP BY a.disk_id"),
            "SELECT count(DISTINCT (a.source_id, a.vm_uuid)) FROM disk_attachments a GROUP BY a.source_id, a.disk_id");
}

TEST(FleetQuery, PairsIdsWithEachComparison) {
  for (const char* sign : {"<", "<=", ">", ">=", "!="})
    EXPECT_EQ(
        translated("SELECT 1 FROM ports p JOIN ports q ON p.id " + std::string(sign) + " q.id"),
        "SELECT 1 FROM ports p JOIN ports q ON (p.source_id, p.id) " + std::string(sign) + " (q.source_id, q.id)");
  EXPECT_EQ(translated("SELECT 1 FROM ports p JOIN ports q ON p.id == q.id AND p.host_id IS NOT q.host_id"),
            "SELECT 1 FROM ports p JOIN ports q ON (p.source_id, p.id) = (q.source_id, q.id) AND (p.source_id, "
            "p.host_id) IS DISTINCT FROM (q.source_id, q.host_id)");
}

// The same id, or the same name of a host, is something else in another source.
TEST(FleetQuery, GroupsIdsBySource) {
  EXPECT_EQ(translated("SELECT disk_id, count(*) FROM disk_attachments GROUP BY disk_id"),
            "SELECT disk_id, count (*) FROM disk_attachments GROUP BY disk_attachments.source_id, disk_id");
  EXPECT_EQ(translated("SELECT a.disk_id AS disk, count(*) FROM disk_attachments a JOIN disks d ON d.id = a.disk_id "
                       "GROUP BY disk"),
            "SELECT a.disk_id AS disk, count (*) FROM disk_attachments a JOIN disks d ON (d.source_id, d.id) = "
            "(a.source_id, a.disk_id) GROUP BY a.source_id, disk");
  EXPECT_EQ(translated("SELECT a.element, a.disk_id FROM disk_attachments a GROUP BY 1, 2 ORDER BY 2"),
            "SELECT a.element, a.disk_id FROM disk_attachments a GROUP BY 1, a.source_id, 2 ORDER BY 2 NULLS FIRST");
  EXPECT_EQ(translated("SELECT count(*) OVER (PARTITION BY a.element, a.vm_uuid ORDER BY a.position) FROM "
                       "disk_attachments a"),
            "SELECT count (*) OVER (PARTITION BY a.element, a.source_id, a.vm_uuid ORDER BY a.position) FROM "
            "disk_attachments a");
  EXPECT_EQ(
      translated("SELECT n.host_id FROM (SELECT v.host_id, v.name FROM virtual_machines v GROUP BY 1, 2 ORDER BY 2) n"),
      "SELECT n.host_id FROM (SELECT v.source_id, v.host_id, v.name FROM virtual_machines v GROUP BY v.source_id, "
      "2, 3 ORDER BY 3 NULLS FIRST) n");
}

TEST(FleetQuery, GivesTheSourceToWhatOthersJoin) {
  EXPECT_EQ(translated("SELECT d.path FROM disks AS d WHERE d.id IN (SELECT a.disk_id FROM disk_attachments AS a)"),
            "SELECT d.path FROM disks AS d WHERE (d.source_id, d.id) IN (SELECT a.source_id, a.disk_id FROM "
            "disk_attachments AS a)");
  EXPECT_EQ(
      translated(
          "WITH p (host_id) AS (SELECT s.host_id FROM storage_pools AS s), n (x) AS (SELECT 1) SELECT n.x FROM p, n "
          "WHERE p.host_id = p.host_id"),
      "WITH p (source_id, host_id) AS (SELECT s.source_id, s.host_id FROM storage_pools AS s), n (x) AS (SELECT 1) "
      "SELECT n.x FROM p, n WHERE (p.source_id, p.host_id) = (p.source_id, p.host_id)");
}

TEST(FleetQuery, CallsColumnsAsTheStoreDoes) {
  EXPECT_EQ(translated("SELECT v.uuid FROM virtual_machines AS v"),
            "SELECT v.vm_uuid AS uuid FROM virtual_machines AS v");
  EXPECT_EQ(translated("SELECT c.captured_at FROM captures AS c"),
            "SELECT utc(c.captured_at) AS captured_at FROM captures AS c");
}

TEST(FleetQuery, SaysInPostgresqlWhatSqliteSaysOtherwise) {
  EXPECT_EQ(
      translated("SELECT CAST(a AS INTEGER), group_concat(b, ';') FROM t WHERE c LIKE 'x%' AND d IS 'y' AND e IS NOT "
                 "NULL AND f IS NOT 1"),
      "SELECT to_integer(a), string_agg(CAST(b AS text), ';') FROM t WHERE c ILIKE 'x%' AND d IS NOT DISTINCT FROM "
      "'y' AND e IS NOT NULL AND f IS DISTINCT FROM 1");
  EXPECT_EQ(translated("SELECT sum(a) / 1024 FROM t"), "SELECT sum_of(a) / 1024 FROM t");
  EXPECT_EQ(translated("SELECT replace(a, char(9), '') FROM t"), "SELECT replace (a, chr(9), '') FROM t");
  EXPECT_EQ(translated("SELECT a FROM t ORDER BY 1, a DESC LIMIT 3"),
            "SELECT a FROM t ORDER BY 1 NULLS FIRST, a DESC NULLS LAST LIMIT 3");
}

// In SQLite a backslash in a pattern is a backslash.
TEST(FleetQuery, EscapesNothingInPatterns) {
  EXPECT_EQ(
      translated(R"(SELECT 1 FROM t WHERE a LIKE '\\srv%' AND b NOT LIKE :x || '%' OR c LIKE d)"),
      R"(SELECT 1 FROM t WHERE a ILIKE '\\srv%' ESCAPE '' AND b NOT ILIKE :x || '%' ESCAPE '' OR c ILIKE d ESCAPE '')");
  EXPECT_EQ(translated("SELECT a LIKE :x b FROM t WHERE a LIKE lower(c) || '%' EXCEPT SELECT 1 FROM t"),
            "SELECT a ILIKE :x ESCAPE '' b FROM t WHERE a ILIKE lower (c) || '%' ESCAPE '' EXCEPT SELECT 1 FROM t");
  EXPECT_EQ(translated(R"(SELECT a LIKE 'x\_%' ESCAPE '\' FROM t)"), R"(SELECT a ILIKE 'x\_%' ESCAPE '\' FROM t)");
}

// A plus between two values is an addition. A plus before a column is a hint to SQLite, which is removed.
TEST(FleetQuery, KeepsSums) {
  EXPECT_EQ(translated("SELECT t.position + t.id FROM t"), "SELECT t.position + t.id FROM t");
}

TEST(FleetQuery, TakesCharactersFromTheEnd) {
  EXPECT_EQ(translated("SELECT substr(name, -3), substr(name, 2), substr(name, 1, instr(name, '-') - 1) FROM vms"),
            "SELECT right(CAST(name AS text), 3), substr (name, 2), substr (name, 1, instr (name, '-') - 1) FROM vms");
}

TEST(FleetQuery, RefusesWhatTheStoreCannotAnswer) {
  const auto problem = [](std::string_view sql) {
    try {
      return translated(sql);
    } catch (const CatalogError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(problem("DELETE FROM t"), "the fleet's store is only read: write on the host, in its own database");
  EXPECT_EQ(problem(""), "the fleet's store is only read: write on the host, in its own database");
  EXPECT_NE(problem("SELECT 1 FROM a JOIN b ON vm_uuid = b.vm_uuid").find("alias.vm_uuid"), std::string::npos);
  EXPECT_NE(problem("SELECT 1 FROM a JOIN b USING (vm_uuid)").find("ON a.id = b.id"), std::string::npos);
  EXPECT_NE(problem("SELECT 1 FROM a NATURAL JOIN b").find("ON a.id = b.id"), std::string::npos);
  EXPECT_NE(problem("SELECT 1 FROM a JOIN b ON a.id = b.id GROUP BY disk_id").find("alias.disk_id"), std::string::npos);
  EXPECT_NE(problem("SELECT writefile('a', 'b')").find("no writefile()"), std::string::npos);
  EXPECT_NE(problem("SELECT * FROM domain_drift").find("virtual_machines.drift"), std::string::npos);
  EXPECT_NE(problem("SELECT 1 FROM vms AS v JOIN domain_drift AS d ON d.name = v.name").find("virtual_machines.drift"),
            std::string::npos);
  for (const char* start : {"-1, 2", "-x", "-1 - 1"})
    EXPECT_NE(problem("SELECT substr(name, " + std::string(start) + ") FROM vms").find("last n characters"),
              std::string::npos)
        << start;
  EXPECT_NE(problem("SELECT 1; SELECT 2").find("there is another one, SELECT 2"), std::string::npos);
  EXPECT_EQ(problem("SELECT 1; -- that is all"), "SELECT 1");
}

TEST(FleetQuery, RefusesWhatBreaksOff) {
  for (const char* sql :
       {"SELECT CAST(x) FROM b", "SELECT CAST() FROM b", "SELECT CAST () AS vm_uuid FROM b", "WITH a AS x",
        "WITH a AS (SELECT 1)", "WITH a AS () SELECT 1", "SELECT a FROM", "SELECT a FROM b ORDER",
        "SELECT a FROM b ORDER BY", "SELECT a FROM b GROUP", "SELECT a WHERE b FROM c",
        "SELECT a FROM b HAVING c GROUP BY d", "SELECT a FROM b UNION", "SELECT a FROM b UNION ALL",
        "SELECT a FROM b UNION c", "SELECT a, FROM b GROUP BY c", "SELECT a OVER (PARTITION ORDER BY b) FROM c"})
    EXPECT_THROW(translated(sql), CatalogError) << sql;
}

// Wherever the text of a query is cut, the translation ends, with or without an error.
TEST(FleetQuery, EndsWhateverIsMissing) {
  std::size_t translations = 0;
  std::size_t refusals = 0;
  const auto translate = [&](const std::string& sql) {
    try {
      translated(sql);
      ++translations;
    } catch (const CatalogError&) {
      ++refusals;
    }
  };
  for (const auto& file : std::filesystem::directory_iterator(VIRTSQL_CATALOG_DIR "/../../sql/recipes")) {
    std::ifstream in(file.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto word_end = [&](std::size_t from) { return std::min(text.find_first_of(" \n(),", from), text.size()); };
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t next = std::max(word_end(at), at + 1);
      // Up to this word, with the parentheses closed that are open here; without this word; and from this word on.
      for (int open = 0; open < 4; ++open)
        translate(text.substr(0, at) + std::string(static_cast<std::size_t>(open), ')'));
      translate(text.substr(0, at) + text.substr(next));
      translate("SELECT " + text.substr(at));
      at = next;
    }
  }
  EXPECT_GT(translations, 1000U);
  EXPECT_GT(refusals, 1000U);
}

}  // namespace
}  // namespace virtsql
