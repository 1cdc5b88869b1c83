#include "core/spool/redact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/spool/digest.h"

namespace virtsql {
namespace {

std::string redacted(std::string_view xml, const std::vector<std::string>& paths = {}) {
  return redact(xml, paths).xml;
}

TEST(Redact, LeavesOutPasswordsAndNothingElse) {
  EXPECT_EQ(redacted("<domain>\n  <graphics type='vnc' port='1'  passwd='a>b\"c' listen='x'/>\n</domain>\n"),
            "<domain>\n  <graphics type='vnc' port='1' listen='x'/>\n</domain>\n");
  EXPECT_EQ(redacted("<a><graphics passwd=\"x\"/><graphics\n passwd = 'y' z='1'></graphics></a>"),
            "<a><graphics/><graphics z='1'></graphics></a>");
  EXPECT_EQ(redacted("<a passwd='kept'><graphics passwdValidTo='2026'/></a>"),
            "<a passwd='kept'><graphics passwdValidTo='2026'/></a>");
}

TEST(Redact, LeavesOutCookiesWithTheirLine) {
  EXPECT_EQ(redacted("<s>\n  <cookies>\n    <cookie name='a'>b</cookie>\n  </cookies>\n  <x/>\n</s>"),
            "<s>\n  <x/>\n</s>");
  EXPECT_EQ(redacted("<s><cookies/><x/></s>"), "<s><x/></s>");
}

TEST(Redact, CountsWhatThereWas) {
  const Redacted result = redact("<a><graphics passwd='x'/><cookies/><b/></a>", {});
  EXPECT_EQ(result.removed, 2U);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(redact("<a/>", {}).removed, 0U);
}

TEST(Redact, LeavesOutWhatTheConfigurationNames) {
  const std::vector<std::string> paths = {"/domain/os/cmdline", "/domain/q:c/q:arg/@value", "/domain/q:c/q:arg/@n"};
  EXPECT_EQ(redacted("<domain><os>\n<cmdline>s</cmdline>\n<x/></os><q:c><q:arg value='s' m='1' n='2'/></q:c></domain>",
                     paths),
            "<domain><os>\n<x/></os><q:c><q:arg m='1'/></q:c></domain>");
  EXPECT_EQ(redacted("<other><os><cmdline>kept</cmdline></os></other>", paths),
            "<other><os><cmdline>kept</cmdline></os></other>");
  // A path holds with any namespace prefix, because the document's writer chooses the prefixes.
  EXPECT_EQ(redacted("<domain><c xmlns='u'><arg value='s' xmlns:n='kept'/></c></domain>", paths),
            "<domain><c xmlns='u'><arg xmlns:n='kept'/></c></domain>");
  EXPECT_EQ(redacted("<domain><c xmlns:xmlnsq='u'><arg xmlnsq:value='s'/></c></domain>", paths),
            "<domain><c xmlns:xmlnsq='u'><arg/></c></domain>");
  EXPECT_EQ(redacted("<domain><c xmlns='u' xmlns:xmlns='v'/></domain>", {"/domain/c/@xmlns"}),
            "<domain><c xmlns='u' xmlns:xmlns='v'/></domain>");
}

TEST(Redact, FindsTheDomainWhereverItStands) {
  const std::vector<std::string> paths = {"/domain/os/cmdline"};
  const std::string open = "<os><cmdline>s</cmdline></os><devices><graphics passwd='s'/></devices>";
  const std::string kept = "<os></os><devices><graphics/></devices>";
  for (const auto& [begin, end] : {std::pair<const char*, const char*>{"<domain>", "</domain>"},
                                   {"<domainsnapshot><domain>", "</domain></domainsnapshot>"},
                                   {"<domainsnapshot><inactiveDomain>", "</inactiveDomain></domainsnapshot>"},
                                   {"<domstatus state='running'><domain>", "</domain></domstatus>"},
                                   {"<hookData><domain>", "</domain></hookData>"},
                                   {"<domaincheckpoint><domain>", "</domain></domaincheckpoint>"}}) {
    const Redacted result = redact(begin + open + end, paths);
    EXPECT_EQ(result.xml, begin + kept + end);
    EXPECT_EQ(result.removed, 2U);
    EXPECT_EQ(result.error, "");
  }
}

TEST(Redact, KeepsWhatWasWholeOfADocumentThatBreaksOff) {
  const std::string begin = "<domain><name>a</name><devices><graphics passwd='s'/></devices>";
  const std::string kept = "<domain><name>a</name><devices><graphics/></devices>";
  const std::vector<std::string> paths = {"/domain/os/cmdline"};
  for (const char* rest : {"", "<os><cmdline>sec", "<os><cmdline>sec</cmdlin></os></domain>", "<os a='sec",
                           "<os a='sec>", "<sec\xFF", "&sec;</domain>", "sec<os></domain>"}) {
    const Redacted result = redact(begin + rest, paths);
    EXPECT_EQ(result.xml, kept) << rest;
    EXPECT_NE(result.error.find("not kept from byte " + std::to_string(begin.size()) + " on"), std::string::npos)
        << result.error;
    EXPECT_EQ(result.removed, 1U);
  }
  // A fault may also come after the root, or in the domain of a snapshot.
  EXPECT_EQ(redact(begin + "</domain>\n passwd='sec'", {}).xml, kept + "</domain>");
  EXPECT_EQ(redact("<domainsnapshot><name>s</name>" + begin + "<os><sec", {}).xml,
            "<domainsnapshot><name>s</name>" + kept);
  EXPECT_EQ(redact("<domain", {}).xml, "");
  // In a document that breaks off, a child is left out if it has the name of a secret outside of correct markup,
  // because its markup may be damaged.
  for (const char* child : {"<graph passwd='sec'/>", "<g>passwd sec</g>", "<d><![CDATA[<cookies>sec</cookies>]]></d>",
                            "<g><graphics passwd='sec'/>cookies sec</g>"})
    EXPECT_EQ(redacted("<domain><name>a</name>" + std::string(child) + "<b/><os"), "<domain><name>a</name><b/>")
        << child;
  // If text or a comment between the children names a secret, it is left out together with the child after it.
  for (const char* beside : {"graphics passwd='sec'/>", "<!-- <graphics passwd='sec'/> -->"})
    EXPECT_EQ(redacted("<domain><name>a</name>" + std::string(beside) + "<b/><c/><os"), "<domain><name>a</name><c/>");
  // If the whole document can be read, only real secrets are left out.
  EXPECT_EQ(redacted("<domain><graph passwd='kept'/></domain>"), "<domain><graph passwd='kept'/></domain>");
  // A tag may be missing in a document that breaks off, so the last names of a path are enough.
  EXPECT_EQ(redact("<a><os><cmdline>sec</cmdline></os></domain></a>", paths).xml, "<a><os></os>");
}

TEST(Redact, KeepsLengthAndDigestOfWhatItDoesNotKnow) {
  std::string wide;
  for (const char c : std::string("<a><graphics passwd='s'/></a>")) wide.append({c, '\0'});
  for (const std::string& xml : {std::string("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), wide, "\xFF\xFE" + wide,
                                 std::string("<?xml version='1.0' encoding='UTF-7'?><a/>"),
                                 std::string("<?xml version='1.0' encoding='UTF-16'?><a/>")}) {
    const Redacted result = redact(xml, {});
    EXPECT_EQ(result.xml, "");
    EXPECT_NE(result.error.find(std::to_string(xml.size()) + " bytes, SHA-256 " + hex_digest(xml)), std::string::npos)
        << result.error;
  }
  for (const char* encoding : {"UTF-8", "utf-8", "us-ascii", "ISO-8859-1"})
    EXPECT_EQ(redact("<?xml version='1.0' encoding='" + std::string(encoding) + "'?><a/>", {}).error, "") << encoding;
}

TEST(Redact, KnowsNamesInTheDocumentsEncoding) {
  const std::string utf8 = "\xC3\xA9";
  const std::string latin1 = "\xE9";
  const std::vector<std::string> paths = {"/a/" + utf8, "/a/b/@" + utf8};
  for (const auto& [encoding, name] : {std::pair{"UTF-8", utf8}, std::pair{"iso-8859-1", latin1}}) {
    const std::string head = std::string("<?xml version='1.0' encoding='") + encoding + "'?><a>";
    EXPECT_EQ(redacted(head + "<" + name + ">s</" + name + "><b " + name + "='s' c='" + name + "'/></a>", paths),
              head + "<b c='" + name + "'/></a>")
        << encoding;
    // A document that cannot be read to its end: what names a secret is left out.
    EXPECT_EQ(redact(head + "<c/><!-- <b " + name + "='s'/> --><d/></b>", paths).xml, head + "<c/>") << encoding;
    EXPECT_EQ(redact(head + "<c/><b d='" + name + name + "'/></b>", paths).xml,
              head + "<c/><b d='" + name + name + "'/>")
        << encoding;
  }
}

TEST(Redact, TellsWhetherADocumentNamesASecret) {
  const std::vector<std::string> paths = {"/domain/os/cmdline", "/domain/q:c/q:arg/@value"};
  for (const char* xml : {"<domain/>", "<domain><os><cmdlines/></os></domain>", "<graphics passwdValidTo='2026'/>"})
    EXPECT_FALSE(names_secret(xml, paths)) << xml;
  for (const char* xml : {"<graphics passwd='x'/>", "<a passwd='kept'/>", "<x:cookies/>",
                          "<domain><os><cmdline>s</cmdline></os></domain>", "<a value\n='s'/>", "<!-- cmdline -->",
                          "<?xml version='1.0'?><a/>", "<!DOCTYPE a><a/>"})
    EXPECT_TRUE(names_secret(xml, paths)) << xml;
  EXPECT_TRUE(names_secret({"<\0a\0/\0>\0", 8}, paths)) << "UTF-16";
  EXPECT_TRUE(names_secret("<a><cmdline/></a>", paths));
  EXPECT_FALSE(names_secret("<a><cmdline/></a>", {}));
}

TEST(Redact, TakesAnyBytes) {
  EXPECT_EQ(redacted(""), "");
  EXPECT_EQ(redacted(std::string("\0\x01\xFF<a>\0", 7)), "");
  std::string deep;
  for (int i = 0; i < 200000; ++i) deep += "<a>";
  EXPECT_NE(redact(deep, {}).error.find("nested too deep"), std::string::npos);
  std::string many = "<a>";
  for (int i = 0; i < 500000; ++i) many += "passwd ";
  EXPECT_EQ(redacted(many + "</a>"), many + "</a>");
}

TEST(Redact, NamesPathsThatCanNeverMatch) {
  for (const char* path :
       {"", "/", "domain/os", "/domain/metadata/", "//cmdline", "/domain//os", "/domain/os/text()", "/domain/@a/b",
        "/@a", "/domain/os[1]", "/domain/*", "/domain/a b", "/domain/@", "/domain/:a", "/domain/1a", "/domain/-a"})
    EXPECT_NE(path_problem(path), "") << path;
  for (const char* path : {"/domain", "/domain/os/cmdline", "/domain/qemu:commandline/qemu:arg/@value", "/a/@b-c.d",
                           "/_a/Z9/@_", "/\xC3\xA9"})
    EXPECT_EQ(path_problem(path), "") << path;
  EXPECT_EQ(redacted("<domain><a>kept</a></domain>", {"//a", "/domain/a/text()"}), "<domain><a>kept</a></domain>");
}

TEST(Redact, KeepsNothingWhereTheRulesAreNotKnown) {
  Config config;
  config.secrets_unknown = "/etc/virtsql.conf: Input/output error";
  Capture record;
  record.xml = "<domain/>";
  record.error = "cut off at 9 bytes";
  leave_out_secrets(record, config);
  EXPECT_EQ(record.xml, "");
  EXPECT_EQ(record.error,
            "cut off at 9 bytes; the XML is not kept: /etc/virtsql.conf: Input/output error; it had 9 bytes, "
            "SHA-256 " +
                hex_digest("<domain/>"));
}

// Corrupts one place of a document, in a random way.
class Corruption {
 public:
  explicit Corruption(std::uint64_t seed) : random_(seed) {}

  // Returns a corrupted copy. The corrupted place is the bytes [from, to) of the document.
  std::string apply(const std::string& xml, std::size_t& from, std::size_t& to) {
    from = below(xml.size());
    to = from + 1;
    std::string before = xml.substr(0, from);
    switch (below(8)) {
      case 0:  // cut off: no byte before the cut is another
        from = to = 0;
        return before;
      case 1:  // another byte
        return before + std::string(1, static_cast<char>(below(256))) + xml.substr(to);
      case 2:  // markup in place of a byte
        return before + "<>&'\"/=!?"[below(9)] + xml.substr(to);
      case 3:  // some bytes are gone
        to = std::min(xml.size(), from + 1 + below(40));
        return before + xml.substr(to);
      case 4:  // the beginning is repeated here
        to = from;
        return before + xml.substr(0, 1 + below(100)) + xml.substr(from);
      case 5: {  // something is inserted
        static constexpr const char* kInserted[] = {
            "<", ">",  "&",    "<x>",  "</x>", "<!--",         "-->",     "<![CDATA[", "]]>",
            "'", "\"", "\xFF", "&#0;", "<?x",  "<!DOCTYPE a>", "passwd=", "\xC3",      "</domain>"};
        to = from;
        return before + kInserted[below(std::size(kInserted))] + xml.substr(from);
      }
      case 6:  // bytes of the document's beginning, where there is no secret
        to = std::min(xml.size(), from + 1 + below(20));
        return before + xml.substr(below(100), to - from) + xml.substr(to);
      default:  // zeroes, as of a block that was never written
        to = std::min(xml.size(), from + 1 + below(100));
        return before + std::string(to - from, '\0') + xml.substr(to);
    }
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  std::mt19937_64 random_;
};

TEST(Redact, LeavesNoSecretInTenThousandCorruptedDocuments) {
  // Between brackets stands the markup that makes a value a secret. If it is corrupted, the value may be no secret any
  // more. If the document cannot be read, only the name matters, which stands between braces.
  const std::string marked =
      "<domainsnapshot>\n  <name>s</name>\n  <domain type='kvm'>\n    <name>a</name>\n    <os>\n"
      "      <type arch='x86_64'>hvm</type>\n      [<{cmdline}>]alphaSECRETomega[</cmdline>]\n      <boot dev='hd'/>\n "
      "  "
      " </os>\n"
      "    <devices>\n      <disk type='network'>\n        <source protocol='https' name='x'>\n          [<{cookies}>\n"
      "            <cookie name='c'>]alphaSECRETomega[</cookie>\n          </cookies>]\n        </source>\n      "
      "</disk>\n"
      "      [<graphics type='vnc' port='-1' {passwd}=']alphaSECRETomega[']>\n        <listen type='address'/>\n      "
      "</graphics>\n"
      "    </devices>\n  </domain>\n  <inactiveDomain type='kvm'>\n    <name>a</name>\n    <os>\n"
      "      [<{cmdline}>]alphaSECRETomega[</cmdline>]\n    </os>\n    <devices>\n"
      "      [<graphics type='spice' {passwd}=']alphaSECRETomega[']/>\n      [<graphics type='vnc' "
      "{passwd}=\"]alphaSECRETomega[\"/>]\n"
      "    </devices>\n    <q:commandline xmlns:q='u'>\n      [<q:arg {value}=']alphaSECRETomega['/>]\n    "
      "</q:commandline>\n"
      "  </inactiveDomain>\n</domainsnapshot>\n";
  std::string xml;
  std::vector<bool> makes_secret;
  std::vector<bool> names_secret;
  bool inside = false;
  bool in_name = false;
  for (const char c : marked) {
    if (c == '[' || c == ']') {
      inside = c == '[';
    } else if (c == '{' || c == '}') {
      in_name = c == '{';
    } else {
      xml += c;
      makes_secret.push_back(inside);
      names_secret.push_back(in_name);
    }
  }
  std::vector<bool> is_secret(xml.size());
  const std::string secret = "alphaSECRETomega";
  for (std::size_t at = 0; (at = xml.find(secret, at)) != std::string::npos; at += secret.size())
    std::fill_n(is_secret.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), true);
  const std::vector<std::string> paths = {"/domain/os/cmdline", "/domain/qemu:commandline/qemu:arg/@value"};
  const auto has_secret = [](const std::string& text) {
    return text.find("alpha") != std::string::npos || text.find("omega") != std::string::npos ||
           text.find("SECRET") != std::string::npos;
  };
  ASSERT_EQ(redact(xml, paths).removed, 7U);
  ASSERT_FALSE(has_secret(redact(xml, paths).xml));

  Corruption corruption(20260101);
  int unreadable = 0;
  int checked = 0;
  for (int i = 0; checked < 10000; ++i) {
    std::size_t from = 0;
    std::size_t to = 0;
    const std::string corrupted = corruption.apply(xml, from, to);
    const Redacted result = redact(corrupted, paths);
    // If the document can still be read, corrupted bytes of a secret may also have changed where the secret ends.
    const auto touches = [&](const std::vector<bool>& bytes) {
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from > 0 ? from - 1 : 0);
      const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(to + 1, bytes.size()));
      return std::find(begin, end, true) != end;
    };
    const bool says_something_else =
        result.error.empty() ? touches(makes_secret) || touches(is_secret) : touches(names_secret);
    if (says_something_else) continue;
    ++checked;
    unreadable += result.error.empty() ? 0 : 1;
    if (result.removed > 0 && result.error.empty()) {
      EXPECT_TRUE(virtsql::names_secret(corrupted, paths)) << corrupted;
    }
    ASSERT_FALSE(has_secret(result.xml)) << "corruption " << i << "\n" << corrupted << "\n-- became\n" << result.xml;
  }
  EXPECT_GT(unreadable, 5000);
}

}  // namespace
}  // namespace virtsql
