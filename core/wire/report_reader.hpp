// Reads job reports from a stream of bytes in any shape the platform or a user has them, in
// constant memory.
#pragma once

#include "core/model/rejection.hpp"
#include "core/model/report.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace jobtally::wire {

struct Limits {
    std::size_t report_bytes = 1 << 20;  // a longer report is rejected
    std::size_t kept_body = 64 << 10;
    int depth = 32;  // levels of nesting within one report, itself included; at most 128 make sense
};

// Feed it bytes, take out what they hold: one report, several (one a line or joined in any way), an
// array of them, or the platform's list, an object with an array `items` and no member of a report
// before it. What comes out is the same however the input is cut, unless a value is broken just
// where it gets too long.
//
// What is JSON, but no acceptable report, is one rejection. So is each syntax error: its body is
// what is passed over up to the next line that begins with `{` and is indented no deeper than the
// line where the broken value began; there reading goes on. Within an array or a list the marks
// between values are then passed over silently. A comma or bracket out of place between values is
// told once; nothing else is passed over for it.
//
// Memory is bounded by Limits::report_bytes and the size of one piece that is fed. One thread at a
// time.
class ReportReader {
  public:
    explicit ReportReader(Limits limits = {});
    ~ReportReader();
    ReportReader(ReportReader&&) noexcept;
    ReportReader& operator=(ReportReader&&) noexcept;

    enum class Got { report, rejection, need_more, end };

    // More input, of which it makes a copy. Best called first and when next() says need_more.
    void feed(std::string_view bytes);
    // There is no more input: what is incomplete is rejected.
    void finish();
    // Fills `report` (its strings keep their capacity) or `rejection`, and says which.
    Got next(model::JobReport& report, model::Rejection& rejection);

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace jobtally::wire
