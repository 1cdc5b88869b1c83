#include "core/xml/escape.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "core/base/utf8.h"
#include "core/xml/characters.h"

namespace virtsql::xml {
namespace {

// Returns what libvirt (virBufferEscapeString) writes in place of the character, or nullptr if it writes the character
// itself. One difference: libvirt writes tabs and line ends raw, but in attributes they are escaped here, because an
// XML reader would turn them into spaces.
constexpr const char* libvirt_escape(char c, bool in_attribute) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\r':
      return "&#13;";
    case '\n':
      return in_attribute ? "&#10;" : nullptr;
    case '\t':
      return in_attribute ? "&#9;" : nullptr;
    default:
      return nullptr;
  }
}

// For each byte, whether it is an ASCII character that is written as it is, in attributes and in text. Nearly all are,
// so append_escaped() asks this first.
constexpr std::array<bool, 256> kOrdinary = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = ' '; c < 0x7f; ++c) out[c] = !libvirt_escape(static_cast<char>(c), true);
  return out;
}();

}  // namespace

void append_escaped(std::string& out, std::string_view value, bool in_attribute, bool raw_quotes) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (kOrdinary[static_cast<unsigned char>(value[i])]) continue;
    if (raw_quotes && (value[i] == '"' || value[i] == '\'')) continue;
    if (const char* escape = libvirt_escape(value[i], in_attribute)) {
      out.append(value, from, i - from);
      out += escape;
      from = i + 1;
    } else if (!is_plain(value[i])) {
      i += checked_length(value, i) - 1;
    }
  }
  out.append(value, from);
}

void append_libxml_escaped(std::string& out, std::string_view value, bool in_attribute) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      out += "&#13;";
    } else if (in_attribute && c == '"') {
      out += "&quot;";
    } else if (in_attribute && c == '\n') {
      out += "&#10;";
    } else if (in_attribute && c == '\t') {
      out += "&#9;";
    } else if (is_plain(value[i])) {
      out += value[i];
    } else {
      const std::size_t length = checked_length(value, i);
      if (!in_attribute) {
        out.append(value, i, length);
        i += length - 1;
        continue;
      }
      const std::uint32_t code = character_at(value, i).code;
      std::array<char, 16> buffer;
      (void)std::snprintf(buffer.data(), buffer.size(), "&#x%X;", code);
      out += buffer.data();
      i += length - 1;
    }
  }
}

}  // namespace virtsql::xml
