// XML into rows and back: the XML says the same as before, and what was written once comes back byte for byte.
#include "core/rows/document.h"
#include "core/rows/row_error.h"
#include "core/spool/redact.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace virtsql;

const Element* described(const xml::Node& node) {
  for (const Element* root : Catalog::standard().roots())
    if (root->name == node.name) return root;
  return nullptr;
}

// Whether everything in the document has a column. If not, the definition of its definition may differ: an element that
// may occur once but occurs twice is a vendor option the second time, and takes the first one's place if a definition
// leaves the first one out.
bool is_known(const Row& row) {
  if (row.vendor) return false;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (const Row* child = row.children[slot].first; child; child = child->next)
      if (!is_known(*child)) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Documents are always redacted before they come to the store.
  const Redacted redacted = redact(fuzz::text_of(data, size), {});
  if (!redacted.error.empty()) return 0;
  const std::string& input = redacted.xml;
  Document first;
  const Element* root = nullptr;
  try {
    first.parse(input);
    root = described(first.tree());
    if (!root) return 0;
    first.shred(first.tree(), *root);
  } catch (const xml::Error&) {
    return 0;  // no document
  }
  try {
    const std::string& written = first.xml();
    const Document second(written, *root);
    const auto before = fuzz::facts(first.tree(), false), after = fuzz::facts(second.tree(), false);
    fuzz::require(before == after, "rows give what the document says", fuzz::first_difference(before, after));
    Document third(written, *root);
    fuzz::require(third.xml() == written, "the second round gives the same bytes", written);

    const std::string& definition = first.definition_xml();
    Document defined(definition, *root);
    fuzz::require(defined.xml() == definition, "a definition gives its own bytes", definition);
    fuzz::require(!is_known(first.rows()) || defined.definition_xml() == definition,
                  "the definition of a definition is itself", definition);
  } catch (const xml::Error& error) {
    fuzz::require(false, "what rows of a document give can be read", error.what() + ("\n" + first.xml()));
  } catch (const RowError& error) {
    fuzz::require(false, "rows of a document can be written", error.what());
  }
  return 0;
}
