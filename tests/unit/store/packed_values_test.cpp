// The codec of segment columns: exact for every value, refused when cut.
#include "core/store/segments/packed_values.hpp"

#include "core/store/facts/facts.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>

namespace {

namespace store = jobtally::store;
using PackedNumbers = std::vector<std::int64_t>;

void check_packing(const PackedNumbers& values, std::size_t width) {
    const auto packed = store::pack_values(values, store::PackedBase::updated_at);
    CHECK(packed.size() == 16 + width * values.size());
    CHECK(store::base_of(packed) == store::PackedBase::updated_at);
    PackedNumbers unpacked(values.size(), 77);
    REQUIRE(store::unpack_values(packed, std::span(unpacked)));
    CHECK(unpacked == values);
    unpacked.push_back(0);
    if (width > 0) CHECK_FALSE(store::unpack_values(packed, std::span(unpacked)));
}

TEST_CASE("values are packed in as few bytes as their range needs", "[store]") {
    const auto unknown = store::unknown_value;
    check_packing({}, 0);
    check_packing({5, 5, 5}, 0);
    check_packing({unknown, unknown}, 0);
    check_packing({unknown, 5}, 1);
    check_packing({0, 255}, 1);
    check_packing({0, 255, unknown}, 2);
    check_packing({0, 254, unknown}, 1);
    check_packing({-100, 65'435}, 2);
    check_packing({7, 255'007}, 1);           // in thousands
    check_packing({7, 255'007, unknown}, 2);  // the code of all ones is taken
    check_packing({0, 1'000, 2'001}, 2);
    check_packing({0, UINT32_MAX}, 4);
    check_packing({0, UINT32_MAX, unknown}, 8);
    check_packing({INT64_MIN + 1, INT64_MAX, 0, unknown}, 8);
}

TEST_CASE("random columns come back", "[store]") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 500; ++round) {
        PackedNumbers values(random() % 70);
        const auto shift = random() % 64;
        const auto scale = random() % 2 == 0 ? 1'000U : 1U;
        for (auto& value : values) {
            value = static_cast<std::int64_t>((random() >> shift) * scale);
            if (random() % 8 == 0) value = store::unknown_value;
        }
        const auto packed = store::pack_values(values, store::PackedBase::none);
        PackedNumbers unpacked(values.size());
        REQUIRE(store::unpack_values(packed, std::span(unpacked)));
        REQUIRE(unpacked == values);
        const std::size_t begin = random() % (values.size() + 1);
        const std::size_t end = begin + random() % (values.size() + 1 - begin);
        PackedNumbers part(end - begin);
        const auto behind = values.size() - end;
        REQUIRE(store::unpack_values(packed, std::span(part), {begin, behind}));
        REQUIRE(std::equal(part.begin(), part.end(), values.begin() + static_cast<long>(begin)));
        const bool has_width = packed.size() > 16;
        CHECK(store::unpack_values(packed, std::span(part), {begin, behind + 1}) != has_width);
    }
}

}  // namespace
