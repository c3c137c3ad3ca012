// What users write to select and to threshold: a usage error or a value that holds together.
#include "core/base/error.hpp"
#include "core/base/glob.hpp"
#include "core/base/text.hpp"
#include "core/listen/sockets/bind_address.hpp"
#include "core/probe/threshold.hpp"
#include "core/query/selection.hpp"
#include "tests/fuzz/demand.hpp"

#include <limits>
#include <optional>

namespace {

using namespace jobtally;
using fuzz::demand;

template <class Read>
auto unless_usage_error(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const UsageError& error) {
        demand(visible(error.what()) == error.what(), "a message that acts");
        return std::nullopt;
    }
}

void try_range(std::string_view text, probe::Unit unit) {
    const auto range = unless_usage_error([&] { return probe::Threshold::parse(text, unit); });
    if (!range) return;
    const std::string plain = range->text();
    const auto again = probe::Threshold::parse(plain, probe::Unit::count);
    demand(again.text() == plain, "a range that is read back as another");
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double value : {-infinity, -1e18, 0.0, 1e18, infinity}) {
        demand(range->alerts(value) == again.alerts(value), "a range that alerts otherwise");
    }
}

// As glob_match(), by trying everything; for short texts without sets and quotes.
bool matches(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '*')
        return matches(pattern.substr(1), text) ||
               (!text.empty() && matches(pattern, text.substr(front_of(text).size)));
    if (text.empty()) return false;
    const auto size = front_of(text).size;
    if (pattern.front() == '?') return matches(pattern.substr(1), text.substr(size));
    return pattern.substr(0, size) == text.substr(0, size) && front_of(pattern).size == size &&
           matches(pattern.substr(size), text.substr(size));
}

void try_patterns(std::string_view pattern, std::string_view text) {
    const bool found = glob_match(pattern, text);
    if (pattern.size() <= 12 && text.size() <= 16 && pattern.find_first_of("[\\") == pattern.npos)
        demand(found == matches(pattern, text), "a glob that matches otherwise");
    const std::string written(pattern);
    const std::string id(text);
    const query::Patterns including({written});
    const query::Patterns excluding({"!" + written});
    const bool is_exclusion = written.starts_with('!');
    if (!is_exclusion && !written.empty())
        demand(including.accept(id, std::nullopt) != excluding.accept(id, std::nullopt),
               "a definition that is both selected and excluded");
    demand(query::Patterns({}).accept(id, id), "no pattern, and yet not selected");
}

void try_address(std::string_view text) {
    const auto address = unless_usage_error([&] { return listen::parse_bind_address(text); });
    if (!address) return;
    demand(!address->host.empty() && address->host.find('\0') == std::string::npos, "no host");
    (void)address->is_local();
}

}  // namespace

// The first byte chooses a unit; where a line break is, what is before it is a pattern for the
// rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto text = fuzz::text_of(bytes, size);
    const auto choice = fuzz::take_choice(text);
    try_range(text, static_cast<probe::Unit>(choice % 3));
    try_address(text);
    const auto line = text.substr(0, text.find('\n'));
    try_patterns(line, text.substr(std::min(text.size(), line.size() + 1)));
    return 0;
}
