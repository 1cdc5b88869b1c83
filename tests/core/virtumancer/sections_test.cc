// Everything of a VM that is no device.
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class SectionsTest : public test::SourceFixture {
 protected:
  // Returns what the VM's XML has at the path if this is the only row of the table.
  std::string made(const std::string& table, const test::Row& row, std::string_view path) {
    tables_[table].clear();
    add_own(table, row);
    return SourceFixture::made(path);
  }
  std::string not_valid(const std::string& what, const std::string& columns) {
    return what + ": without a place or not valid: " + columns + "\n";
  }
};

TEST_F(SectionsTest, AreOneOrMany) {
  for (const char* shares : {"100", "200"}) add_own("cpu_tunes", {{"shares", shares}});
  for (const char* name : {"vmx", "svm", "vmx"}) add_own("cpu_features", {{"name", name}});
  EXPECT_EQ(SourceFixture::made("cputune"), "<cputune>\n  <shares>100</shares>\n</cputune>\n");
  EXPECT_EQ(part("cpu"),
            "<cpu mode='host-model'>\n  <feature name='vmx' policy='require'/>\n  <feature name='svm' "
            "policy='require'/>\n</cpu>\n");
  EXPECT_EQ(told("left out"), "cpu/feature: a feature of the CPU twice\ncpu_tunes: a second one of the VM\n");
}

TEST_F(SectionsTest, LeaveOutWhatLibvirtDoesNotTake) {
  EXPECT_EQ(made("cpu_tunes", {{"shares", "1"}, {"period", "999"}, {"quota", "1000"}}, "cputune"),
            "<cputune>\n  <quota>1000</quota>\n</cputune>\n");
  EXPECT_EQ(told("left out"), not_valid("cpu_tunes", "period, shares"));
  EXPECT_EQ(made("cpu_tunes", {{"shares", "2"}, {"period", "1000"}, {"quota", "17592186044415"}}, "cputune"),
            "<cputune>\n  <shares>2</shares>\n  <quota>17592186044415</quota>\n  <period>1000</period>\n</cputune>\n");
  tables_.erase("cpu_tunes");
  EXPECT_EQ(made("perf_events", {{"name", "cmt"}, {"state", "1"}}, "perf"),
            "<perf>\n  <event name='cmt' enabled='yes'/>\n</perf>\n");
  EXPECT_EQ(made("perf_events", {{"name", "cmt"}}, "perf"), "");
  EXPECT_EQ(told("left out"), "perf/event: whether it is counted is not said\n");
  EXPECT_EQ(made("perf_events", {{"state", "1"}}, "perf"), "");
  EXPECT_EQ(told("left out"), "perf/event: without @name\n");
  tables_.erase("perf_events");
  EXPECT_EQ(made("launch_securities", {{"type", "sev"}, {"policy", "1"}}, "launchSecurity"),
            "<launchSecurity type='sev'>\n  <policy>0x1</policy>\n</launchSecurity>\n");
  EXPECT_EQ(made("launch_securities", {{"type", "sev"}}, "launchSecurity"), "");
  EXPECT_EQ(told("left out"), "launchSecurity: without policy\n");
  EXPECT_EQ(made("launch_securities", {{"policy", "1"}}, "launchSecurity"), "");
  EXPECT_EQ(told("left out"), "launchSecurity: of a type that is not known\n");
}

TEST_F(SectionsTest, HaveTheFirmwareThatTheVmNeeds) {
  struct Case {
    test::Row row;
    const char* os;  // without the type
  };
  for (const Case& each : {
           Case{{{"loader_path", "/l"}}, "<loader>/l</loader>"},
           Case{{{"loader_path", "/l"}, {"loader_type", "rom"}}, "<loader type='rom'>/l</loader>"},
           Case{{{"loader_path", "/l"}, {"loader_type", "pflash"}}, "<loader type='pflash' readonly='yes'>/l</loader>"},
           Case{{{"loader_path", "/l"}, {"nvram_path", "/n"}},
                "<loader type='pflash' readonly='yes'>/l</loader><nvram>/n</nvram>"},
           Case{{{"nvram_path", "/n"}}, "<nvram>/n</nvram>"},
           Case{{{"loader_type", "pflash"}}, ""},
       }) {
    std::string os = made("boot_configs", each.row, "os/loader,os/nvram");
    std::erase(os, '\n');
    EXPECT_EQ(os, each.os);
  }
  EXPECT_EQ(made("boot_configs", {{"nvram_path", "/n"}}, "os"),
            "<os firmware='efi'>\n  <nvram>/n</nvram>\n  <type>hvm</type>\n</os>\n");
}

TEST_F(SectionsTest, BootSecurelyWithWhatThatNeeds) {
  EXPECT_EQ(made("boot_configs", {{"secure_boot", "1"}}, "os"),
            "<os firmware='efi'>\n  <loader secure='yes'/>\n  <type machine='q35'>hvm</type>\n</os>\n");
  EXPECT_EQ(part("features"), "<features>\n  <acpi/>\n  <apic/>\n  <smm state='on'/>\n</features>\n");
  EXPECT_EQ(told("inferred"),
            "os/@firmware: efi, from what only such a firmware has\n"
            "features/smm/@state: on, as secure boot needs it\nos/type/@machine: q35, as it boots securely\n");
}

TEST_F(SectionsTest, TakeWhatVirtumancerWritesElsewhere) {
  EXPECT_EQ(made("os_configs", {{"loader_type", "x86_64"}, {"firmware", "hvm"}}, "os"),
            "<os>\n  <type arch='x86_64'>hvm</type>\n</os>\n");
  EXPECT_EQ(told("left out"), "");
  EXPECT_EQ(made("os_configs", {{"boot_menu_timeout", "5"}}, "os/bootmenu"), "");
  EXPECT_EQ(told("left out"), not_valid("os", "boot_menu_timeout"));
  EXPECT_EQ(made("os_configs", {{"boot_menu_enable", "1"}, {"boot_menu_timeout", "5"}}, "os/bootmenu"),
            "<bootmenu enable='yes' timeout='5'/>\n");
}

TEST_F(SectionsTest, WaitForARebootAsLongAsLibvirtTakes) {
  for (const char* wait : {"-1", "65535"})
    EXPECT_EQ(made("os_configs", {{"bios_reboot_timeout", wait}}, "os/bios"),
              "<bios rebootTimeout='" + std::string(wait) + "'/>\n");
  for (const char* wait : {"-2", "65536"}) {
    EXPECT_EQ(made("os_configs", {{"bios_reboot_timeout", wait}}, "os/bios"), "");
    EXPECT_EQ(told("left out"), not_valid("os", "bios_reboot_timeout"));
  }
}

TEST_F(SectionsTest, HaveAClockWhosePartsGoTogether) {
  struct Case {
    test::Row row;
    const char* clock;
    const char* left_out;
  };
  for (const Case& each : {
           Case{{{"offset", "timezone"}, {"timezone", "Europe/Paris"}},
                "<clock offset='timezone' timezone='Europe/Paris'/>\n",
                ""},
           Case{{{"offset", "timezone"}}, "<clock offset='utc'/>\n", "offset"},
           Case{{{"offset", "utc"}, {"timezone", "Europe/Paris"}, {"basis", "utc"}, {"adjustment", "1"}},
                "<clock offset='utc'/>\n",
                "adjustment, basis, timezone"},
           Case{{{"offset", "variable"}, {"basis", "localtime"}, {"adjustment", "1"}},
                "<clock offset='variable' basis='localtime' adjustment='1'/>\n",
                ""},
           Case{{{"offset", "variable"}, {"adjustment", "-3600"}},
                "<clock offset='variable' adjustment='-3600'/>\n",
                ""},
           Case{{{"config_json", R"([{"name":"rtc","track":"guest"},{"name":"tsc","frequency":5}])"}},
                "<clock offset='utc'>\n  <timer name='rtc' track='guest'/>\n  <timer name='tsc' "
                "frequency='5'/>\n</clock>\n",
                ""},
           Case{{{"config_json", "null"}}, "<clock offset='utc'/>\n", ""},
           Case{{{"config_json", "text"}}, "<clock offset='utc'/>\n", "config_json"},
       }) {
    EXPECT_EQ(made("clocks", each.row, "clock"), each.clock);
    EXPECT_EQ(told("left out"), *each.left_out ? not_valid("clock", each.left_out) : "");
  }
  for (const char* timer :
       {R"({"name":"pit","track":"guest"})", R"({"name":"pit","frequency":5})", R"({"name":"hpet","mode":"auto"})",
        R"({"name":"kvmclock","tick_policy":"merge"})", R"({"name":"sundial"})", R"({"present":true})", "5"}) {
    EXPECT_EQ(made("clocks", {{"config_json", "[" + std::string(timer) + "]"}}, "clock"), "<clock offset='utc'/>\n")
        << timer;
    EXPECT_EQ(told("left out"), not_valid("clock", "config_json")) << timer;
  }
  EXPECT_EQ(made("clocks", {{"config_json", R"([{"name":"pit"},{"name":"pit"}])"}}, "clock/timer"),
            "<timer name='pit'/>\n");
}

TEST_F(SectionsTest, BackTheMemory) {
  EXPECT_EQ(
      made("memory_configs", {{"source_type", "hugepages"}, {"size_kb", "2048"}, {"locked", "1"}}, "memoryBacking"),
      "<memoryBacking>\n  <locked/>\n  <hugepages>\n    <page size='2048' unit='KiB'/>\n  </hugepages>\n"
      "</memoryBacking>\n");
  EXPECT_EQ(made("memory_configs", {{"source_type", "hugepages"}, {"size_kb", "0"}}, "memoryBacking"),
            "<memoryBacking>\n  <hugepages/>\n</memoryBacking>\n");
  EXPECT_EQ(made("memory_configs", {{"config_json", R"([{"size":1,"unit":"G"}])"}}, "memoryBacking/hugepages"),
            "<hugepages>\n  <page size='1' unit='G'/>\n</hugepages>\n");
  EXPECT_EQ(told("left out"), "");
  EXPECT_EQ(made("memory_configs", {{"config_json", R"([{"unit":"G"}])"}}, "memoryBacking"), "");
  EXPECT_EQ(told("left out"), not_valid("memoryBacking", "config_json"));
}

TEST_F(SectionsTest, SayToTheGuestWhatItsHardwareIs) {
  EXPECT_EQ(made("smbios_system_infos", {{"vendor", "ACME"}, {"serial", "7"}, {"asset", "A"}}, "sysinfo"),
            "<sysinfo type='smbios'>\n  <bios>\n    <entry name='vendor'>ACME</entry>\n  </bios>\n  <system>\n"
            "    <entry name='serial'>7</entry>\n  </system>\n  <chassis>\n    <entry name='asset'>A</entry>\n"
            "  </chassis>\n</sysinfo>\n");
  EXPECT_EQ(part("os/smbios"), "<smbios mode='sysinfo'/>\n");
  EXPECT_EQ(made("smbios_system_infos", {{"type", "smbios"}, {"config_json", R"({"mode":"host"})"}}, "sysinfo"), "");
  EXPECT_EQ(part("os/smbios"), "<smbios mode='host'/>\n");
  EXPECT_EQ(told("left out"), "");
  EXPECT_NE(made("smbios_system_infos", {{"vendor", "ACME"}, {"config_json", R"({"mode":"host"})"}}, "sysinfo"), "");
  EXPECT_EQ(told("left out"), not_valid("sysinfo", "config_json"));
}

TEST_F(SectionsTest, KeepWhatTheySayOfNoImage) {
  EXPECT_EQ(made("os_configs", {{"loader_type", "rom"}, {"loader_stateless", "1"}}, "os/loader"), "");
  EXPECT_EQ(told("left out"), not_valid("os", "loader_stateless, loader_type"));
}

TEST_F(SectionsTest, LabelTheVm) {
  EXPECT_EQ(
      made("security_labels", {{"type", "static"}, {"model", "selinux"}, {"label", "l"}, {"relabel", "0"}}, "seclabel"),
      "<seclabel type='static' model='selinux' relabel='no'>\n  <label>l</label>\n</seclabel>\n");
  EXPECT_EQ(
      made("security_labels", {{"type", "dynamic"}, {"model", "dac"}, {"label", "l"}, {"baselabel", "b"}}, "seclabel"),
      "<seclabel type='dynamic' model='dac'>\n  <baselabel>b</baselabel>\n</seclabel>\n");
  EXPECT_EQ(told("left out"), "");  // a dynamic label is made at each start: nothing is lost
  EXPECT_EQ(made("security_labels", {{"type", "static"}, {"model", "selinux"}}, "seclabel"), "");
  EXPECT_EQ(told("left out"), "seclabel: a static label without the label\n");
  EXPECT_EQ(made("security_labels", {{"type", "dynamic"}}, "seclabel"), "");
  EXPECT_EQ(told("left out"), "seclabel: a dynamic label of no security model\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
