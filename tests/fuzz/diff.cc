// The differences of two documents: a document has none from itself, and two documents have none only if both say the
// same.
#include "core/rows/diff.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/rows/document.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace virtsql;

// Reads the document into rows. Returns false if it is no XML, or if the catalog has no such root.
bool read(std::string_view text, Document& document, const Element*& root) {
  try {
    document.parse(text);
    for (const Element* known : Catalog::standard().roots())
      if (known->name == document.tree().name) root = known;
    if (!root) return false;
    document.shred(document.tree(), *root);
    return true;
  } catch (const xml::Error&) {
    return false;
  }
}

// Returns which elements and attributes the document has, sorted and without values. Leaves out units, because a
// missing unit means the same as its default.
std::vector<std::string> places(const Document& document) {
  std::vector<std::string> out;
  for (const std::string& fact : fuzz::facts(document.tree(), false)) {
    const std::string place = fact.substr(0, fact.find('='));
    if (!place.ends_with("/@unit")) out.push_back(place);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [left, right] = fuzz::two_documents(fuzz::text_of(data, size));
  Document a, again, b;
  const Element *root = nullptr, *other = nullptr;
  if (!read(left, a, root)) return 0;
  read(left, again, root);
  for (const DiffMode mode : {DiffMode::kAll, DiffMode::kAsked, DiffMode::kDefined, DiffMode::kRunning}) {
    const std::string same = to_json(diff(a.rows(), again.rows(), mode));
    fuzz::require(same == "[]", "a document does not differ from itself", same);
  }
  if (!read(right, b, other) || root != other) return 0;
  for (const DiffMode mode : {DiffMode::kAsked, DiffMode::kDefined, DiffMode::kRunning})
    boost::json::parse(to_json(diff(a.rows(), b.rows(), mode)));
  const std::vector<Difference> forth = diff(a.rows(), b.rows(), DiffMode::kAll);
  const std::vector<Difference> back = diff(b.rows(), a.rows(), DiffMode::kAll);
  boost::json::parse(to_json(forth));
  fuzz::require(forth.empty() == back.empty(), "two documents differ either way", to_json(forth) + to_json(back));
  if (forth.empty()) {
    const auto of_a = places(a), of_b = places(b);
    fuzz::require(of_a == of_b, "no difference means that both say the same", fuzz::first_difference(of_a, of_b));
  }
  return 0;
}
