// A spool folder for one test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "core/spool/spool.h"
#include "tests/core/temporary_folder.h"

namespace virtsql::test {

class SpoolFolder {
 public:
  SpoolFolder() : folder_(spool::open_folder(top_ / "spool")) { EXPECT_GE(folder_, 0); }
  SpoolFolder(const SpoolFolder&) = delete;
  SpoolFolder& operator=(const SpoolFolder&) = delete;
  ~SpoolFolder() { ::close(folder_); }

  int folder() const { return folder_; }

  // Returns the path of a file in the spool folder.
  std::string path(const std::string& name) const { return top_ / "spool/" + name; }

  // Writes a record with the XML.
  void write(std::int64_t id, const std::string& xml = "<domain/>") const {
    Capture capture;
    capture.id = id;
    capture.host = "alpha";
    capture.driver = "qemu";
    capture.operation = "start";
    capture.xml = xml;
    EXPECT_EQ(spool::write(folder_, capture), 0);
  }

 private:
  TemporaryFolder top_;
  int folder_;
};

}  // namespace virtsql::test
