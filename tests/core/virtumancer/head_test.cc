// What a VM is, whatever it has, and what had to be assumed of it.
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using HeadTest = test::SourceFixture;

TEST_F(HeadTest, HasWhatTheVmSays) {
  set("title", "A title");
  set("description", "two\nlines");
  set("current_memory", "536870912");
  set("cpu_model", "host-passthrough");
  set("cpu_topology_json", R"({"sockets":1,"cores":2,"threads":1})");
  set("is_template", "0");
  make();
  EXPECT_EQ(part("name,uuid,title,description"),
            "<name>web</name>\n<uuid>" + std::string(kUuid) +
                "</uuid>\n<title>A title</title>\n<description>two\nlines</description>\n");
  EXPECT_EQ(part("memory,currentMemory,vcpu"),
            "<memory unit='KiB'>1048576</memory>\n<currentMemory unit='KiB'>524288</currentMemory>\n<vcpu>2</vcpu>\n");
  EXPECT_EQ(part("cpu"), "<cpu mode='host-passthrough'>\n  <topology sockets='1' cores='2' threads='1'/>\n</cpu>\n");
  EXPECT_EQ(told("left out") + told("defaulted"), "");
}

TEST_F(HeadTest, SaysWhatItHadToAssume) {
  set("memory_bytes", "0");
  set("v_cpu_count", "");
  make();
  EXPECT_EQ(part("memory,vcpu"), "<memory unit='KiB'>1048576</memory>\n<vcpu>1</vcpu>\n");
  EXPECT_EQ(told("defaulted"), "memory: 1 GiB\nvcpu: 1\n");
}

TEST_F(HeadTest, HasNoMoreCpusThanLibvirtTakes) {
  set("v_cpu_count", "65535");
  EXPECT_EQ(made("vcpu"), "<vcpu>65535</vcpu>\n");
  set("v_cpu_count", "65536");
  EXPECT_EQ(made("vcpu"), "<vcpu>1</vcpu>\n");
  EXPECT_EQ(told("left out"), "virtual_machines: without a place or not valid: v_cpu_count\n");
  EXPECT_EQ(told("defaulted"), "vcpu: 1\n");
}

TEST_F(HeadTest, KeepsWhatIsNotValid) {
  set("title", "two\nlines");
  set("memory_bytes", "lots");
  set("current_memory", "99999999999999");
  set("cpu_model", "a model!");
  set("is_template", "1");
  set("metadata", "no XML");
  make();
  EXPECT_EQ(part("title,cpu,metadata,currentMemory"), "");
  EXPECT_EQ(told("left out"),
            "virtual_machines: without a place or not valid: cpu_model, current_memory, is_template, memory_bytes, "
            "metadata, title\n");
  const auto note =
      std::find_if(notes_.begin(), notes_.end(), [](const Note& each) { return each.kind == "left out"; });
  EXPECT_NE(note->kept.find(R"("cpu_model":"a model!")"), std::string::npos) << note->kept;
  EXPECT_EQ(note->kept.find("no XML"), std::string::npos) << note->kept;  // it may be a secret
}

TEST_F(HeadTest, TakesMetadataThatHasANamespace) {
  set("metadata", "<metadata><a:x xmlns:a='urn:a' k='1'><a:y>t</a:y></a:x></metadata>");
  EXPECT_EQ(made("metadata"), "<metadata>\n  <a:x xmlns:a='urn:a' k='1'>\n    <a:y>t</a:y>\n  </a:x>\n</metadata>\n");
  EXPECT_EQ(told("left out"), "");
  set("metadata", "<metadata><x/></metadata>");  // libvirt takes none without
  EXPECT_EQ(made("metadata"), "");
  EXPECT_EQ(told("left out"), "virtual_machines: without a place or not valid: metadata\n");
}

TEST_F(HeadTest, IsOfTheTypeThatItsHostsUriSays) {
  for (const auto& [uri, type] : {std::pair("qemu+tcp://one/system", "kvm"), std::pair("lxc:///", "lxc"),
                                  std::pair("xen:///", "xen"), std::pair("unknown:///", "kvm")}) {
    tables_["hosts"].front()["uri"] = uri;
    make();
    EXPECT_TRUE(xml_.starts_with("<domain type='" + std::string(type) + "'>")) << uri;
  }
}

}  // namespace
}  // namespace virtsql::virtumancer
