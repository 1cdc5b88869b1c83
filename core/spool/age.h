// Ages, spelled alike everywhere: `180 days`, `180d`, `180`.
//
// libc and the C++ standard library alone: the configuration has one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// The longest age, a hundred years.
inline constexpr int kMaxDays = 36500;

// The number of days; nothing if the text is no age, or is one of more than kMaxDays.
std::optional<int> days_of(std::string_view age);

// What days_of() takes, for messages: an age is ...
inline constexpr std::string_view kAgeHelp = "a number of days, 36500 at most: 180 days, 180d or 180";

}  // namespace virtsql
