// What arrives (Delivery), what becomes of it (Receipt), and who takes it (DeliverySink).
#pragma once

#include "core/model/outcome.hpp"
#include "core/model/report.hpp"
#include "core/time/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::store {
class WriteTransaction;
}

namespace jobtally::ingest {

// Reports that arrived together (one request, one piece of a file) and are stored together. One
// that holds nothing but a body goes to the spool: there was no memory to read it.
struct Delivery {
    std::vector<model::JobReport> reports;
    std::vector<model::Rejection> rejections;
    // How many more rejections there were. If a body has very many, the last entries of
    // `rejections` are pieces of that body.
    std::int64_t more_rejected = 0;
    std::int64_t missing = 0;         // jobs that the lists in it say there are, but do not hold
    std::optional<std::string> body;  // as it came, where the sender can't be asked again
    bool is_cut = false;              // there was more of the body, which did not come
    std::string source;               // `http 127.0.0.1`, `reports.ndjson`
    std::string sender;               // the source of its reports; empty: unknown
    time::Instant received_at;        // when it was taken in
    bool names_lines = false;         // the source of a rejection is kept as `SOURCE:LINE`
    bool more_follows = false;  // nobody waits for it, so it may share its commit with the next one

    std::size_t rows() const { return reports.size() + rejections.size(); }
    std::int64_t rejected() const {
        return static_cast<std::int64_t>(rejections.size()) + more_rejected;
    }
};

// What became of a delivery. Unless `error` is set, all of it is on disk: in the store, or in the
// spool.
struct Receipt {
    Delivery delivery;  // handed back: its buffers can be used again, and what failed is not lost
    model::Tally tally;
    std::vector<model::Outcome> outcomes;  // of Delivery::reports, in their order
    std::optional<std::string> error;      // the store could not take it; nothing of it is stored
    std::string hint;                      // the cure for `error`, or empty
    bool is_spooled = false;  // the store could not take it; its body waits in the spool
};

// Stores the reports of all Receipt::delivery, in their order and as received `at`, and fills in
// the outcomes and the tallies. The tallies count the rejections too, but they are not stored.
void put_reports(store::WriteTransaction& transaction, std::span<Receipt* const> receipts,
                 time::Instant at);
// Does the same and stores the rejections too. Returns how many rows that makes.
std::size_t put_deliveries(store::WriteTransaction& transaction, std::span<Receipt* const> receipts,
                           time::Instant at);

// Takes deliveries from any thread, in their order, and never blocks for long: every submitter
// limits what it has under way (the loader by using a handful of deliveries again and again, the
// listener by its number of connections and a budget of bytes). `done` is called exactly once,
// possibly from another thread, when the delivery is on disk or has failed; it must be quick and
// must not throw.
class DeliverySink {
  public:
    virtual ~DeliverySink() = default;
    virtual void submit(Delivery delivery, std::function<void(Receipt)> done) = 0;
};

}  // namespace jobtally::ingest
