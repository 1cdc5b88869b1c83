// Redaction: only secrets are left out, no secret stays, and of a document that breaks off the whole part before is
// kept. A record that the spool wrote is read as it was written.
#include "core/spool/redact.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "core/spool/spool.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace virtsql;

const std::vector<std::string> kPaths = {"/domain/os/cmdline"};

// A tag as it is spelled.
struct Tag {
  std::string_view name;  // with the slash if it is an end tag
  std::size_t end = 0;    // the place after its >
  bool empty = false;     // <a/>
  bool has_passwd = false;
};

// Reads the tags of a text by their spelling alone, without regard to what is around them.
class Tags {
 public:
  explicit Tags(std::string_view text) : text_(text) {}

  bool next(Tag& tag) {
    while (true) {
      at_ = text_.find('<', at_);
      if (at_ == std::string_view::npos) return false;
      if (skip("<!--", "-->") || skip("<![CDATA[", "]]>") || skip("<?", "?>")) continue;
      break;
    }
    tag = {};
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && !is_space() && text_[at_] != '>' && (text_[at_] != '/' || at_ == begin)) ++at_;
    tag.name = text_.substr(begin, at_ - begin);
    while (at_ < text_.size() && text_[at_] != '>') {
      if (text_[at_] == '<') return true;  // no tag after all
      tag.empty = text_[at_] == '/';
      const std::size_t name = at_;
      while (at_ < text_.size() && !is_space() && text_.find_first_of("=<>/'\"", at_) != at_) ++at_;
      if (at_ == name) {
        if (text_[at_] == '\'' || text_[at_] == '"') at_ = std::min(text_.find(text_[at_], at_ + 1), text_.size() - 1);
        ++at_;
      } else if (text_.substr(name, at_ - name) == "passwd") {
        tag.has_passwd = true;
      }
    }
    tag.end = std::min(at_ + 1, text_.size());
    return true;
  }

 private:
  bool is_space() const { return std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos; }

  bool skip(std::string_view begin, std::string_view end) {
    if (!text_.substr(at_).starts_with(begin)) return false;
    const std::size_t found = text_.find(end, at_ + begin.size());
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_subsequence(std::string_view part, std::string_view whole) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < whole.size() && at < part.size(); ++i)
    if (whole[i] == part[at]) ++at;
  return at == part.size();
}

// Whether a line of fuzz::facts() tells a secret.
bool is_secret(std::string_view fact) {
  return fact.find("/domain/devices/graphics/@passwd=") != std::string_view::npos ||
         fact.find("/domain/devices/disk/source/cookies/cookie/text()") != std::string_view::npos ||
         fact.starts_with("/domain/os/cmdline");
}

// Returns the elements and attributes that redaction has no reason to touch. Texts are not among them, because two
// texts become one if redaction leaves out an element between them.
std::vector<std::string> harmless_facts(const xml::Node& root) {
  std::vector<std::string> out = fuzz::facts(root, false);
  std::erase_if(out, [](const std::string& fact) {
    return is_secret(fact) || fact.find("/graphics/@passwd=") != std::string::npos ||
           fact.find("/cookies") != std::string::npos || fact.find("/cmdline") != std::string::npos ||
           fact.find("/text()=") != std::string::npos;
  });
  return out;
}

void check_nothing_left(std::string_view input, const Redacted& redacted) {
  if (xml::is_space(redacted.xml)) return;  // all of it was secret
  const Redacted again = redact(redacted.xml, kPaths);
  fuzz::require(again.error.empty() && again.removed == 0 && again.xml == redacted.xml, "nothing is left to leave out",
                redacted.xml);
  try {
    const xml::Document before = xml::Document::parse(input);
    const xml::Document after = xml::Document::parse(redacted.xml);
    for (const std::string& fact : fuzz::facts(*after.root(), false))
      fuzz::require(!is_secret(fact), "no secret is left", fact);
    const auto had = harmless_facts(*before.root()), has = harmless_facts(*after.root());
    fuzz::require(had == has, "only secrets go", fuzz::first_difference(had, has));
  } catch (const xml::Error&) {
    // Redaction reads documents with expat, which accepts some that the store refuses: names with two colons, a
    // document beyond the store's limits.
  }
}

// Checks that redaction keeps the whole children of the root if the document is cut off at this place.
void check_cut(std::string_view input, std::size_t place) {
  std::string_view root;
  std::size_t depth = 0, whole = 0;
  Tags tags(input);
  for (Tag tag; tags.next(tag) && tag.end <= place;) {
    const bool closes = tag.name.starts_with('/');
    if (depth == 0 && closes) return;
    if (depth == 0 && !root.empty()) return;
    if (depth == 0) root = tag.name;
    if (closes)
      --depth;
    else if (!tag.empty)
      ++depth;
    if (depth == 1 && (closes || tag.empty)) whole = tag.end;
    if (depth == 0) return;
  }
  if (whole == 0) return;
  std::string closed(input.substr(0, whole));
  closed.append("</").append(root).append(">");
  const Redacted expected = redact(closed, {});
  const Redacted cut = redact(input.substr(0, place), {});
  fuzz::require(expected.error.empty() || !cut.error.empty(), "what is cut off is not whole", closed);
  // Redaction is stricter with a document that is not whole: it also leaves out what only names a secret. Then less may
  // be left, and there is nothing to compare.
  if (!expected.error.empty() || expected.removed != cut.removed) return;
  for (const std::string_view name : {"passwd", "cookies", "cmdline"})
    if (expected.xml.find(name) != std::string::npos) return;
  std::string kept = expected.xml.substr(0, expected.xml.size() - root.size() - 3);
  while (!kept.empty() && std::string_view(" \t\r\n").find(kept.back()) != std::string_view::npos) kept.pop_back();
  fuzz::require(cut.xml.starts_with(kept), "what stands before the fault is kept", cut.xml);
}

// Returns a spool folder for this process, in memory if there is such a place.
int spool_folder() {
  static const int folder = [] {
    const bool memory = access("/dev/shm", W_OK) == 0;
    std::string path = (memory ? "/dev/shm" : std::filesystem::temp_directory_path().string()) + "/virtsql-fuzz-XXXXXX";
    fuzz::require(mkdtemp(path.data()) != nullptr, "there is a temporary folder", path);
    const int opened = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    static const std::string kept = path;
    std::atexit([] { std::filesystem::remove_all(kept); });
    return opened;
  }();
  return folder;
}

void check_spool(std::string_view input, const std::string& xml) {
  const int folder = spool_folder();
  Capture record;
  record.id = 1;
  record.name = input.substr(0, std::min<std::size_t>(input.size(), 100));
  record.operation = "start";
  record.extra = input.substr(input.size() / 2, std::min<std::size_t>(input.size() / 2, 100));
  record.xml = xml;
  fuzz::require(spool::write(folder, record) == 0, "a record can be written");
  const std::vector<std::string> names = spool::list(folder);
  fuzz::require(names.size() == 1, "what was written is listed");
  const Capture back = spool::read(folder, names.front());
  fuzz::require(back.id == record.id && back.operation == record.operation && back.xml == record.xml,
                "a record is read as it was written");

  // The input as a record: read, or refused.
  const int file = openat(folder, names.front().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  fuzz::require(write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size()), "a file can be written");
  close(file);
  try {
    spool::read(folder, names.front());
  } catch (const std::runtime_error&) {
    // No record.
  }
  spool::remove(folder, names.front());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  const Redacted redacted = redact(input, kPaths);
  fuzz::require(is_subsequence(redacted.xml, input), "redaction only leaves out", redacted.xml);
  Tags tags(redacted.xml);
  if (!redacted.error.empty())
    for (Tag tag; tags.next(tag);)
      fuzz::require(tag.name != "graphics" || !tag.has_passwd, "a faulty document keeps no password", redacted.xml);
  if (redacted.error.empty()) {
    fuzz::require(redacted.removed > 0 || redacted.xml == input, "what has no secret stays to the byte", redacted.xml);
    check_nothing_left(input, redacted);
    for (const std::size_t part : {3U, 5U, 7U, 9U}) check_cut(input, size * part / 10);
  }
  if (size < 20000) check_spool(input, redacted.xml);
  return 0;
}
