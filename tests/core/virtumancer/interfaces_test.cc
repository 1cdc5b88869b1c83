#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class InterfacesTest : public test::SourceFixture {
 protected:
  // Returns the VM's only interface, made of a port with these columns.
  std::string made(test::Row port) {
    for (const char* table : {"ports", "port_attachments"}) tables_[table].clear();
    port.insert({{"id", "p"}, {"mac_address", "52:54:00:00:00:01"}});
    add("ports", port);
    add_own("port_attachments", {{"id", "1"}, {"port_id", "p"}});
    return SourceFixture::made("devices/interface");
  }
  // Returns the XML of an interface with these attributes, and with `below` after the MAC address.
  static std::string interface(const std::string& attributes, const std::string& below) {
    return "<interface " + attributes + ">\n  <mac address='52:54:00:00:00:01'/>\n" + below + "</interface>\n";
  }
};

TEST_F(InterfacesTest, PlugIntoWhatThePortSays) {
  EXPECT_EQ(made({{"source_type", "network"}, {"source_ref", "lab"}, {"port_group", "web"}}),
            interface("type='network'", "  <source network='lab' portgroup='web'/>\n"));
  EXPECT_EQ(made({{"source_type", "bridged"}, {"source_ref", "br0"}}),
            interface("type='bridge'", "  <source bridge='br0'/>\n"));
  EXPECT_EQ(made({{"source_type", "macvtap"}, {"source_ref", "eth0"}}),
            interface("type='direct'", "  <source dev='eth0' mode='bridge'/>\n"));
  EXPECT_EQ(
      made({{"source_type", "vhostuser"}, {"source_ref", "/s"}}),
      interface("type='vhostuser'", "  <source path='/s' type='unix' mode='client'/>\n  <model type='virtio'/>\n"));
  EXPECT_EQ(made({{"source_type", "vdpa"}, {"source_ref", "/dev/v"}}),
            interface("type='vdpa'", "  <source dev='/dev/v'/>\n  <model type='virtio'/>\n"));
  EXPECT_EQ(made({{"source_type", "hostdev"}, {"source_ref", "3b:00.1"}}),
            interface("type='hostdev' managed='yes'",
                      "  <source>\n    <address domain='0x0000' bus='0x3b' slot='0x00' function='0x1' type='pci'/>\n  "
                      "</source>\n"));
  EXPECT_EQ(made({{"source_type", "user"}, {"model_name", "e1000e"}}),
            interface("type='user'", "  <model type='e1000e'/>\n"));
  EXPECT_EQ(told("left out") + told("defaulted") + told("inferred"), "");
}

TEST_F(InterfacesTest, PlugIntoTheNetworkOfThePort) {
  add("networks", {{"id", "n"}, {"name", "lab"}, {"mode", "nat"}, {"bridge_name", "virbr1"}});
  add("networks", {{"id", "b"}, {"name", "lan"}, {"mode", "bridged"}, {"bridge_name", "br0"}});
  add("port_bindings", {{"id", "1"}, {"port_id", "p"}, {"network_id", "n"}});
  EXPECT_EQ(made({}), interface("type='network'", "  <source network='lab'/>\n"));
  tables_["port_bindings"].front()["network_id"] = "b";  // virtumancer calls a plain bridge a bridged network
  EXPECT_EQ(made({}), interface("type='bridge'", "  <source bridge='br0'/>\n"));
  EXPECT_EQ(told("inferred"), "devices/interface/source: the bridge br0 of the port's network\n");
  tables_["port_bindings"].front()["network_id"] = "none";
  EXPECT_EQ(made({}), interface("type='user'", "  <link state='down'/>\n"));
  EXPECT_EQ(told("left out"), "devices/interface/source: networks has no row none, or it is deleted\n");
  EXPECT_EQ(told("defaulted"),
            "devices/interface/source: nothing says what it plugs into: user mode networking, with the link down\n");
}

TEST_F(InterfacesTest, OfVhostUserAreVirtio) {
  made({{"source_type", "vhostuser"}, {"source_ref", "/s"}, {"model_name", "e1000"}});
  EXPECT_EQ(part("devices/interface/model"), "<model type='virtio'/>\n");
  EXPECT_EQ(told("inferred"),
            "devices/interface/model/@type: virtio, not e1000: libvirt takes no other with vhostuser\n");
  made({{"source_type", "vhostuser"}, {"source_ref", "/s"}, {"model_name", "virtio-transitional"}});
  EXPECT_EQ(part("devices/interface/model"), "<model type='virtio-transitional'/>\n");
}

TEST_F(InterfacesTest, HaveANameOnTheHostOnce) {
  for (const char* id : {"a", "b"}) {
    add("ports", {{"id", id}, {"source_type", "user"}});
    add_own("port_attachments", {{"id", id}, {"port_id", id}, {"device_name", "vnet0"}});
  }
  EXPECT_EQ(SourceFixture::made("devices/interface"),
            "<interface type='user'>\n  <target dev='vnet0'/>\n</interface>\n<interface type='user'/>\n");
  EXPECT_EQ(told("left out"), "devices/interface: without a place or not valid: device_name\n");
  const std::string none = "devices/interface/mac/@address: none: libvirt makes one up when the VM is defined\n";
  EXPECT_EQ(told("defaulted"), none + none);
}

TEST_F(InterfacesTest, AreFoundByOlderTablesAsWell) {
  add("ports", {{"id", "a"}, {"vm_id", "v"}, {"mac_address", "52:54:00:00:00:0a"}, {"source_type", "user"}});
  add("ports", {{"id", "b"}, {"mac_address", "52:54:00:00:00:0b"}, {"source_type", "user"}});
  add_own("attachment_indices", {{"id", "1"}, {"device_type", "port"}, {"device_id", "b"}});
  add_own("attachment_indices", {{"id", "2"}, {"device_type", "port"}, {"device_id", "a"}});
  add_own("port_attachments", {{"id", "1"}, {"port_id", "none"}});
  SourceFixture::made("");
  EXPECT_EQ(part("devices/interface/mac"), "<mac address='52:54:00:00:00:0a'/>\n<mac address='52:54:00:00:00:0b'/>\n");
  EXPECT_EQ(told("left out"), "devices/interface: ports has no row none, or it is deleted\n");
}

TEST_F(InterfacesTest, HaveTheirVlans) {
  const auto vlan_of = [&](const std::string& type, const std::string& tags, const std::string& primary) {
    made({{"source_type", type},
          {"source_ref", type == "user" ? "" : "x"},
          {"vlan_tags_json", tags},
          {"primary_vlan", primary}});
    std::string out = part("devices/interface/vlan");
    std::erase(out, '\n');
    return out;
  };
  EXPECT_EQ(vlan_of("network", "[5]", ""), "<vlan>  <tag id='5'/></vlan>");
  EXPECT_EQ(vlan_of("network", R"({"tags":[{"id":5},{"id":6}]})", "0"),
            "<vlan trunk='yes'>  <tag id='5'/>  <tag id='6'/></vlan>");
  EXPECT_EQ(vlan_of("bridge", "[5]", "4"), "<vlan trunk='yes'>  <tag id='4'/>  <tag id='5'/></vlan>");
  EXPECT_EQ(vlan_of("bridge", "[5]", "5"), "<vlan>  <tag id='5'/></vlan>");
  EXPECT_EQ(vlan_of("bridge", "", "4095"), "<vlan>  <tag id='4095'/></vlan>");
  EXPECT_EQ(told("left out"), "");
  for (const auto& [type, tags, primary] : {std::tuple("user", "[5]", "5"), std::tuple("network", "[4096]", "4096"),
                                            std::tuple("network", "[\"a\"]", "a"), std::tuple("network", "{}", "-1")}) {
    EXPECT_EQ(vlan_of(type, tags, primary), "");
    EXPECT_EQ(told("left out"), "devices/interface: without a place or not valid: primary_vlan, vlan_tags_json\n")
        << tags;
  }
}

TEST_F(InterfacesTest, HaveAFilterWithItsParameters) {
  EXPECT_EQ(made({{"source_type", "network"},
                  {"source_ref", "lab"},
                  {"filter_ref_json", R"({"name":"clean-traffic","parameters":{"IP":"10.0.0.1","BAD NAME":"x"}})"}}),
            interface("type='network'",
                      "  <source network='lab'/>\n  <filterref filter='clean-traffic'>\n    <parameter name='IP' "
                      "value='10.0.0.1'/>\n  </filterref>\n"));
  EXPECT_EQ(made({{"source_type", "network"}, {"source_ref", "lab"}, {"filter_ref_json", R"({"name":"1st"})"}}),
            interface("type='network'", "  <source network='lab'/>\n"));
  EXPECT_EQ(told("left out"), "devices/interface: without a place or not valid: filter_ref_json\n");
  add("filter_refs", {{"id", "f"}, {"port_id", "p"}, {"name", "own"}, {"parameters_json", R"({"IP":"10.0.0.2"})"}});
  made({{"source_type", "network"}, {"source_ref", "lab"}});
  EXPECT_EQ(part("devices/interface/filterref"),
            "<filterref filter='own'>\n  <parameter name='IP' value='10.0.0.2'/>\n</filterref>\n");
}

TEST_F(InterfacesTest, HaveAVirtualPortWhereThatCanBe) {
  const test::Row bridge = {{"source_type", "bridge"},
                            {"source_ref", "br0"},
                            {"virtual_port_json", R"({"type":"openvswitch","parameters":{"profileid":"a"}})"}};
  made(bridge);
  EXPECT_EQ(part("devices/interface/virtualport"),
            "<virtualport type='openvswitch'>\n  <parameters profileid='a'/>\n</virtualport>\n");
  test::Row user = bridge;
  user["source_type"] = "user";
  user["source_ref"] = "";
  made(user);
  EXPECT_EQ(part("devices/interface/virtualport"), "");
  EXPECT_EQ(told("left out"), "devices/interface: without a place or not valid: virtual_port_json\n");
}

TEST_F(InterfacesTest, HaveAVirtualPortWithAllItsParameters) {
  add("virtual_ports", {{"id", "1"}, {"port_id", "p"}, {"type", "802.1Qbh"}});
  const test::Row bridge = {{"source_type", "direct"}, {"source_ref", "eth0"}};
  made(bridge);
  EXPECT_EQ(part("devices/interface/virtualport"), "");
  EXPECT_EQ(told("left out"), "devices/interface/virtualport: libvirt takes no such virtual port on the interface\n");
  tables_["virtual_ports"].front()["profileid"] = "a";
  made(bridge);
  EXPECT_NE(part("devices/interface/virtualport"), "");
  EXPECT_EQ(told("left out"), "");
}

TEST_F(InterfacesTest, StandInTheirOrder) {
  for (const char* ordinal : {"1", "0"}) {
    add("ports", {{"id", ordinal}, {"mac_address", "52:54:00:00:00:0" + std::string(ordinal)}});
    add_own("port_attachments", {{"id", "a" + std::string(ordinal)}, {"port_id", ordinal}, {"ordinal", ordinal}});
  }
  EXPECT_EQ(SourceFixture::made("devices/interface/mac"),
            "<mac address='52:54:00:00:00:00'/>\n<mac address='52:54:00:00:00:01'/>\n");
}

TEST_F(InterfacesTest, TrustTheGuestWhereThatCanBe) {
  EXPECT_TRUE(made({{"source_type", "direct"}, {"source_ref", "eth0"}, {"trust_guest_rx_filters", "1"}})
                  .starts_with("<interface type='direct' trustGuestRxFilters='yes'>"));
  EXPECT_EQ(made({{"source_type", "user"}, {"trust_guest_rx_filters", "1"}}), interface("type='user'", ""));
  EXPECT_EQ(told("left out"), "devices/interface: without a place or not valid: trust_guest_rx_filters\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
