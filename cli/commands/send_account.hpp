// What `send` tells: a line or row a report, and what came of all.
#pragma once

#include "cli/options/output.hpp"
#include "core/render/text/row_stream.hpp"
#include "core/send/sender.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::cli {

class SendAccount {
  public:
    explicit SendAccount(const Globals& globals);

    // Tells at once: `200 stored 12 ms ID`, or a row. In json, markdown and html all come at the
    // end. Throws as Output does.
    void tell(const send::Outcome& outcome);
    // The tally, on stderr unless --quiet; in json the rows and a `total`.
    void finish();

    std::int64_t sent() const { return m_sent; }
    bool all_succeeded() const { return m_succeeded == m_sent; }
    // An answer was 401.
    bool was_unauthorized() const { return m_was_unauthorized; }

  private:
    table::Row latencies() const;
    std::string tally_text(double seconds) const;
    table::ResultTable total(double seconds) const;
    void write_rest(double seconds);

    const Globals& m_globals;
    Output m_output;
    bool m_has_lines;                           // of people; else rows
    std::optional<render::RowStream> m_stream;  // of formats that need no end
    table::ResultTable m_rows;
    std::chrono::steady_clock::time_point m_begin;
    std::map<std::string, std::int64_t> m_words;
    std::vector<std::int64_t> m_latencies;  // of the answers, in microseconds
    std::int64_t m_sent = 0;
    std::int64_t m_succeeded = 0;
    bool m_was_unauthorized = false;
};

}  // namespace jobtally::cli
