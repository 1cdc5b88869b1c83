// Reads ages. They are spelled alike everywhere: `180 days`, `180d`, `180`.
//
// Uses only libc and the C++ standard library, because the configuration, which the hook reads, has an age.
#pragma once

#include <optional>
#include <string_view>

namespace virtsql {

// The longest age, a hundred years.
inline constexpr int kMaxDays = 36500;

// Returns the number of days; nullopt if the text is no age, or an age of more than kMaxDays.
std::optional<int> days_of(std::string_view age);

static_assert(kMaxDays == 36500, "kAgeHelp says it");
// What days_of() accepts, for messages that say what an age is.
inline constexpr std::string_view kAgeHelp = "a number of days, 36500 at most: 180 days, 180d or 180";

}  // namespace virtsql
