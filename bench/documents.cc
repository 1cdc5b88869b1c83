#include "bench/documents.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "bench/database.h"
#include "bench/libvirt_peer.h"
#include "core/catalog/catalog.h"
#include "core/rows/shred.h"
#include "core/xml/xml.h"

namespace virtsql::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFleet = 1000;
constexpr std::size_t kLarge = 200;
constexpr std::size_t kLargeBytes = 20000;

bool is_domain(const std::string& text) {
  try {
    const xml::Document tree = xml::Document::parse(text);
    Arena arena;
    (void)shred(*tree.root(), Catalog::standard().root("domain"), arena);
    return true;
  } catch (const xml::Error&) {
    return false;
  }
}

// Returns the document with a name and a UUID of its own, made from `index`. In the corpus many documents have the same
// name and UUID; they would all be captures of one VM.
std::string made_distinct(std::string text, std::size_t index) {
  static const std::regex name("<name>[^<]*</name>");
  static const std::regex uuid("\\n *<uuid>[^<]*</uuid>");
  char own[128];
  (void)std::snprintf(own, sizeof own, "<name>vm%zu</name>\n  <uuid>00000000-0000-4000-8000-%012zx</uuid>", index,
                      index);
  text = std::regex_replace(text, uuid, "", std::regex_constants::format_first_only);
  return std::regex_replace(text, name, own, std::regex_constants::format_first_only);
}

void keep_what_libvirt_takes(Documents& documents) {
  const LibvirtPeer libvirt;
  std::erase_if(documents.texts, [&](const std::string& text) {
    virDomainPtr defined = libvirt.define(text);
    if (defined) virDomainFree(defined);
    return !defined;
  });
}

}  // namespace

std::string Documents::about() const {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  return std::to_string(texts.size()) + " " + name + " of " +
         std::to_string(bytes / std::max<std::size_t>(1, texts.size())) + " bytes";
}

const std::vector<Documents>& document_sets(const Options& options) {
  static const std::vector<Documents> sets = [&] {
    std::vector<Documents> out(2);
    out[0] = {"VMs of a fleet", fleet_documents(kFleet)};
    out[1].name = "large VMs";
    for (std::size_t index = 0; out[1].texts.size() < kLarge; ++index)
      if (std::string text = FleetVm(kSeed, index).xml(); text.size() >= kLargeBytes)
        out[1].texts.push_back(std::move(text));
    if (!options.corpus.empty()) {
      Documents corpus{"documents of the corpus", {}};
      std::vector<fs::path> paths;
      for (const auto& entry : fs::recursive_directory_iterator(options.corpus))
        if (entry.path().extension() == ".xml") paths.push_back(entry.path());
      std::sort(paths.begin(), paths.end());
      for (const fs::path& path : paths) {
        std::ifstream file(path);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        if (is_domain(text)) corpus.texts.push_back(made_distinct(text, corpus.texts.size()));
      }
      out.push_back(std::move(corpus));
    }
    for (Documents& documents : out) keep_what_libvirt_takes(documents);
    std::erase_if(out, [](const Documents& documents) { return documents.texts.empty(); });
    return out;
  }();
  return sets;
}

}  // namespace virtsql::bench
