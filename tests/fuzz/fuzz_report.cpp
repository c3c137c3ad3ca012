// Fuzz target: any bytes give the same reports and rejections however they are cut, and what is
// read is written so that it is read again as the same.
#include "core/wire/report_writer.hpp"
#include "tests/support/read_reports.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz_report: %s\n", what);
    std::abort();
}

bool same(const jobtally::model::Rejection& a, const jobtally::model::Rejection& b) {
    return a.reason == b.reason && a.body == b.body && a.line == b.line && a.is_json == b.is_json;
}

// Where a value breaks just about when it gets too long, the cuts may decide which of both it is
// told for.
bool breaks_when_too_long(const jobtally::test::Read& read) {
    return std::any_of(read.rejections.begin(), read.rejections.end(), [](const auto& rejection) {
        return !rejection.is_json && rejection.reason.find("longer than") != std::string::npos;
    });
}

void demand_same(const jobtally::test::Read& a, const jobtally::test::Read& b) {
    if (breaks_when_too_long(a) || breaks_when_too_long(b)) return;
    demand(a.reports == b.reports, "other reports when cut otherwise");
    demand(std::equal(a.rejections.begin(), a.rejections.end(), b.rejections.begin(),
                      b.rejections.end(), same),
           "other rejections when cut otherwise");
}

std::vector<std::size_t> every(std::size_t step, std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t cut = step; cut < size; cut += step) cuts.push_back(cut);
    return cuts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    // The first byte chooses the size of the pieces, and whether the limits are small.
    const std::size_t step = 1 + bytes[0] % 31;
    jobtally::wire::Limits limits;
    if (bytes[0] >= 128) limits = {40, 10, 3};
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const auto whole = jobtally::test::read_reports(text, limits);
    demand_same(whole, jobtally::test::read_pieces(text, every(step, text.size()), limits));

    for (const auto& report : whole.reports) {
        std::string written;
        jobtally::wire::append_report(written, report);
        const auto again = jobtally::test::read_reports(written);
        demand(again.rejections.empty() && again.reports.size() == 1 && again.reports[0] == report,
               "a report that is not read back as it was written");
    }
    return 0;
}
