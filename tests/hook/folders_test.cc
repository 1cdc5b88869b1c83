#include "hook/folders.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

namespace fs = std::filesystem;

class FoldersTest : public testing::Test {
 protected:
  FoldersTest() {
    config_.spool = top_ / "spool";
    config_.database = top_ / "data/virtsql.db";
    config_.libvirt_folder = top_ / "etc";
    config_.libvirt_state_folder = top_ / "lib";
    config_.libvirt_run_folder = top_ / "run";
    for (const char* folder : {"spool", "data", "etc", "lib", "run"}) fs::create_directory(top_ / folder);
  }

  void write(const std::string& path) { std::ofstream(top_ / path) << "x"; }

  // Writes a file as libvirt does: under another name, which it then renames.
  void rename_into_place(const std::string& path) {
    write(path + ".new");
    fs::rename(top_ / (path + ".new"), top_ / path);
  }

  // Returns kind, aspect, owner and name of each signal.
  static std::set<std::string> said(const Folders::Changes& changes) {
    std::set<std::string> out;
    for (const Signal& signal : changes.signals)
      out.insert(signal.kind + "|" + signal.aspect + "|" + signal.owner + "|" + signal.name);
    return out;
  }

  test::TemporaryFolder folder_;
  const fs::path top_ = folder_.path();
  Config config_;
};

using Said = std::set<std::string>;

TEST_F(FoldersTest, FoldersThatLibvirtMakesLaterAreWatched) {
  Folders folders(config_);
  folders.watch();
  for (const auto& [folder, kind] : std::map<std::string, std::string>{{"etc/qemu/networks", "network"},
                                                                       {"etc/nwfilter", "nwfilter"},
                                                                       {"etc/storage", "pool"},
                                                                       {"run/network", "network"}}) {
    fs::create_directories(top_ / folder);
    rename_into_place(folder + "/it.xml");
    EXPECT_EQ(said(folders.read()), Said{kind + "|||it"}) << folder;
  }
}

TEST_F(FoldersTest, EachKindOfFileSaysWhatItIsAbout) {
  for (const char* folder : {"etc/qemu/autostart", "etc/qemu/networks", "etc/storage", "etc/nwfilter", "etc/secrets",
                             "run/qemu", "run/network/inside/ports", "run/nwfilter-binding", "lib/qemu/save",
                             "lib/qemu/snapshot/web", "lib/qemu/checkpoint/web"})
    fs::create_directories(top_ / folder);
  Folders folders(config_);
  folders.watch();
  for (const char* path :
       {"etc/qemu/web.xml", "etc/qemu/networks/inside.xml", "etc/storage/pool.xml", "etc/nwfilter/f.xml",
        "etc/secrets/s.xml", "run/qemu/web.xml", "run/network/inside.xml", "run/network/inside/ports/p.xml",
        "run/nwfilter-binding/vnet0.xml", "lib/qemu/snapshot/web/first.xml", "lib/qemu/checkpoint/web/c.xml"})
    rename_into_place(path);
  fs::create_symlink("../web.xml", top_ / "etc/qemu/autostart/web.xml");
  write("lib/qemu/save/web.save");
  write("run/qemu/web.pid");
  const Folders::Changes changes = folders.read();
  EXPECT_EQ(said(changes),
            (Said{"domain|definition||web", "domain|live||web", "domain|autostart||web", "domain|managed-save||web",
                  "network|||inside", "networkport||inside|p", "pool|||pool", "nwfilter|||f", "secret|||s",
                  "nwfilterbinding|||vnet0", "domainsnapshot||web|first", "domaincheckpoint||web|c"}));
  EXPECT_FALSE(changes.spool || changes.database || changes.lost);
}

TEST_F(FoldersTest, AFileThatGoesIsNews) {
  fs::create_directories(top_ / "etc/qemu");
  rename_into_place("etc/qemu/web.xml");
  Folders folders(config_);
  folders.watch();
  EXPECT_EQ(said(folders.read()), Said{});
  fs::remove(top_ / "etc/qemu/web.xml");
  EXPECT_EQ(said(folders.read()), Said{"domain|definition||web"});
}

TEST_F(FoldersTest, TheFirstFileOfAFolderThatComesWithItIsSeen) {
  Folders folders(config_);
  folders.watch();
  // All of this happens before read() looks.
  fs::create_directories(top_ / "lib/qemu/snapshot/web");
  rename_into_place("lib/qemu/snapshot/web/first.xml");
  EXPECT_EQ(said(folders.read()), Said{"domainsnapshot||web|first"});
  // The folder is removed together with its last file, and made again.
  fs::remove_all(top_ / "lib/qemu/snapshot/web");
  EXPECT_EQ(said(folders.read()), Said{"domainsnapshot||web|first"});
  fs::create_directories(top_ / "lib/qemu/snapshot/web");
  EXPECT_EQ(said(folders.read()), Said{});
  rename_into_place("lib/qemu/snapshot/web/second.xml");
  EXPECT_EQ(said(folders.read()), Said{"domainsnapshot||web|second"});
}

TEST_F(FoldersTest, APoolsFolderHasItsVolumesWhileItIsTold) {
  fs::create_directories(top_ / "images");
  Folders folders(config_);
  folders.watch();
  folders.watch_pool("qemu", "store", top_ / "images");
  write("images/one.img");
  EXPECT_EQ(said(folders.read()), Said{"volume||store|" + (top_ / "images/one.img").string()});
  folders.watch_pool("qemu", "store", "");
  fs::remove(top_ / "images/one.img");
  EXPECT_EQ(said(folders.read()), Said{});
}

TEST_F(FoldersTest, TheSpoolAndTheDatabaseAreTheirOwn) {
  Folders folders(config_);
  folders.watch();
  rename_into_place("spool/1.record");
  Folders::Changes changes = folders.read();
  EXPECT_TRUE(changes.spool);
  EXPECT_FALSE(changes.database);
  // The removal of a drained record is no reason to drain.
  fs::remove(top_ / "spool/1.record");
  EXPECT_FALSE(folders.read().spool);
  write("data/other.virtsql.db");
  write("data/virtsql.db-wal");
  EXPECT_FALSE(folders.read().database);
  rename_into_place("data/virtsql.db");
  changes = folders.read();
  EXPECT_TRUE(changes.database);
  EXPECT_FALSE(changes.spool);
}

}  // namespace
}  // namespace virtsql
