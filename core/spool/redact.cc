#include "core/spool/redact.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <optional>

#include "core/spool/digest.h"
#include "core/spool/expat.h"
#include "core/spool/secrets.h"

namespace virtsql {
namespace {

constexpr std::size_t kMaxDepth = 1000;

// Bytes of the document: [from, to).
struct Range {
  std::size_t from;
  std::size_t to;
};

// One thing that is secret: the element at the end of a chain of names, or an attribute of that element.
struct Rule {
  std::vector<std::string_view> names;  // local names
  std::string_view attribute;           // local name; empty: the element itself
};

// Whether the document can be read to its end. If it cannot, what looks like markup may be none, and the reverse.
enum class Readable { kYes, kNo };

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }

bool is_domain(std::string_view name) { return name == "domain" || name == "inactiveDomain"; }

// Accepts every byte above ASCII, without a look at which characters XML allows there.
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_in_name(char c) { return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

// Whether XML could have an element or attribute of this name, with or without a prefix.
bool is_name(std::string_view name) {
  const std::string_view prefix = name.substr(0, name.find(':'));
  const std::string_view local = prefix.size() == name.size() ? prefix : name.substr(prefix.size() + 1);
  for (const std::string_view part : {prefix, local})
    if (part.empty() || !starts_name(part[0]) || !std::all_of(part.begin(), part.end(), is_in_name)) return false;
  return true;
}

// Whether `word` stands in the text as a whole name, in markup or anywhere else.
bool has_name(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; at += word.size()) {
    const std::size_t after = at + word.size();
    if ((at == 0 || !is_in_name(text[at - 1])) && (after == text.size() || !is_in_name(text[after]))) return true;
  }
  return false;
}

std::vector<std::string_view> steps_of(std::string_view path) {
  std::vector<std::string_view> steps;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    steps.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return steps;
}

std::vector<Rule> rules_of(const std::vector<std::string>& paths) {
  std::vector<Rule> rules;
  for (const Secret& secret : kSecrets) rules.push_back({{secret.element}, secret.attribute});
  for (const std::string& path : paths) {
    if (!path_problem(path).empty()) continue;
    Rule rule;
    for (const std::string_view step : steps_of(path)) {
      if (step.starts_with('@'))
        rule.attribute = local_name(step.substr(1));
      else
        rule.names.push_back(local_name(step));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

// Whether the name of a rule's last element or attribute stands in the text, in UTF-8.
bool names_any(std::string_view text, const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    return has_name(text, rule.attribute.empty() ? rule.names.back() : rule.attribute);
  });
}

// Calls `visit(name, range)` for each attribute of a start tag. The range includes the white space before it.
template <typename Visit>
void for_each_attribute(std::string_view tag, Visit visit) {
  std::size_t at = 1;
  while (at < tag.size() && !is_space(tag[at]) && tag[at] != '>' && tag[at] != '/') ++at;
  while (at < tag.size()) {
    const std::size_t space = at;
    while (at < tag.size() && is_space(tag[at])) ++at;
    const std::size_t begin = at;
    while (at < tag.size() && !is_space(tag[at]) && tag[at] != '=' && tag[at] != '>') ++at;
    const std::string_view name = tag.substr(begin, at - begin);
    at = tag.find_first_of("'\"", at);
    if (at == std::string_view::npos) return;
    const std::size_t end = tag.find(tag[at], at + 1);
    if (end == std::string_view::npos) return;
    at = end + 1;
    visit(name, Range{space, at});
  }
}

// Returns the element's range, extended to its whole lines if nothing else stands on them.
Range with_line(std::string_view xml, Range range) {
  std::size_t from = range.from;
  while (from > 0 && (xml[from - 1] == ' ' || xml[from - 1] == '\t')) --from;
  if (from > 0 && xml[from - 1] == '\n' && range.to < xml.size() && xml[range.to] == '\n') return {from - 1, range.to};
  return range;
}

// Whether the names are the same but for the case of ASCII letters; `upper` has no small ones.
bool is_same_encoding(std::string_view name, std::string_view upper) {
  return std::equal(name.begin(), name.end(), upper.begin(), upper.end(),
                    [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

bool is_latin1(std::string_view encoding) { return is_same_encoding(encoding, "ISO-8859-1"); }

// Whether the encoding is one of those known here. In each of them an ASCII character is one byte, which the search for
// secrets relies on.
bool is_known_encoding(std::string_view name) {
  return is_same_encoding(name, "UTF-8") || is_same_encoding(name, "US-ASCII") || is_latin1(name);
}

// Returns in UTF-8 what is in ISO-8859-1.
std::string utf8_of_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | byte >> 6U);
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

// Whether the first bytes show characters of several bytes each: a byte order mark that is not UTF-8's, or a NUL.
bool has_wide_characters(std::string_view xml) {
  return xml.starts_with("\xFE\xFF") || xml.starts_with("\xFF\xFE") ||
         xml.substr(0, 4).find('\0') != std::string_view::npos;
}

// Returns the error for a document of which nothing is kept.
std::string withheld(std::string_view xml, const std::string& why) {
  return "the XML is not kept: " + why + "; it had " + std::to_string(xml.size()) + " bytes, SHA-256 " +
         hex_digest(xml);
}

// One document while expat reads it.
class Reading {
 public:
  Reading(std::string_view xml, const std::vector<Rule>& rules, Readable readable)
      : xml_(xml), rules_(rules), readable_(readable) {}

  Redacted run() {
    if (has_wide_characters(xml_))
      refusal_ = "its encoding is not known";
    else
      read();
    Redacted out;
    if (!refusal_.empty()) {
      out.error = withheld(xml_, refusal_);
      return out;
    }
    std::size_t end = xml_.size();
    if (!fault_.empty()) {
      end = kept_;
      out.error = "the XML cannot be read: " + fault_ + " at byte " + std::to_string(fault_at_) +
                  "; it is not kept from byte " + std::to_string(end) + " on";
    }
    write(out, end);
    return out;
  }

 private:
  struct ParserDeleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Reading& self(void* data) { return *static_cast<Reading*>(data); }

  static void XMLCALL on_declaration(void* data, const XML_Char*, const XML_Char* encoding, int) {
    self(data).guarded([&] {
      if (encoding && !is_known_encoding(encoding)) self(data).refuse("its encoding is not known");
      self(data).latin1_ = encoding && is_latin1(encoding);
    });
  }
  static void XMLCALL on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(data).guarded([&] { self(data).refuse("it has a document type"); });
  }
  static void XMLCALL on_start(void* data, const XML_Char* name, const XML_Char**) {
    self(data).guarded([&] { self(data).start(name); });
  }
  static void XMLCALL on_end(void* data, const XML_Char*) {
    self(data).guarded([&] { self(data).end(); });
  }

  // Runs what expat calls. No exception may pass through expat, so read() throws it again.
  template <typename Handler>
  void guarded(const Handler& handler) {
    try {
      handler();
    } catch (...) {
      thrown_ = std::current_exception();
      XML_StopParser(parser_.get(), XML_FALSE);
    }
  }

  void read() {
    parser_.reset(XML_ParserCreate(nullptr));
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetXmlDeclHandler(parser_.get(), on_declaration);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    // In pieces, because expat takes the number of bytes as an int.
    constexpr std::size_t kPiece = 1U << 20U;
    std::size_t fed = 0;
    XML_Status status = XML_STATUS_OK;
    do {
      const std::size_t size = std::min(kPiece, xml_.size() - fed);
      fed += size;
      status = XML_Parse(parser_.get(), xml_.data() + fed - size, static_cast<int>(size), fed == xml_.size());
    } while (status == XML_STATUS_OK && fed < xml_.size());
    if (thrown_) std::rethrow_exception(thrown_);
    if (status == XML_STATUS_OK) return;
    const XML_Error code = XML_GetErrorCode(parser_.get());
    if (code == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    if (code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING)
      refusal_ = "its encoding is not known";
    if (code != XML_ERROR_ABORTED) fault_ = XML_ErrorString(code);
    fault_at_ = static_cast<std::size_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(parser_.get()), 0));
  }

  void refuse(const char* why) {
    refusal_ = why;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  // Where the tag that expat reports now begins, and where it ends. For <x/> expat reports an end tag of no bytes.
  std::size_t position() const { return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get())); }
  std::size_t position_after() const {
    return position() + static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get()));
  }

  // expat gives the names of elements in UTF-8, as the rules have them. What is taken from the document itself is in
  // the document's encoding.
  std::string in_utf8(std::string_view text) const { return latin1_ ? utf8_of_latin1(text) : std::string(text); }

  std::string_view name_of(std::size_t depth) const {  // counted from 0, the root
    const std::size_t from = names_begin_[depth];
    const std::size_t to = depth + 1 < names_begin_.size() ? names_begin_[depth + 1] : names_.size();
    return std::string_view(names_).substr(from, to - from);
  }

  bool is_at(const Rule& rule) const {
    const std::size_t count = rule.names.size();
    if (count > names_begin_.size()) return false;
    const std::size_t first = names_begin_.size() - count;
    for (std::size_t i = count; i-- > 0;) {
      const std::string_view name = name_of(first + i);
      if (name != rule.names[i] && !(i == 0 && rule.names[i] == "domain" && is_domain(name))) return false;
    }
    return true;
  }

  void start(std::string_view name) {
    if (names_begin_.size() == kMaxDepth) {
      fault_ = "it is nested too deep";
      XML_StopParser(parser_.get(), XML_FALSE);
      return;
    }
    names_begin_.push_back(names_.size());
    names_.append(local_name(name));
    const std::size_t from = position();
    const std::string_view tag = xml_.substr(from, position_after() - from);
    tag_end_ = from + tag.size();
    if (skip_depth_ > 0) return;
    for (const Rule& rule : rules_) {
      if (!is_at(rule)) continue;
      if (rule.attribute.empty()) {
        skip_depth_ = names_begin_.size();
        skip_from_ = from;
        return;
      }
      for_each_attribute(tag, [&](std::string_view attribute, Range range) {
        const bool is_declaration = attribute == "xmlns" || attribute.starts_with("xmlns:");
        if (in_utf8(local_name(attribute)) == rule.attribute && !is_declaration)
          secrets_.push_back({from + range.from, from + range.to});
      });
    }
    if (is_frame(names_begin_.size() - 1)) keep_to(tag_end_);
  }

  void end() {
    const std::size_t depth = names_begin_.size();
    const std::size_t to = std::max(position_after(), tag_end_);
    if (skip_depth_ == depth) {
      secrets_.push_back(with_line(xml_, {skip_from_, to}));
      skip_depth_ = 0;
    }
    if (skip_depth_ == 0 && (depth == 1 || is_frame(depth - 2))) keep_to(to);
    names_.resize(names_begin_.back());
    names_begin_.pop_back();
  }

  // Called when a piece of the document is whole: a child with the text before it. From now on the document is kept up
  // to `to`. In a document that cannot be read to its end, a piece that names a secret where expat saw none may have
  // damaged markup, so it is left out.
  void keep_to(std::size_t to) {
    if (readable_ == Readable::kNo && names_secret({kept_, to})) secrets_.push_back({kept_, to});
    kept_ = to;
    piece_secrets_ = secrets_.size();
  }

  // Whether the name of a rule's last element or attribute stands in the piece, outside of the secrets found in it.
  bool names_secret(Range piece) {
    const auto first = secrets_.begin() + static_cast<std::ptrdiff_t>(piece_secrets_);
    std::ranges::sort(first, secrets_.end(), {}, &Range::from);
    std::size_t at = piece.from;
    const auto named_before = [&](std::size_t end) {
      const std::string text = in_utf8(xml_.substr(at, std::max(at, end) - at));
      return names_any(text, rules_);
    };
    for (auto secret = first; secret != secrets_.end(); ++secret) {
      if (named_before(secret->from)) return true;
      at = std::max(at, secret->to);
    }
    return named_before(piece.to);
  }

  // Whether the children of the open element at this depth are kept one by one. Those of the root are, and those of a
  // domain in it.
  bool is_frame(std::size_t depth) const {
    for (std::size_t i = 1; i <= depth; ++i)
      if (!is_domain(name_of(i))) return false;
    return true;
  }

  // Writes the document up to `end` without its secrets, and counts them.
  void write(Redacted& out, std::size_t end) {
    std::ranges::sort(secrets_, {}, &Range::from);
    std::size_t at = 0;
    for (const Range& secret : secrets_) {
      if (secret.from >= end) break;
      if (secret.from >= at) {
        out.xml.append(xml_.substr(at, secret.from - at));
        ++out.removed;
      }
      at = std::max(at, secret.to);
    }
    if (at < end) out.xml.append(xml_.substr(at, end - at));
  }

  std::string_view xml_;
  const std::vector<Rule>& rules_;
  Readable readable_;
  bool latin1_ = false;  // the document is in ISO-8859-1
  std::unique_ptr<XML_ParserStruct, ParserDeleter> parser_;
  std::string names_;                     // the local names of the open elements, one after the other, root first
  std::vector<std::size_t> names_begin_;  // where each begins in names_
  std::vector<Range> secrets_;
  std::size_t piece_secrets_ = 0;  // how many of secrets_ stand before kept_
  std::size_t tag_end_ = 0;        // where the newest start tag ends
  std::size_t skip_depth_ = 0;     // of the open element that is left out, the root being 1; 0: none
  std::size_t skip_from_ = 0;
  std::size_t kept_ = 0;  // the document is kept up to here if the rest cannot be read
  std::string fault_;     // why the document cannot be read to its end
  std::size_t fault_at_ = 0;
  std::string refusal_;        // why nothing of the document is kept
  std::exception_ptr thrown_;  // by a handler that expat called
};

}  // namespace

Redacted redact(std::string_view xml, const std::vector<std::string>& paths) {
  std::vector<Rule> rules = rules_of(paths);
  Redacted out = Reading(xml, rules, Readable::kYes).run();
  if (out.error.empty() || out.xml.empty()) return out;
  // A tag may be missing, so it is not certain which element stands in which. Now only the last element's name of a
  // rule (and its attribute's) must match.
  for (Rule& rule : rules) rule.names.erase(rule.names.begin(), rule.names.end() - 1);
  return Reading(xml, rules, Readable::kNo).run();
}

bool names_secret(std::string_view xml, const std::vector<std::string>& paths) {
  // The names are known in UTF-8. A declaration or a NUL may mean another encoding, and a document type may put names
  // together from pieces.
  constexpr std::string_view kSigns[] = {"<?xml", "<!DOCTYPE", {"\0", 1}};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](std::string_view sign) { return xml.find(sign) != std::string_view::npos; }) ||
         names_any(xml, rules_of(paths));
}

std::string path_problem(std::string_view path) {
  if (!path.starts_with('/')) return "a path begins with /, as /domain/os/cmdline does";
  const std::vector<std::string_view> steps = steps_of(path);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string_view step = steps[i];
    if (step.empty() && i + 1 == steps.size()) return "a path does not end in /";
    if (step.empty()) return "// is not known here: a path has each element from the root on";
    if (step == "text()") return "text() is not known here: an element goes with all that is in it";
    if (step.starts_with('@') && i + 1 < steps.size()) return "an attribute has nothing in it";
    if (step.starts_with('@') && i == 0) return "an attribute stands in an element";
    if (!is_name(step.starts_with('@') ? step.substr(1) : step))
      return std::string(step) + " is no name of an element or attribute";
  }
  return {};
}

void leave_out_secrets(Capture& record, const Config& config) {
  if (record.xml.empty()) return;
  Redacted redacted;
  if (config.secrets_unknown.empty())
    redacted = redact(record.xml, config.redact);
  else
    redacted.error = withheld(record.xml, config.secrets_unknown);
  record.xml = std::move(redacted.xml);
  record.secrets = redacted.removed;
  if (!redacted.error.empty()) record.error.append(record.error.empty() ? "" : "; ").append(redacted.error);
}

}  // namespace virtsql
