// Reads a whole text with wire::ReportReader, in one piece or in pieces of a given size.
#pragma once

#include "core/wire/report_reader.hpp"

#include <algorithm>
#include <ctime>
#include <string_view>
#include <vector>

namespace jobtally::test {

struct Read {
    std::vector<model::JobReport> reports;
    std::vector<model::Rejection> rejections;
};

// Takes all the reader has, until it needs more or has come to the end.
inline void drain(wire::ReportReader& reader, Read& read) {
    using Got = wire::ReportReader::Got;
    model::JobReport report;
    model::Rejection rejection;
    for (;;) {
        switch (reader.next(report, rejection)) {
            case Got::report:
                read.reports.push_back(report);
                break;
            case Got::rejection:
                read.rejections.push_back(rejection);
                break;
            default:
                return;
        }
    }
}

inline Read read_pieces(std::string_view text, const std::vector<std::size_t>& cuts,
                        wire::Limits limits = {}) {
    wire::ReportReader reader(limits);
    Read read;
    std::size_t from = 0;
    const auto feed_until = [&](std::size_t to) {
        // A copy of its own size: reading past it, or from it later, is found by the sanitizer.
        const std::vector<char> piece(text.begin() + from, text.begin() + to);
        reader.feed({piece.data(), piece.size()});
        drain(reader, read);
        from = to;
    };
    for (const std::size_t cut : cuts) feed_until(cut);
    feed_until(text.size());
    reader.finish();
    drain(reader, read);
    return read;
}

inline Read read_reports(std::string_view text, wire::Limits limits = {}) {
    return read_pieces(text, {}, limits);
}

// How long this process has computed, in seconds. What takes linear time takes less than
// `linear_at_most` also under the sanitizers, and what takes more than that a minute without them.
inline double processor_time() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}
inline constexpr double linear_at_most = 30;

}  // namespace jobtally::test
