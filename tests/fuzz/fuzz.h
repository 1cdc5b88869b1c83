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

// libFuzzer's entry point, called once for each input. Always returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace virtsql::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Stops the program if the promise does not hold; `detail` is printed with it.
void require(bool holds, std::string_view promise, std::string_view detail = {});

// Returns the two documents of an input: what stands before and after its first line `====`. Without such a line the
// second document is empty.
std::pair<std::string_view, std::string_view> two_documents(std::string_view input);

// Returns what a document says, without the help of shredding: one line for each element, attribute, text, comment and
// instruction, in document order. Leaves out texts of white space only, and comments and instructions unless
// `everything`.
std::vector<std::string> facts(const xml::Node& root, bool everything);

// Returns the first line in which the two differ, for require(); empty if there is none.
std::string first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace virtsql::fuzz
