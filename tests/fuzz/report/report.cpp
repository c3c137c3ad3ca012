// Any bytes give the same reports and rejections however they are cut, and what is read is written
// so that it is read again as the same.
#include "core/base/text.hpp"
#include "core/wire/report_writer.hpp"
#include "tests/fuzz/demand.hpp"
#include "tests/support/read_reports.hpp"

namespace {

using jobtally::fuzz::demand;
using jobtally::test::Read;

bool same(const jobtally::model::Rejection& a, const jobtally::model::Rejection& b) {
    return a.reason == b.reason && a.body == b.body && a.line == b.line && a.is_json == b.is_json;
}

// Where a value breaks just about when it gets too long, the cuts may decide which of both it is
// told for.
bool breaks_when_too_long(const Read& read) {
    return std::any_of(read.rejections.begin(), read.rejections.end(), [](const auto& rejection) {
        return !rejection.is_json && rejection.reason.find("longer than") != std::string::npos;
    });
}

void demand_same(const Read& a, const Read& b) {
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

void demand_kept(const jobtally::model::JobReport& report) {
    demand(!report.id.empty() && !report.status.empty(), "a report without id or status");
    demand(report.created_at >= jobtally::time::earliest &&
               report.created_at < jobtally::time::end_of_time,
           "a time outside of the years 0001 to 9999");
    for (const auto& count :
         {report.total_operations, report.total_succeeded, report.total_failed}) {
        demand(count.value_or(0) >= 0, "a negative count");
    }
    std::string written;
    jobtally::wire::append_report(written, report);
    demand(jobtally::is_utf8(written), "a report that is not UTF-8");
    demand(written.find('\n') == std::string::npos, "a report of more than one line");
    const auto again = jobtally::test::read_reports(written);
    demand(again.rejections.empty() && again.reports.size() == 1 && again.reports[0] == report,
           "a report that is not read back as it was written");
}

}  // namespace

// The first byte chooses the size of the pieces, and whether the limits are small.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto text = jobtally::fuzz::text_of(bytes, size);
    const auto choice = jobtally::fuzz::take_choice(text);
    jobtally::wire::Limits limits;
    if (choice >= 128) limits = {40, 10, 3};
    const auto whole = jobtally::test::read_reports(text, limits);
    demand_same(whole,
                jobtally::test::read_pieces(text, every(1 + choice % 31, text.size()), limits));
    demand_same(whole, jobtally::test::read_pieces(text, {text.size() / 2}, limits));
    for (const auto& report : whole.reports) demand_kept(report);
    return 0;
}
