// What the fuzz targets share. Each target is one file with libFuzzer's entry point and its oracle: it takes any bytes,
// and stops the program by require() if what the project promises does not hold.
//
// Built by GCC, a target is linked with driver.cc, which runs the seeds and seeded mutations of them; with the preset
// `fuzz` (clang) it is a libFuzzer program. See README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/xml/xml.h"

// libFuzzer's entry point, called once for each input. 0 always.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace virtsql::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Stops the program if the promise does not hold; `detail` is printed with it.
void require(bool holds, std::string_view promise, std::string_view detail = {});

// The two documents of an input: what stands before and after its first line `====`. Without one, the second is empty.
std::pair<std::string_view, std::string_view> two_documents(std::string_view input);

// What a document says, independent of shredding: one line for each element, attribute, text, comment and instruction,
// in document order. White space alone is left out, and so are comments and instructions unless `everything`.
std::vector<std::string> facts(const xml::Node& root, bool everything);

// The first line in which they differ, for require(); empty if there is none.
std::string first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace virtsql::fuzz
