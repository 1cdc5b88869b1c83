// With libvirt's test driver, which runs inside this process: what is done through one connection to test:///default is
// seen through every other.
#include "core/libvirt/observer.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <libvirt/virterror.h>

#include "tests/core/libvirt/fixture.h"
#include "tests/core/store/fixture.h"

namespace {

// Whether these calls of libvirt fail, as they do when its daemon goes away. libvirt then says neither yes nor no.
bool pools_fail = false;
bool activity_fails = false;

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// These take the place of libvirt's functions in this program.
extern "C" int virConnectListAllStoragePools(virConnectPtr connection, virStoragePoolPtr** pools, unsigned flags) {
  if (pools_fail) return -1;
  return real<decltype(virConnectListAllStoragePools)>(__func__)(connection, pools, flags);
}

extern "C" char* virInterfaceGetXMLDesc(virInterfacePtr interface, unsigned flags) {
  return real<decltype(virInterfaceGetXMLDesc)>(__func__)(
      interface, virtsql::test::has_inactive_form ? flags & ~unsigned{VIR_INTERFACE_XML_INACTIVE} : flags);
}

extern "C" int virDomainIsActive(virDomainPtr domain) {
  if (activity_fails) return -1;
  return real<decltype(virDomainIsActive)>(__func__)(domain);
}

namespace virtsql {
namespace {

class ObserverTest : public test::StoreFixture {
 protected:
  // Keeps records in the database, and knows what is in it.
  class DatabaseKeeper : public Keeper {
   public:
    DatabaseKeeper(Database& database, Store& store) : store_(store) { known_.load(database); }
    bool keep(Capture record, bool only_news) override {
      if (only_news && !known_.is_news(record)) return false;
      (void)store_.capture(record);
      if (!record.kind.empty()) known_.remember(record);
      return true;
    }
    Known& known() override { return known_; }

   private:
    Store& store_;
    Known known_;
  };

  ObserverTest() : connection_(open()), source_("test:///default", true) { begin_anew(); }
  ~ObserverTest() override { virSetErrorFunc(nullptr, nullptr); }

  using PoolRef = std::unique_ptr<virStoragePool, LibvirtDeleter<virStoragePoolFree>>;
  using VolumeRef = std::unique_ptr<virStorageVol, LibvirtDeleter<virStorageVolFree>>;

  // As when virtsqld is started again: only what is in the database is known.
  void begin_anew() {
    observer_.reset();
    keeper_.emplace(*database_, *store_);
    observer_.emplace(source_, true, *keeper_);
  }

  // Looks at the domain of an event.
  void see_event(const std::string& operation) {
    Task task;
    task.kind = kinds::kDomain;
    task.id = kUuid;
    task.operation = operation;
    task.only_news = false;
    observer_->observe(task);
  }

  bool define() { return DomainRef(virDomainDefineXML(connection_.get(), kXml)) != nullptr; }
  DomainRef domain() { return DomainRef(virDomainLookupByUUIDString(connection_.get(), kUuid)); }

  void make_pool(const std::string& name, const std::vector<std::string>& volumes) {
    const std::string xml =
        "<pool type='dir'><name>" + name + "</name><target><path>/" + name + "</path></target></pool>";
    ASSERT_NE(PoolRef(virStoragePoolDefineXML(connection_.get(), xml.c_str(), 0)), nullptr);
    ASSERT_EQ(virStoragePoolCreate(pool(name).get(), 0), 0);
    for (const std::string& volume : volumes) {
      const std::string described = "<volume><name>" + volume + "</name><capacity>1024</capacity><target/></volume>";
      ASSERT_NE(VolumeRef(virStorageVolCreateXML(pool(name).get(), described.c_str(), 0)), nullptr);
    }
  }
  PoolRef pool(const std::string& name) { return PoolRef(virStoragePoolLookupByName(connection_.get(), name.c_str())); }
  void remove_volume(const std::string& path) {
    const VolumeRef volume(virStorageVolLookupByPath(connection_.get(), path.c_str()));
    ASSERT_EQ(virStorageVolDelete(volume.get(), 0), 0) << path;
  }

  std::string state() {
    return text("SELECT state || ' ' || persistent FROM vm_states WHERE vm_uuid = '" + std::string(kUuid) + "'");
  }
  std::string undefines() {
    return text(
        "SELECT group_concat(coalesce(config, '-') || ' of ' || coalesce(name, vm_uuid), ', ') FROM (SELECT * "
        "FROM captures WHERE operation = 'undefine' ORDER BY seq)");
  }
  std::string volumes() {
    return text("SELECT group_concat(path, ' ') FROM (SELECT path FROM volumes WHERE path LIKE '/pool-%' ORDER BY 1)");
  }

  static constexpr const char* kUuid = "aaaaaaaa-0000-4000-8000-000000000001";
  static constexpr const char* kXml =
      "<domain type='test'><name>web</name><uuid>aaaaaaaa-0000-4000-8000-000000000001</uuid><memory>8192</memory>"
      "<os><type>hvm</type></os></domain>";
  static constexpr const char* kUndefine = "persistent of web";

  // Without an error function libvirt prints its errors.
  static virConnectPtr open() {
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    return virConnectOpen("test:///default");
  }

  ConnectRef connection_;
  LibvirtSource source_;
  std::optional<DatabaseKeeper> keeper_;
  std::optional<Observer> observer_;
};

TEST_F(ObserverTest, AVmThatIsUndefinedWhileItRunsGoesWhenItStops) {
  for (const bool anew : {false, true}) {
    ASSERT_TRUE(define());
    ASSERT_EQ(virDomainCreate(domain().get()), 0);
    observer_->sync();
    EXPECT_EQ(state(), "running 1");
    const std::int64_t before = number("SELECT count(*) FROM captures WHERE operation = 'undefine'");
    const auto undefined = [&](const std::string& config) {
      return number("SELECT count(*) FROM captures WHERE operation = 'undefine' AND config IS " + config) -
             (config == "NULL" ? 0 : before);
    };
    ASSERT_EQ(virDomainUndefine(domain().get()), 0);
    see_event("undefine");
    EXPECT_EQ(state(), "running 0");
    // It is one event, however often it is looked at.
    see_event("undefine");
    EXPECT_EQ(undefined("'persistent'"), 1);
    EXPECT_EQ(undefined("NULL"), 0);
    // It stops while nobody listens.
    ASSERT_EQ(virDomainDestroy(domain().get()), 0);
    if (anew) begin_anew();
    observer_->sync();
    EXPECT_EQ(state(), "undefined 0");
    EXPECT_EQ(undefined("'persistent'"), 2);
    observer_->sync();
    EXPECT_EQ(undefined("'persistent'"), 2);
  }
}

TEST_F(ObserverTest, ATransientVmIsUndefinedWhenItStops) {
  ASSERT_NE(DomainRef(virDomainCreateXML(connection_.get(), kXml, 0)), nullptr);
  observer_->sync();
  EXPECT_EQ(state(), "running 0");
  EXPECT_EQ(undefines(), "");
  ASSERT_EQ(virDomainDestroy(domain().get()), 0);
  see_event("stopped");
  EXPECT_EQ(state(), "undefined 0");
  EXPECT_EQ(undefines(), kUndefine);
  // The hook tells of the end as well, and the sync sees it.
  Capture release;
  release.host = source_.host();
  release.driver = source_.driver();
  release.kind = kinds::kDomain;
  release.uuid = kUuid;
  release.operation = "release";
  release.config = "live";
  release.source = "hook";
  const CaptureResult told = store_->capture(release);
  EXPECT_TRUE(keeper_->known().add_hook_events(*database_, told.seq - 1).empty());
  observer_->sync();
  EXPECT_EQ(undefines(), kUndefine);
  // Another one takes its place.
  release.operation = "prepare";
  const CaptureResult again = store_->capture(release);
  EXPECT_EQ(keeper_->known().add_hook_events(*database_, again.seq - 1).size(), 1U);
}

TEST_F(ObserverTest, AVmOfWhichNothingIsSaidIsNotGone) {
  ASSERT_TRUE(define());
  observer_->sync();
  activity_fails = true;
  EXPECT_THROW(see_event("define"), LibvirtError);
  activity_fails = false;
  EXPECT_EQ(undefines(), "");
  EXPECT_EQ(state(), "shut off 1");
  ASSERT_EQ(virDomainUndefine(domain().get()), 0);
}

// virtsqld looks at a file of a pool's folder a moment after it changed. The pool may have stopped by then.
TEST_F(ObserverTest, AVolumeOfAPoolThatHasStoppedIsNotGone) {
  make_pool("pool-a", {"1", "2"});
  observer_->sync();
  const auto look_at = [&](const std::string& volume) {
    Task task;
    task.kind = kinds::kVolume;
    task.owner = "pool-a";
    task.id = volume;
    task.operation = "define";
    observer_->observe(task);
  };
  remove_volume("/pool-a/1");
  look_at("/pool-a/1");
  EXPECT_EQ(volumes(), "/pool-a/2");
  ASSERT_EQ(virStoragePoolDestroy(pool("pool-a").get()), 0);
  look_at("/pool-a/2");
  EXPECT_EQ(volumes(), "/pool-a/2");
  ASSERT_EQ(virStoragePoolUndefine(pool("pool-a").get()), 0);
}

TEST_F(ObserverTest, OnlyVolumesOfAnInactivePoolAreOpen) {
  for (const bool anew : {false, true}) {
    make_pool("pool-a", {"1", "2"});
    make_pool("pool-b", {"3", "4"});
    observer_->sync();
    EXPECT_EQ(volumes(), "/pool-a/1 /pool-a/2 /pool-b/3 /pool-b/4");
    remove_volume("/pool-a/1");
    ASSERT_EQ(virStoragePoolDestroy(pool("pool-b").get()), 0);
    if (anew) begin_anew();
    observer_->sync();
    EXPECT_EQ(volumes(), "/pool-a/2 /pool-b/3 /pool-b/4");
    // If the pools cannot be listed, nothing is said of their volumes.
    pools_fail = true;
    observer_->sync();
    pools_fail = false;
    EXPECT_EQ(volumes(), "/pool-a/2 /pool-b/3 /pool-b/4");
    EXPECT_EQ(number("SELECT count(*) FROM storage_pools WHERE name LIKE 'pool-%'"), 2);
    // The volumes of a pool go with it, and each is said to be gone once.
    ASSERT_EQ(virStoragePoolUndefine(pool("pool-b").get()), 0);
    if (anew) begin_anew();
    observer_->sync();
    EXPECT_EQ(volumes(), "/pool-a/2");
    ASSERT_EQ(virStoragePoolDestroy(pool("pool-a").get()), 0);
    ASSERT_EQ(virStoragePoolUndefine(pool("pool-a").get()), 0);
    observer_->sync();
    EXPECT_EQ(volumes(), "");
    const std::int64_t times = anew ? 2 : 1;
    EXPECT_EQ(number("SELECT count(*) FROM captures WHERE operation = 'undefine' AND name LIKE '/pool-%'"), 4 * times);
    EXPECT_EQ(number("SELECT count(*) FROM captures WHERE operation = 'undefine' AND name LIKE 'pool-%'"), 2 * times);
  }
}

TEST_F(ObserverTest, WhatStopsHasStoppedOnce) {
  test::has_inactive_form = true;
  const auto ends = [this](const std::string& name) {
    return text(
        "SELECT coalesce(group_concat(source || ' ' || config, ', '), '') FROM (SELECT * FROM captures WHERE kind "
        "<> 'domain' AND name = '" +
        name + "' AND operation = 'stopped' ORDER BY seq)");
  };
  using NetworkRef = std::unique_ptr<virNetwork, LibvirtDeleter<virNetworkFree>>;
  using InterfaceRef = std::unique_ptr<virInterface, LibvirtDeleter<virInterfaceFree>>;
  const NetworkRef network(virNetworkLookupByName(connection_.get(), "default"));
  const InterfaceRef interface(virInterfaceLookupByName(connection_.get(), "eth1"));
  ASSERT_EQ(virNetworkIsActive(network.get()), 1);
  ASSERT_EQ(virInterfaceIsActive(interface.get()), 1);
  observer_->sync();
  ASSERT_EQ(virInterfaceDestroy(interface.get(), 0), 0);
  ASSERT_EQ(virNetworkDestroy(network.get()), 0);
  Task task;
  task.kind = kinds::kInterface;
  task.id = "eth1";
  task.operation = operations::kStopped;
  observer_->observe(task);
  EXPECT_EQ(ends("eth1"), "event live");
  task.kind = kinds::kNetwork;
  task.id = "default";
  observer_->observe(task);
  EXPECT_EQ(ends("default"), "") << "the hook says it";
  // Nobody saw that event, nor a hook: the host lost its power.
  begin_anew();
  observer_->sync();
  observer_->sync();
  begin_anew();
  observer_->sync();
  EXPECT_EQ(ends("eth1"), "event live");
  EXPECT_EQ(ends("default"), "sync live");
  ASSERT_EQ(virNetworkCreate(network.get()), 0);
  observer_->sync();
  ASSERT_EQ(virNetworkDestroy(network.get()), 0);
  observer_->sync();
  EXPECT_EQ(ends("default"), "sync live, sync live");
  test::has_inactive_form = false;
}

}  // namespace
}  // namespace virtsql
