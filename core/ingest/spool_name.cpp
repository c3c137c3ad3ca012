#include "core/ingest/spool_name.hpp"

#include "core/base/ascii.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <unistd.h>

namespace jobtally::ingest {
namespace {

constexpr std::string_view finished = ".json", cut = ".cut";
constexpr std::string_view source_kind = "http ";

// True if `peer` looks like an address. Its characters cannot name another folder.
bool is_plain(std::string_view peer) {
    return !peer.empty() &&
           peer.find_first_not_of("0123456789abcdefABCDEFunix.:%") == std::string_view::npos;
}

std::string_view peer_of(std::string_view source) {
    const bool is_http =
        source.starts_with(source_kind) && is_plain(source.substr(source_kind.size()));
    return is_http ? source.substr(source_kind.size()) : "unknown";
}

constexpr std::size_t most_of_sender = 120;  // a file's name has at most 255 bytes

// `-` and the sender, whose characters can then name no other folder: `-north%20sea`. Empty where
// there is none, or where it is so long that the name can't hold it.
std::string sender_part(std::string_view sender) {
    if (sender.empty()) return {};
    std::string part = "-";
    for (const char c : sender) {
        const bool is_plain = is_letter(c) || is_digit(c) || c == '_' || c == '.';
        is_plain ? part += c : part += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
    return part.size() > most_of_sender ? std::string() : part;
}

std::string sender_of(std::string_view part) {
    std::string sender;
    while (!part.empty()) {
        unsigned code = static_cast<unsigned char>(part.front());
        std::size_t used = 1;
        if (part.front() == '%' && part.size() > 2) {
            std::from_chars(part.data() + 1, part.data() + 3, code, 16);
            used = 3;
        }
        sender += static_cast<char>(code);
        part.remove_prefix(used);
    }
    return is_utf8(sender) ? sender : std::string();
}

}  // namespace

std::string spool_name(const Delivery& delivery, std::uint64_t count) {
    return fmt::format("{:020}-{}-{}-{}{}{}{}",
                       std::max<std::int64_t>(time::micros(delivery.received_at), 0), ::getpid(),
                       count, peer_of(delivery.source), sender_part(delivery.sender),
                       delivery.is_cut ? cut : "", finished);
}

Origin origin_of(std::string_view name) {
    std::int64_t micros = 0;
    std::from_chars(name.data(), name.data() + name.size(), micros);
    name = name.substr(0, name.rfind(finished));  // that of one which is unfinished has more behind
    const bool is_cut = name.ends_with(cut);
    if (is_cut) name.remove_suffix(cut.size());
    for (int part = 0; part < 3; ++part) name.remove_prefix(name.find('-') + 1);
    const auto end = std::min(name.find('-'), name.size());
    return {time::instant_from_micros(micros),
            fmt::format("{}{}", source_kind, name.substr(0, end)),
            sender_of(name.substr(std::min(end + 1, name.size()))), is_cut};
}

bool is_spool_name(std::string_view name) {
    const auto digits = name.find_first_not_of("0123456789");
    const auto parts = std::count(name.begin(), name.end(), '-');
    return digits == 20 && (parts == 3 || parts == 4) && name.ends_with(finished);
}

}  // namespace jobtally::ingest
