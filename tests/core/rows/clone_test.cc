// A clone has values of its own for what only one VM may have (UUID, MAC address, ...), and is otherwise equal to its
// origin.
#include "core/rows/clone.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

std::string clone(std::string_view xml, std::string_view name = "copy") {
  Document document(xml, Catalog::standard().root("domain"));
  Arena arena;
  char next = 0;
  const auto bytes = [&](std::size_t count) { return std::string(count, next++); };
  return generate(*clone_of(document.rows(), name, bytes, arena), Form::kFull);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string clone_with(const std::string& devices) {
  return clone("<domain type='qemu'><name>web</name><uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid><devices>" +
               devices + "</devices></domain>");
}

TEST(Clone, HasAUuidOfItsOwnInItsSmbiosDataToo) {
  const std::string xml = clone(test::read_document("cases/28-clone-sysinfo.xml"));
  EXPECT_FALSE(has(xml, "00000000-aaaa-4bbb-8ccc-000000000028")) << xml;
  EXPECT_TRUE(has(xml, "<uuid>00000000-0000-4000-8000-000000000000</uuid>")) << xml;
  EXPECT_TRUE(has(xml, "<entry name='uuid'>00000000-0000-4000-8000-000000000000</entry>")) << xml;
}

TEST(Clone, GivesBackToLibvirtWhatItAssigns) {
  const std::string xml = clone(test::read_document("cases/19-clone.before.xml"));
  for (const char* there :
       {"<graphics type='vnc' port='-1' autoport='yes' websocket='-1' listen='127.0.0.1'>", "<cid auto='yes'/>",
        "<nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'/>", "<source type='unix' path='/run/vh/copy-0.sock' ",
        "<log file='/var/log/g/copy-console.log' append='on'/>", "<listen type='socket'/>"})
    EXPECT_TRUE(has(xml, there)) << there << "\n" << xml;
  for (const char* gone : {"5919", "5719", "address='19'", "vhu19", "<lease>", "43dc0cf8", "podvm-src_VARS",
                           "spice-podvm-src", "podvm-src.agent", "52:54:00:19"})
    EXPECT_FALSE(has(xml, gone)) << gone << "\n" << xml;
}

TEST(Clone, HasAMacAddressOfItsDriver) {
  const auto of = [](const std::string& type) {
    return clone("<domain type='" + type + "'><name>web</name><devices><interface type='user'>" +
                 "<mac address='52:54:00:12:34:56'/></interface></devices></domain>");
  };
  EXPECT_TRUE(has(of("kvm"), "<mac address='52:54:00:00:00:00'/>"));
  EXPECT_TRUE(has(of("xen"), "<mac address='00:16:3e:00:00:00'/>"));
  EXPECT_TRUE(has(of("vmware"), "<mac address='00:0c:29:00:00:00'/>"));
}

TEST(Clone, KeepsOneAddressOfATeamingPair) {
  const std::string xml = clone_with(
      "<interface type='user'><mac address='52:54:00:3b:83:1b'/><teaming type='persistent'/></interface>"
      "<interface type='user'><mac address='52:54:00:00:00:99'/></interface>"
      "<interface type='hostdev'><mac address='52:54:00:3B:83:1B'/><teaming type='transient' persistent='ua-b'/>"
      "</interface>");
  const auto address = [&](std::size_t n) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < n; ++i) at = xml.find("<mac address='", at) + 1;
    return xml.substr(at, 31);
  };
  EXPECT_EQ(address(1), address(3));
  EXPECT_NE(address(1), address(2));
}

// The old spelling of a display's socket has no <listen> beside it.
TEST(Clone, ListensOnASocketIfItsOriginDoes) {
  EXPECT_TRUE(
      has(clone_with("<graphics type='vnc' socket='/run/web.vnc'/>"), "<graphics type='vnc' socket='/run/copy.vnc'"));
}

TEST(Clone, HasNoFirmwareStoreOfItsOrigin) {
  const std::string xml = clone(test::read_document("cases/ops-22-nvram-source.xml"));
  EXPECT_FALSE(has(xml, "uefi1_VARS")) << xml;
  EXPECT_FALSE(has(xml, "<nvram")) << xml;
  EXPECT_TRUE(has(clone_with("<tpm model='tpm-crb'><backend type='emulator' version='2.0'><source type='dir' "
                             "path='/tpm'/></backend></tpm>"),
                  "<backend type='emulator' version='2.0'/>"));
  EXPECT_TRUE(has(clone_with("<tpm model='tpm-crb'><backend type='external'><source type='unix' mode='connect' "
                             "path='/tpm'/></backend></tpm>"),
                  "<backend type='emulator'/>"));
}

TEST(Clone, WritesFilesAndListensOnSocketsOfItsOwn) {
  const std::string xml = clone_with(
      "<serial type='file'><source path='/s/web/a.log'/></serial>"
      "<serial type='unix'><source mode='bind' path='/s/sock'/></serial>"
      "<serial type='unix'><source mode='connect' path='/s/web-server'/></serial>"
      "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='99'/><protocol type='raw'/></serial>"
      "<serial type='tcp'><source mode='connect' host='web' service='99'/></serial>");
  for (const char* there : {"path='/s/copy/a.log'", "path='/s/sock-copy'", "path='/s/web-server'",
                            "<source mode='connect' host='web' service='99'/>", "<serial type='pty'"})
    EXPECT_TRUE(has(xml, there)) << there << "\n" << xml;
  EXPECT_FALSE(has(xml, "127.0.0.1")) << xml;
}

TEST(Clone, PutsItsNameInPlaceOfTheOriginsWhereThatIsAWordOrAFolder) {
  const auto renamed = [](const std::string& path) {
    const std::string xml = clone_with("<serial type='file'><source path='" + path + "'/></serial>");
    const std::size_t begin = xml.find("path='") + 6;
    return xml.substr(begin, xml.find('\'', begin) - begin);
  };
  EXPECT_EQ(renamed("/srv/web.log"), "/srv/copy.log");
  EXPECT_EQ(renamed("/srv/old-web_web.0"), "/srv/old-copy_copy.0");
  EXPECT_EQ(renamed("/srv/web/web.log"), "/srv/copy/copy.log");
  EXPECT_EQ(renamed("/srv/website/web.log"), "/srv/website/copy.log");
  EXPECT_EQ(renamed("/srv/my-web/web.log"), "/srv/my-web/copy.log");
  EXPECT_EQ(renamed("/srv/website.log"), "/srv/website.log-copy");
  EXPECT_EQ(renamed("/srv/cobweb.log"), "/srv/cobweb.log-copy");
  EXPECT_EQ(renamed("/srv/web2"), "/srv/web2-copy");
  EXPECT_EQ(renamed("/srv/web\u00e4.log"), "/srv/web\u00e4.log-copy");
  EXPECT_EQ(renamed("/dev/null"), "/dev/null") << "the host's";
  EXPECT_EQ(renamed("/dev/web"), "/dev/web");
  EXPECT_EQ(renamed("/dev/shm/web"), "/dev/shm/copy");
  EXPECT_EQ(renamed("/dev/hugepages/web/x"), "/dev/hugepages/copy/x");
}

TEST(Clone, ListensOnNoPortOfItsOrigin) {
  const std::string udp = clone_with(
      "<serial type='udp'><source mode='bind' host='0.0.0.0' service='2445'/>"
      "<source mode='connect' host='logs' service='514'/></serial>");
  EXPECT_TRUE(has(udp, "<serial type='udp'>")) << udp;
  EXPECT_TRUE(has(udp, "<source mode='connect' host='logs' service='514'/>")) << udp;
  EXPECT_FALSE(has(udp, "2445")) << udp;
  EXPECT_FALSE(has(udp, "bind")) << udp;
  const auto port = [](const std::string& type, const std::string& source) {
    return clone_with("<interface type='" + type + "'><mac address='52:54:00:19:00:01'/>" + source +
                      "<model type='virtio'/></interface>");
  };
  const std::string server = port("server", "<source address='192.168.0.1' port='5558'/>");
  EXPECT_TRUE(has(server, "<interface type='ethernet'>")) << server;
  EXPECT_FALSE(has(server, "<source")) << server;
  const std::string tunnel =
      port("udp", "<source address='10.0.0.2' port='5559'><local address='10.0.0.1' port='5558'/></source>");
  EXPECT_TRUE(has(tunnel, "<interface type='ethernet'>")) << tunnel;
  EXPECT_FALSE(has(tunnel, "<source")) << tunnel;
  for (const char* type : {"client", "mcast"})
    EXPECT_TRUE(has(port(type, "<source address='230.0.0.1' port='5558'/>"), "address='230.0.0.1' port='5558'"))
        << type;
}

TEST(Clone, WritesNoOtherFilesOfItsOrigin) {
  EXPECT_TRUE(has(clone_with("<audio id='1' type='file' path='/s/web.wav'/>"), "path='/s/copy.wav'"));
  EXPECT_TRUE(has(clone_with("<pstore backend='acpi-erst'><path>/s/web_PSTORE.raw</path></pstore>"),
                  "<path>/s/copy_PSTORE.raw</path>"));
}

TEST(Clone, LeavesTheRestAsItIs) {
  const std::string with =
      "<domain type='kvm'>\n  <name>NAME</name>\n  <title>web</title>\n  <vcpu>2</vcpu>\n</domain>\n";
  const auto named = [&](const char* name) { return std::string(with).replace(with.find("NAME"), 4, name); };
  EXPECT_EQ(clone(named("web")), named("copy"));
}

}  // namespace
}  // namespace virtsql
