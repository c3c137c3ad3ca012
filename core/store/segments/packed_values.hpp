// One column of a segment as bytes: frame of reference. Each value is stored as its distance from
// the least, in thousands where all allow it, in 0, 1, 2, 4 or 8 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace jobtally::store {

// What a column's values were subtracted from before they were packed.
enum class PackedBase : std::uint8_t {
    none,
    place,  // first_sequence + index
    created_at,
    updated_at,
    successes,  // operations - failed
};

// Begins with a header of 16 bytes, all little-endian: width, scale, whether unknown_value occurs,
// base, and at offset 8 the least value. unknown_value is the code with all bits set.
std::string pack_values(std::span<const std::int64_t> values, PackedBase base);

PackedBase base_of(std::string_view packed) noexcept;

// What the header alone says of the values, of which none need be so small or so great.
struct PackedBounds {
    std::int64_t least = 0;
    std::int64_t greatest = 0;  // INT64_MAX where it may be beyond
    bool has_unknown = false;
};
// `packed` has a header.
PackedBounds bounds_of(std::string_view packed) noexcept;

// Where values stand among those that were packed together.
struct PackedPlace {
    std::size_t before = 0;  // so many come before them
    std::size_t behind = 0;
};
// Fills `values`. False when the bytes can't be so many packed values.
bool unpack_values(std::string_view packed, std::span<std::int64_t> values,
                   PackedPlace place = {}) noexcept;
// The same for keys; also false if one is negative.
bool unpack_values(std::string_view packed, std::span<std::int32_t> values,
                   PackedPlace place = {}) noexcept;

}  // namespace jobtally::store
