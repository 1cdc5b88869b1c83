#include "core/xml/grammar.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/xml/xml.h"
#include "tests/core/temporary_folder.h"
#include "tests/core/xml/domain_grammar.h"

namespace virtsql {
namespace {

constexpr char kDisk[] = R"(
<element name="disk">
  <attribute name="device"><choice><value>disk</value><value>cdrom</value></choice></attribute>
  <interleave>
    <optional><element name="source"><attribute name="file"/></element></optional>
    <optional><element name="readonly"><empty/></element></optional>
  </interleave>
</element>)";

class GrammarTest : public testing::Test {
 protected:
  GrammarTest() { test::write_domain_grammar(path_, kDisk); }
  // Returns the error of a domain that has this content from line 2 on, after the required elements in line 1; "" if
  // there is none.
  std::string error(const std::string& content) {
    return DomainGrammar(path_)
        .first_error("<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os>\n" + content +
                     "</domain>")
        .value_or("");
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "domain.rng";
};

TEST_F(GrammarTest, AcceptsWhatTheGrammarDoes) {
  EXPECT_EQ(error(""), "");
  EXPECT_EQ(error("<vcpu>2</vcpu><devices><disk device='cdrom'><readonly/><source file='/a'/></disk></devices>"), "");
}

TEST_F(GrammarTest, NamesWhatIsWrongAndItsLine) {
  EXPECT_EQ(error("<vcpu>many</vcpu>"), "line 2: <vcpu> at /domain/vcpu is not allowed here, or cannot be \"many\"");
  EXPECT_EQ(error("<gadget a='1'/>"),
            "line 2: <gadget> at /domain/gadget is not allowed here, is there too often, or lacks something that it "
            "must have");
  EXPECT_EQ(error("<devices>\n<disk device='disk'/>\n<disk device='tape'><source file='/a'/></disk>\n</devices>"),
            "line 4: <disk> at /domain/devices/disk cannot have device='tape'; it is one of disk, cdrom");
  EXPECT_EQ(error("<devices>\n<disk/>\n</devices>"),
            "line 3: <disk> at /domain/devices/disk lacks device, one of disk, cdrom");
  EXPECT_EQ(error("<devices><disk device='disk'>\n<readonly>yes</readonly>\n<source file='/a'/></disk></devices>"),
            "line 3: <readonly> at /domain/devices/disk/readonly is not allowed here, or cannot be \"yes\"");
  EXPECT_EQ(error("<devices><disk device='disk' colour='red'/></devices>"),
            "line 2: <disk> in /domain/devices/disk cannot have colour='red'");
}

TEST_F(GrammarTest, NamesWhatEveryDomainMustHave) {
  DomainGrammar grammar(path_);
  for (const auto& [xml, error] :
       {std::pair("<network/>", "line 1: the document is a <network>, not a <domain>"),
        std::pair("<domain/>", "line 1: <domain> has no type=, the hypervisor: kvm, qemu, ..."),
        std::pair("<domain type='kvm'/>", "line 1: <domain> has no <name>"),
        std::pair("<domain type='kvm'><name>a</name></domain>", "line 1: <domain> has no <os>"),
        std::pair("<domain type='kvm'><name>a</name>\n<os/></domain>", "line 2: <os> has no <type>: hvm, exe, ...")})
    EXPECT_EQ(grammar.first_error(xml), error);
  EXPECT_THROW(grammar.first_error("<domain"), xml::Error);
}

TEST_F(GrammarTest, IsAnErrorIfItCannotBeRead) {
  const auto error = [](const std::string& path) -> std::string {
    try {
      const DomainGrammar grammar(path);
    } catch (const std::runtime_error& failed) {
      return failed.what();
    }
    return "";
  };
  EXPECT_EQ(error(folder_ / "none.rng"), "libvirt's grammar " + (folder_ / "none.rng") +
                                             " cannot be read: No such file or directory; it comes with libvirt "
                                             "(Debian: libvirt0)");
  std::ofstream(folder_ / "wrong.rng") << "<grammar xmlns='http://relaxng.org/ns/structure/1.0'/>";
  EXPECT_NE(error(folder_ / "wrong.rng").find("it comes with libvirt"), std::string::npos);
}

}  // namespace
}  // namespace virtsql
