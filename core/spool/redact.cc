#include "core/spool/redact.h"

#include <algorithm>
#include <memory>

#include "core/spool/expat.h"

namespace virtsql {
namespace {

constexpr std::size_t kMaxDepth = 1000;

struct Range {
  std::size_t from;
  std::size_t to;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The attribute of the name in a start tag, with the white space before it.
bool find_attribute(std::string_view tag, std::string_view name, Range& range) {
  std::size_t at = 1;
  while (at < tag.size() && !is_space(tag[at]) && tag[at] != '>' && tag[at] != '/') ++at;
  while (at < tag.size()) {
    const std::size_t space = at;
    while (at < tag.size() && is_space(tag[at])) ++at;
    const std::size_t begin = at;
    while (at < tag.size() && !is_space(tag[at]) && tag[at] != '=' && tag[at] != '>') ++at;
    const std::string_view found = tag.substr(begin, at - begin);
    while (at < tag.size() && is_space(tag[at])) ++at;
    if (at >= tag.size() || tag[at] != '=') return false;
    ++at;
    while (at < tag.size() && is_space(tag[at])) ++at;
    if (at >= tag.size() || (tag[at] != '\'' && tag[at] != '"')) return false;
    const std::size_t end = tag.find(tag[at], at + 1);
    if (end == std::string_view::npos) return false;
    at = end + 1;
    if (found == name) {
      range = {space, at};
      return true;
    }
  }
  return false;
}

// With the line that an element stands on, where it stands there alone.
Range with_line(std::string_view xml, Range range) {
  std::size_t from = range.from;
  while (from > 0 && (xml[from - 1] == ' ' || xml[from - 1] == '\t')) --from;
  if (from > 0 && xml[from - 1] == '\n' && range.to < xml.size() && xml[range.to] == '\n') return {from - 1, range.to};
  return range;
}

class Finder {
 public:
  Finder(std::string_view xml, const std::vector<std::string>& paths) : xml_(xml), paths_(paths) {}

  Redacted run() {
    Redacted out;
    parser_.reset(XML_ParserCreate(nullptr));
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), start, end);
    XML_SetStartDoctypeDeclHandler(parser_.get(), doctype);
    // In pieces: expat counts bytes in an int.
    constexpr std::size_t kPiece = 1U << 20U;
    std::size_t fed = 0;
    XML_Status status = XML_STATUS_OK;
    while (status == XML_STATUS_OK && (fed < xml_.size() || fed == 0)) {
      const std::size_t size = std::min(kPiece, xml_.size() - fed);
      fed += size;
      status = XML_Parse(parser_.get(), xml_.data() + fed - size, static_cast<int>(size), fed == xml_.size());
      if (xml_.empty()) break;
    }
    if (status != XML_STATUS_OK) {
      out.well_formed = false;
      const XML_Error code = XML_GetErrorCode(parser_.get());
      out.error = code == XML_ERROR_ABORTED ? refusal_ : XML_ErrorString(code);
      // What was open when it broke off goes, as far as can be seen.
      find_by_spelling(skip_depth_ > 0 ? skip_from_ : sound_);
    }
    out.removed = static_cast<std::uint32_t>(ranges_.size());
    std::size_t at = 0;
    for (const Range& range : ranges_) {
      if (range.from < at) continue;
      out.xml.append(xml_.substr(at, range.from - at));
      at = range.to;
    }
    out.xml.append(xml_.substr(at));
    return out;
  }

 private:
  struct ParserDeleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Finder& self(void* data) { return *static_cast<Finder*>(data); }

  void stop(const char* why) {
    refusal_ = why;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  static void XMLCALL doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(data).stop("it has a document type");
  }

  static void XMLCALL start(void* data, const XML_Char* name, const XML_Char**) { self(data).started(name); }
  static void XMLCALL end(void* data, const XML_Char*) { self(data).ended(); }

  void started(std::string_view name) {
    if (++depth_ > kMaxDepth) {
      stop("it is nested too deep");
      return;
    }
    lengths_.push_back(path_.size());
    if (!paths_.empty()) path_.append("/").append(name);
    if (skip_depth_ > 0) return;
    const auto from = static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
    if (name == "cookies" || std::find(paths_.begin(), paths_.end(), path_) != paths_.end()) {
      skip_depth_ = depth_;
      skip_from_ = from;
      return;
    }
    const std::string_view tag = xml_.substr(from, static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get())));
    sound_ = from + tag.size();
    if (name == "graphics") add_attribute(tag, "passwd", from);
    for (const std::string& path : paths_) {
      const std::size_t at = path.rfind("/@");
      if (at != std::string::npos && std::string_view(path).substr(0, at) == path_)
        add_attribute(tag, std::string_view(path).substr(at + 2), from);
    }
  }

  void ended() {
    if (skip_depth_ == depth_) {
      const auto to =
          static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()) + XML_GetCurrentByteCount(parser_.get()));
      // Of <x/> the end is reported where it starts, with no bytes.
      const std::size_t end = std::max(to, xml_.find('>', skip_from_) + 1);
      ranges_.push_back(with_line(xml_, {skip_from_, end}));
      skip_depth_ = 0;
    }
    sound_ = std::max(sound_, static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get())));
    --depth_;
    path_.resize(lengths_.back());
    lengths_.pop_back();
  }

  void add_attribute(std::string_view tag, std::string_view name, std::size_t at) {
    Range range{};
    if (find_attribute(tag, name, range)) ranges_.push_back({at + range.from, at + range.to});
  }

  // From `from` on nothing is known but spelling: passwd='...' of any tag, and <cookies up to its end.
  void find_by_spelling(std::size_t from) {
    std::size_t at = from;
    std::size_t passwd = xml_.find("passwd", at);
    std::size_t cookies = xml_.find("<cookies", at);
    while (std::min(passwd, cookies) != std::string_view::npos) {
      if (cookies < passwd) {
        const std::size_t end = xml_.find("</cookies>", cookies);
        at = end == std::string_view::npos ? xml_.size() : end + 10;
        ranges_.push_back({cookies, at});
      } else {
        at = end_of_value(passwd + 6);
        if (at > passwd + 6) ranges_.push_back({passwd, at});
      }
      if (passwd < at) passwd = xml_.find("passwd", at);
      if (cookies < at) cookies = xml_.find("<cookies", at);
    }
  }

  // The end of `= 'value'` at the place; the place itself where there is none.
  std::size_t end_of_value(std::size_t place) const {
    std::size_t at = place;
    while (at < xml_.size() && is_space(xml_[at])) ++at;
    if (at >= xml_.size() || xml_[at] != '=') return place;
    ++at;
    while (at < xml_.size() && is_space(xml_[at])) ++at;
    if (at >= xml_.size() || (xml_[at] != '\'' && xml_[at] != '"')) return xml_.size();
    const std::size_t close = xml_.find(xml_[at], at + 1);
    return close == std::string_view::npos ? xml_.size() : close + 1;
  }

  std::string_view xml_;
  const std::vector<std::string>& paths_;
  std::unique_ptr<XML_ParserStruct, ParserDeleter> parser_;
  std::vector<Range> ranges_;
  std::vector<std::size_t> lengths_;
  std::string path_;
  std::size_t depth_ = 0;
  std::size_t skip_depth_ = 0;
  std::size_t skip_from_ = 0;
  std::size_t sound_ = 0;  // up to here it was well-formed
  const char* refusal_ = "";
};

}  // namespace

Redacted redact(std::string_view xml, const std::vector<std::string>& paths) { return Finder(xml, paths).run(); }

void leave_out_secrets(spool::Record& record, const std::vector<std::string>& paths) {
  if (record.xml.empty()) return;
  Redacted redacted = redact(record.xml, paths);
  record.xml = std::move(redacted.xml);
  record.secrets = redacted.removed;
}

}  // namespace virtsql
