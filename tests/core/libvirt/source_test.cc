#include "core/libvirt/source.h"

#include "core/spool/host_name.h"
#include "tests/core/libvirt/fixture.h"

namespace virtsql {
namespace {

class LibvirtSourceTest : public test::LibvirtFixture {
 protected:
  SurveyedDomain surveyed() {
    for (SurveyedDomain& each : source_.survey())
      if (each.state.uuid == kUuid) return std::move(each);
    ADD_FAILURE() << "the survey has no such domain";
    return {};
  }
  LibvirtSource source_{kUri, false};
};

TEST_F(LibvirtSourceTest, KnowsWhereItIs) {
  EXPECT_EQ(source_.driver(), "test");
  EXPECT_EQ(source_.uri(), kUri);
  EXPECT_TRUE(source_.is_local());
  EXPECT_EQ(source_.host(), host_name());
  EXPECT_TRUE(source_.is_alive());
  EXPECT_THROW(LibvirtSource("nonsense:///", true), LibvirtError);
}

TEST_F(LibvirtSourceTest, FindsADomainByItsUuidOrItsName) {
  ASSERT_TRUE(define());
  for (const char* name : {kUuid, "made"}) {
    const DomainRef found = source_.find(name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(uuid_of(found.get()), kUuid);
  }
  EXPECT_EQ(source_.find("absent"), nullptr);
  EXPECT_EQ(virGetLastErrorCode(), VIR_ERR_OK);
}

TEST_F(LibvirtSourceTest, LooksAtADefinitionAndAtWhatRuns) {
  ASSERT_TRUE(define());
  DomainState state = LibvirtSource::read_state(domain().get());
  EXPECT_EQ(state.name, "made");
  EXPECT_TRUE(!state.active && state.persistent && state.id == -1 && state.xml.empty());
  EXPECT_NE(state.persistent_xml.find("<name>made</name>"), std::string::npos);
  ASSERT_EQ(virDomainCreate(domain().get()), 0);
  state = LibvirtSource::read_state(domain().get());
  EXPECT_TRUE(state.active && state.persistent && state.id > 0);
  EXPECT_NE(state.xml.find(" id='"), std::string::npos);
  EXPECT_EQ(state.persistent_xml.find(" id='"), std::string::npos);
  EXPECT_EQ(domain_state_name(state.state), "running");
}

TEST_F(LibvirtSourceTest, WhatIsNotAskedForStaysAsItIs) {
  ASSERT_TRUE(define());
  DomainState state;
  state.persistent = true;
  state.state = 77;
  state.xml = "kept";
  LibvirtSource::read_state(domain().get(), state, {false, false, false, true});
  EXPECT_EQ(state.uuid, kUuid);
  EXPECT_EQ(state.state, 77);
  EXPECT_EQ(state.xml, "kept");
  EXPECT_NE(state.persistent_xml, "");
}

TEST_F(LibvirtSourceTest, ADomainThatWentIsNeitherActiveNorPersistent) {
  ASSERT_TRUE(define());
  const DomainRef gone = domain();
  ASSERT_EQ(virDomainUndefine(gone.get()), 0);
  const DomainState state = LibvirtSource::read_state(gone.get());
  EXPECT_EQ(state.uuid, kUuid);
  EXPECT_FALSE(state.active || state.persistent);
  EXPECT_EQ(state.persistent_xml, "");
}

TEST_F(LibvirtSourceTest, ASurveySaysOfAllWhatALookSaysOfOne) {
  ASSERT_TRUE(define());
  ASSERT_EQ(virDomainSetAutostart(domain().get(), 1), 0);
  EXPECT_EQ(source_.survey().size(), source_.domains().size());
  for (const bool runs : {false, true}) {
    if (runs) {
      ASSERT_EQ(virDomainCreate(domain().get()), 0);
    }
    const SurveyedDomain found = surveyed();
    const DomainState looked = LibvirtSource::read_state(domain().get());
    EXPECT_EQ(found.state.name, looked.name);
    EXPECT_EQ(found.state.id, looked.id);
    EXPECT_EQ(found.state.state, looked.state);
    EXPECT_EQ(found.state.reason, looked.reason);
    EXPECT_EQ(found.state.active, runs);
    EXPECT_TRUE(found.state.persistent);
    EXPECT_TRUE(found.state.autostart);
    EXPECT_FALSE(found.has_snapshots || found.has_checkpoints);
    EXPECT_EQ(found.state.xml + found.state.persistent_xml, "") << "a survey has no XML";
  }
}

TEST_F(LibvirtSourceTest, ARecordOfADomainSaysItsState) {
  DomainState state;
  state.uuid = kUuid;
  state.name = "made";
  state.state = VIR_DOMAIN_PAUSED;
  state.reason = VIR_DOMAIN_PAUSED_IOERROR;
  state.persistent = true;
  const Capture record = source_.record_of_state(state, "sync", "sync");
  EXPECT_EQ(record.host + " " + record.driver + " " + record.operation + " " + record.source + " " + record.extra,
            host_name() + " test sync sync " + kUri);
  EXPECT_EQ(record.kind + " " + record.name + " " + record.uuid, std::string("domain made ") + kUuid);
  EXPECT_EQ(record.state + ", " + record.reason, "paused, I/O error");
  EXPECT_EQ(record.autostart + record.persistent + record.managed_save, "010");
  EXPECT_EQ(record.config + record.xml, "");
  // A VM that waits for something or is shutting down still runs.
  for (const int running : {VIR_DOMAIN_BLOCKED, VIR_DOMAIN_SHUTDOWN}) {
    state.state = running;
    EXPECT_EQ(source_.record_of_state(state, "sync", "sync").state, "running");
  }
  state.state = VIR_DOMAIN_NOSTATE;
  EXPECT_EQ(source_.record_of_state(state, "sync", "sync").state, "unknown");
}

TEST_F(LibvirtSourceTest, ADomainHasARecordOfEachDocument) {
  const auto told = [&](const std::string& definition, const std::string& live) {
    DomainState state;
    state.uuid = kUuid;
    state.persistent_xml = definition;
    state.xml = live;
    std::string out;
    source_.record_domain(state, "define", "updated", "event", [&](const Capture& record) {
      out += record.config + " " + record.xml + " " + record.sub_operation + "; ";
    });
    return out;
  };
  EXPECT_EQ(told("<a/>", "<b/>"), "persistent <a/> updated; live <b/> updated; ");
  EXPECT_EQ(told("", "<b/>"), "live <b/> updated; ");
  EXPECT_EQ(told("", ""), "");
}

TEST_F(LibvirtSourceTest, ARecordOfAThingSaysItsKindAndWhoseItIs) {
  const ObjectKind& snapshot = *find_object_kind(kinds::kSnapshot);
  const Capture made =
      source_.record_of(snapshot, kUuid, {"s", "persistent", "<domainsnapshot/>", true}, "sync", "sync");
  EXPECT_EQ(
      made.kind + " " + made.name + " " + made.uuid + " " + made.sub_operation + " " + made.config + " " + made.xml,
      std::string("domainsnapshot s ") + kUuid + " domainsnapshot persistent <domainsnapshot/>");
  const Capture volume = source_.record_of_end(*find_object_kind(kinds::kVolume), "pool", "/a", "event");
  EXPECT_EQ(volume.operation + " " + volume.name + " " + volume.config + " " + volume.xml + volume.uuid,
            "undefine /a persistent ");
}

TEST(DomainStates, HaveVirshsWords) {
  EXPECT_EQ(domain_state_name(VIR_DOMAIN_SHUTOFF), "shut off");
  EXPECT_EQ(domain_state_name(VIR_DOMAIN_PMSUSPENDED), "pmsuspended");
  EXPECT_EQ(domain_state_name(77), "no state");
  EXPECT_EQ(domain_state_name(-1), "no state");
  EXPECT_EQ(domain_reason_name(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED), "destroyed");
  EXPECT_EQ(domain_reason_name(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY), "post-copy");
  EXPECT_EQ(domain_reason_name(VIR_DOMAIN_RUNNING, 77), "unknown");
}

}  // namespace
}  // namespace virtsql
