// xml_json() and json_xml() are each other's inverse, for any document and for any JSON that json_xml() takes.
#include "core/xml/json.h"

#include "core/xml/writer.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace virtsql;

std::string write(const xml::Node& element) {
  xml::Writer writer;
  writer.element(element);
  return writer.take();
}

void check_document(const xml::Node& root) {
  const std::string json = to_json(root);
  Arena arena;
  const xml::Node* back = from_json(json, arena);
  const auto before = fuzz::facts(root, true), after = fuzz::facts(*back, true);
  fuzz::require(before == after, "JSON says what the XML says", fuzz::first_difference(before, after));
  fuzz::require(to_json(*back) == json, "the JSON of what came back is the same", json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  try {
    const xml::Document document = xml::Document::parse(input);
    check_document(*document.root());
  } catch (const xml::Error&) {
    // No document.
  }
  std::string written;
  Arena arena;
  try {
    written = write(*from_json(input, arena));
  } catch (const xml::Error&) {
    return 0;  // not JSON of this form, or JSON with something that no XML can have
  }
  if (written.size() > xml::kMaxBytes) return 0;
  try {
    const xml::Document document = xml::Document::parse(written);
    const auto said = fuzz::facts(*from_json(input, arena), true), read = fuzz::facts(*document.root(), true);
    fuzz::require(said == read, "json_xml() gives what the JSON says", fuzz::first_difference(said, read));
    check_document(*document.root());
  } catch (const xml::Error& error) {
    fuzz::require(false, "json_xml() gives XML", error.what() + ("\n" + written));
  }
  return 0;
}
