#include "core/time/zone_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace jobtally::time {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// Far enough for everyone, and still a number of microseconds.
constexpr sys_seconds distant_past{seconds{-9'000'000'000'000}};
constexpr sys_seconds distant_future{seconds{9'000'000'000'000}};

constexpr seconds greatest_offset = std::chrono::hours{26};  // RFC 8536 3.2 asks for less

std::int64_t big_endian(std::string_view bytes) {
    std::uint64_t value = static_cast<unsigned char>(bytes.front()) & 0x80 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

// The counts of one of the file's two blocks, and where the parts of that block lie.
struct Block {
    static constexpr std::size_t header = 44;

    std::size_t time_size;  // bytes of a time: 4 in the first block, 8 in the second
    std::size_t isut, isstd, leaps, times, types, chars;

    // `bytes` begins with a header.
    Block(std::string_view bytes, std::size_t size_of_time) : time_size(size_of_time) {
        std::size_t at = 20;
        for (std::size_t* count : {&isut, &isstd, &leaps, &times, &types, &chars}) {
            *count = static_cast<std::uint32_t>(big_endian(bytes.substr(at, 4)));
            at += 4;
        }
    }

    std::size_t type_of_time_at() const { return header + times * time_size; }
    std::size_t types_at() const { return type_of_time_at() + times; }
    std::size_t chars_at() const { return types_at() + types * 6; }
    std::size_t end() const { return chars_at() + chars + leaps * (time_size + 4) + isstd + isut; }
};

bool has_header(std::string_view bytes) {
    return bytes.size() >= Block::header && bytes.starts_with("TZif");
}

std::optional<std::vector<ZoneType>> read_types(std::string_view bytes, const Block& block) {
    std::vector<ZoneType> out;
    for (std::size_t i = 0; i < block.types; ++i) {
        const std::string_view entry = bytes.substr(block.types_at() + i * 6, 6);
        const seconds offset{big_endian(entry.substr(0, 4))};
        const auto name_at = static_cast<unsigned char>(entry[5]);
        if (name_at >= block.chars || offset >= greatest_offset || offset <= -greatest_offset)
            return std::nullopt;
        const std::string_view name =
            bytes.substr(block.chars_at() + name_at, block.chars - name_at);
        out.push_back({offset, std::string{name.substr(0, name.find('\0'))}});
    }
    return out.empty() ? std::nullopt : std::optional{std::move(out)};
}

// The line behind the second block; empty where there is none.
std::string_view footer_of(std::string_view bytes, const Block& block) {
    std::string_view rest = bytes.substr(block.end());
    if (!rest.starts_with('\n')) return {};
    rest.remove_prefix(1);
    const std::size_t end = rest.find('\n');
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

}  // namespace

std::optional<ZoneRules> ZoneRules::from_file(std::string_view bytes) {
    if (!has_header(bytes)) return std::nullopt;
    const bool second_block = bytes[4] >= '2';
    Block block{bytes, 4};
    if (second_block) {
        if (block.end() > bytes.size() || !has_header(bytes.substr(block.end())))
            return std::nullopt;
        bytes.remove_prefix(block.end());
        block = Block{bytes, 8};
    }
    if (block.end() > bytes.size() || block.leaps != 0) return std::nullopt;

    ZoneRules rules;
    auto types = read_types(bytes, block);
    if (!types) return std::nullopt;
    rules.m_types = std::move(*types);
    for (std::size_t i = 0; i < block.times; ++i) {
        const std::string_view time =
            bytes.substr(Block::header + i * block.time_size, block.time_size);
        const sys_seconds at{seconds{big_endian(time)}};
        const auto type = static_cast<unsigned char>(bytes[block.type_of_time_at() + i]);
        if (type >= rules.m_types.size()) return std::nullopt;
        if (!rules.m_transitions.empty() && at <= rules.m_transitions.back().at)
            return std::nullopt;
        rules.m_transitions.push_back({std::clamp(at, distant_past, distant_future), type});
    }
    if (second_block) rules.m_afterwards = PosixRule::parse(footer_of(bytes, block));
    return rules;
}

ZoneRules ZoneRules::from_posix(PosixRule rule) {
    ZoneRules rules;
    rules.m_types.push_back(rule.standard);
    rules.m_afterwards = std::move(rule);
    return rules;
}

ZoneRules::Era ZoneRules::era_at(sys_seconds at) const {
    const auto next =
        std::upper_bound(m_transitions.begin(), m_transitions.end(), at,
                         [](sys_seconds t, const Transition& change) { return t < change.at; });
    const sys_seconds from = next == m_transitions.begin() ? distant_past : std::prev(next)->at;
    if (next == m_transitions.end() && m_afterwards) {
        const PosixRule::Era era =
            m_afterwards->era_at(std::clamp(at, distant_past, distant_future));
        return {std::max(era.from, from), std::min(era.to, distant_future), era.type};
    }
    const sys_seconds to = next == m_transitions.end() ? distant_future : next->at;
    return {from, to, &m_types[next == m_transitions.begin() ? 0 : std::prev(next)->type]};
}

}  // namespace jobtally::time
