#pragma once
#include <set>
#include <string>
#include <string_view>

namespace sonde::text {

// The words of a page that a visitor can read, in lower case, and the paths that its links and
// forms lead to. "Log out" and the like are also "logout". Without words that have a digit, because
// those are mostly numbers, dates and tokens. For comparing what a server shows to two visitors.
// Limits: 1 MB of text, 20,000 words of 64 bytes. Pure.
std::set<std::string> words_of_page(std::string_view page);

// Whether the page says `phrase`, in upper or lower case and with no letter or digit beside it: in
// its text, scripts included, in the address of a link or in an attribute that is read aloud. Pure.
bool page_says(std::string_view page, std::string_view phrase);

// The title of a page, with single spaces; empty: it has none. Looks at its first 64 KB. Pure.
std::string title_of_page(std::string_view page);

// The words of a path, such as "/users/sign_in"; empty if it has a digit.
std::string word_of_path(std::string_view url);

}  // namespace sonde::text
