// Packing and unpacking; the loops are kept plain so that the compiler makes vector code of them.
#include "core/store/segments/packed_values.hpp"

#include "core/store/facts/facts.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace jobtally::store {

namespace {

static_assert(std::endian::native == std::endian::little, "segments are little-endian");

constexpr std::size_t header_size = 16;
constexpr std::uint64_t thousand = 1000;

struct Frame {
    std::uint8_t width = 0;
    std::uint8_t in_thousands = 0;
    std::uint8_t has_unknown = 0;
    std::uint8_t base = 0;
    std::uint8_t reserved[4] = {};
    std::int64_t least = 0;
};
static_assert(sizeof(Frame) == header_size);

std::uint64_t distance(std::int64_t value, std::int64_t least) {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least);
}

std::uint8_t width_for(std::uint64_t greatest_code, bool has_unknown) {
    // If there are unknown values, the code with all bits set is reserved for them.
    const std::uint64_t codes =
        has_unknown && greatest_code != UINT64_MAX ? greatest_code + 1 : greatest_code;
    if (codes == 0) return 0;
    if (codes <= UINT8_MAX) return 1;
    if (codes <= UINT16_MAX) return 2;
    if (codes <= UINT32_MAX) return 4;
    return 8;
}

Frame frame_of(std::span<const std::int64_t> values) {
    Frame frame;
    std::int64_t least = INT64_MAX;
    std::int64_t greatest = INT64_MIN;
    for (const auto value : values) {
        if (value == unknown_value) {
            frame.has_unknown = 1;
            continue;
        }
        least = value < least ? value : least;
        greatest = value > greatest ? value : greatest;
    }
    if (least > greatest) return frame;  // all unknown, or no values
    frame.least = least;
    auto range = distance(greatest, least);
    bool in_thousands = range >= thousand;
    for (std::size_t i = 0; i < values.size() && in_thousands; ++i) {
        in_thousands = values[i] == unknown_value || distance(values[i], least) % thousand == 0;
    }
    if (in_thousands) range /= thousand;
    frame.in_thousands = in_thousands ? 1 : 0;
    // Width 0 with unknown values means that all are unknown.
    frame.width = width_for(range, frame.has_unknown != 0);
    return frame;
}

template <class Code>
void append_codes(std::string& packed, std::span<const std::int64_t> values, const Frame& frame) {
    const std::uint64_t scale = frame.in_thousands != 0 ? thousand : 1;
    const std::size_t from = packed.size();
    packed.resize(from + values.size() * sizeof(Code));
    char* to = packed.data() + from;
    for (const auto value : values) {
        const auto code = value == unknown_value
                              ? static_cast<Code>(~Code{0})
                              : static_cast<Code>(distance(value, frame.least) / scale);
        std::memcpy(to, &code, sizeof(Code));
        to += sizeof(Code);
    }
}

template <class Code, bool has_unknown, class Out>
void read_codes(const char* codes, std::int64_t least, std::uint64_t scale, std::span<Out> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        Code code;
        std::memcpy(&code, codes + i * sizeof(Code), sizeof(Code));
        const auto value = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) +
                                                     scale * std::uint64_t{code});
        const bool is_unknown = has_unknown && code == static_cast<Code>(~Code{0});
        values[i] = static_cast<Out>(is_unknown ? unknown_value : value);
    }
}

template <class Code, class Out>
void read_codes(const char* codes, const Frame& frame, std::span<Out> values) {
    if (frame.has_unknown != 0) {
        read_codes<Code, true>(codes, frame.least, frame.in_thousands != 0 ? thousand : 1, values);
    } else if (frame.in_thousands != 0) {
        read_codes<Code, false>(codes, frame.least, thousand, values);
    } else {
        read_codes<Code, false>(codes, frame.least, 1, values);
    }
}

template <class Out>
bool unpack(std::string_view packed, std::span<Out> values, PackedPlace place) noexcept {
    if (packed.size() < header_size) return false;
    Frame frame;
    std::memcpy(&frame, packed.data(), header_size);
    const std::size_t rows = place.before + values.size() + place.behind;
    if (packed.size() != header_size + frame.width * rows) return false;
    const char* codes = packed.data() + header_size + frame.width * place.before;
    switch (frame.width) {
        case 0:
            for (auto& value : values) {
                value = static_cast<Out>(frame.has_unknown != 0 ? unknown_value : frame.least);
            }
            return true;
        case 1:
            read_codes<std::uint8_t>(codes, frame, values);
            return true;
        case 2:
            read_codes<std::uint16_t>(codes, frame, values);
            return true;
        case 4:
            read_codes<std::uint32_t>(codes, frame, values);
            return true;
        case 8:
            read_codes<std::uint64_t>(codes, frame, values);
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string pack_values(std::span<const std::int64_t> values, PackedBase base) {
    auto frame = frame_of(values);
    frame.base = static_cast<std::uint8_t>(base);
    std::string packed(header_size, '\0');
    std::memcpy(packed.data(), &frame, header_size);
    switch (frame.width) {
        case 1:
            append_codes<std::uint8_t>(packed, values, frame);
            break;
        case 2:
            append_codes<std::uint16_t>(packed, values, frame);
            break;
        case 4:
            append_codes<std::uint32_t>(packed, values, frame);
            break;
        case 8:
            append_codes<std::uint64_t>(packed, values, frame);
            break;
        default:
            break;
    }
    return packed;
}

PackedBase base_of(std::string_view packed) noexcept {
    return packed.size() < header_size ? PackedBase::none : static_cast<PackedBase>(packed[3]);
}

PackedBounds bounds_of(std::string_view packed) noexcept {
    Frame frame;
    std::memcpy(&frame, packed.data(), header_size);
    PackedBounds bounds{frame.least, frame.least, frame.has_unknown != 0};
    if (frame.width == 0) return bounds;
    const auto scale = frame.in_thousands != 0 ? std::int64_t{thousand} : 1;
    const auto codes = (std::int64_t{1} << (8 * std::min<int>(frame.width, 4))) - 1;
    if (frame.width > 4 || __builtin_add_overflow(frame.least, scale * codes, &bounds.greatest))
        bounds.greatest = INT64_MAX;
    return bounds;
}

bool unpack_values(std::string_view packed, std::span<std::int64_t> values,
                   PackedPlace place) noexcept {
    return unpack(packed, values, place);
}

bool unpack_values(std::string_view packed, std::span<std::int32_t> values,
                   PackedPlace place) noexcept {
    if (!unpack(packed, values, place)) return false;
    const auto bounds = bounds_of(packed);
    if (values.empty() || (bounds.least >= 0 && bounds.greatest <= INT32_MAX)) return true;
    return *std::min_element(values.begin(), values.end()) >= 0;
}

}  // namespace jobtally::store
