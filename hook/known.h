// What has been captured already, so that looking at everything keeps only what is new.
//
// A look at libvirt gives hundreds of documents, nearly all of them as they were. Asking the database for each would be
// slow, and would not do: what lies in the spool is not in it yet. So the digests of the newest documents are read
// once, and from then on Known remembers by itself what it was told is kept.
//
// The database also says what there was, which is how virtsqld finds out what went while nobody looked.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/database.h"
#include "core/libvirt/source.h"
#include "core/spool/config.h"
#include "core/spool/spool.h"

namespace virtsql {

class Known {
 public:
  explicit Known(const Config& config) : config_(config) {}

  // Whether the record says something else than the last one of its object.
  bool is_news(const spool::Record& record);

  // The record has been kept: to be called when it is, not before. After one without a document, any document is news.
  void remember(const spool::Record& record);

  // The names of the objects of the kind that were captured of this driver on the host and are still there.
  std::vector<std::string> objects(const LibvirtSource::Listed& listed, const std::string& host,
                                   const std::string& driver);

  // The VMs of the host whose definition virtsqld captured from this driver and has not seen go: name by UUID.
  std::map<std::string, std::string> defined_before(const std::string& host, const std::string& driver);

  // Lets go of the database, until it is asked again. A connection that stays open would keep the writer from
  // truncating the WAL, and one that could not be opened is not tried again before.
  void close();

 private:
  struct Reader {
    explicit Reader(const std::string& path) : connection(path, SQLITE_OPEN_READONLY), database(connection.handle()) {}
    Connection connection;
    Database database;
  };

  void load();
  template <typename Work>
  bool read(Work work);

  const Config& config_;
  std::optional<Reader> reader_;
  bool unreadable_ = false;
  bool loaded_ = false;
  std::unordered_map<std::string, std::string> last_;  // digest by object
  std::set<std::string> captured_;                     // the newest digests of the database
};

}  // namespace virtsql
