#include "core/ingest/load.hpp"

#include "core/ingest/decode.hpp"
#include "core/ingest/delivery_round.hpp"
#include "core/ingest/sources.hpp"
#include "core/wire/report_reader.hpp"

#include <utility>

namespace jobtally::ingest {
namespace {

constexpr std::size_t read_bytes = 256 << 10;

using Got = wire::ReportReader::Got;

// Strict's first pass: looks at everything and keeps nothing.
class Inspector {
  public:
    void begin(const std::string&) {}
    model::JobReport& room_for_report() { return m_report; }
    void take_report() {}
    void take_rejection(model::Rejection&) { ++rejected; }
    void end() {}

    std::int64_t rejected = 0;

  private:
    model::JobReport m_report;
};

// Fills deliveries and sends them on their way.
class Batcher {
  public:
    Batcher(DeliveryRound& round, const LoadOptions& options, const LoadHooks& hooks)
        : m_round(round),
          m_options(options),
          m_batch(options.reports_a_delivery),
          m_clock(hooks.clock) {}

    void begin(const std::string& source) {
        m_source = source;
        fetch();
    }
    model::JobReport& room_for_report() { return m_delivery.reports[m_reports]; }
    void take_report() {
        if (++m_reports == m_batch) next();
    }
    void take_rejection(model::Rejection& rejection) {
        m_delivery.rejections.push_back(std::move(rejection));
        if (m_delivery.rejections.size() == m_batch) next();
    }
    void end() { send(); }

  private:
    void fetch() {
        m_delivery = m_round.take();
        m_delivery.reports.resize(m_batch);
        m_delivery.rejections.clear();
        m_delivery.source = m_source;
        m_delivery.sender = m_options.sender;
        m_delivery.received_at = m_clock();
        m_delivery.names_lines = true;
        m_delivery.more_follows = true;
        m_reports = 0;
    }
    void send() {
        m_delivery.reports.resize(m_reports);
        m_round.submit(std::move(m_delivery));
    }
    void next() {
        send();
        fetch();
    }

    DeliveryRound& m_round;
    const LoadOptions& m_options;
    std::size_t m_batch;
    const std::function<time::Instant()>& m_clock;
    std::string m_source;
    Delivery m_delivery;
    std::size_t m_reports = 0;
};

// One pass over all sources, whose reports and rejections go to a taker one by one: it makes room
// for a report, and takes it when the room has been filled.
class Pass {
  public:
    Pass(Sources& sources, const LoadHooks& hooks, bool tells_rejections, int stop)
        : m_sources(sources),
          m_hooks(hooks),
          m_stop(stop),
          m_tells_rejections(tells_rejections),
          m_room(read_bytes) {}

    // Returns what the lists in them say of themselves.
    template <class Taker>
    wire::ListTotals run(Taker& taker) {
        wire::ListTotals lists;
        for (std::size_t i = 0; i < m_sources.count() && !m_is_stopped; ++i) {
            lists.add(read(m_sources.at(i), taker));
        }
        return lists;
    }

  private:
    template <class Taker>
    wire::ListTotals read(InputFile& file, Taker& taker) {
        wire::ReportReader reader;
        taker.begin(file.name());
        for (;;) {
            m_is_stopped = !file.wait(m_stop);
            const auto bytes = m_is_stopped ? std::string_view() : file.read(m_room);
            if (bytes.empty()) break;
            reader.feed(bytes);
            drain(reader, file, taker);
            m_done += static_cast<std::int64_t>(bytes.size());
            if (m_hooks.progress) m_hooks.progress(m_done, m_sources.total());
        }
        if (!m_is_stopped) {
            reader.finish();
            drain(reader, file, taker);
        }
        taker.end();
        return reader.list_totals();
    }

    template <class Taker>
    void drain(wire::ReportReader& reader, const InputFile& file, Taker& taker) {
        for (;;) {
            const Got got = reader.next(taker.room_for_report(), m_rejection);
            if (got == Got::need_more || got == Got::end) return;
            if (got == Got::report) {
                taker.take_report();
                continue;
            }
            tell_cut(m_rejection);
            if (m_tells_rejections && m_hooks.rejected)
                m_hooks.rejected(file.name(), m_rejection.line, m_rejection.reason);
            taker.take_rejection(m_rejection);
        }
    }

    Sources& m_sources;
    const LoadHooks& m_hooks;
    int m_stop;
    bool m_tells_rejections;
    bool m_is_stopped = false;
    std::vector<char> m_room;
    model::Rejection m_rejection;
    std::int64_t m_done = 0;
};

}  // namespace

LoadResult load(const std::vector<std::string>& paths, DeliverySink& sink,
                const LoadOptions& options, const LoadHooks& hooks) {
    Sources sources(paths, options.strict);
    LoadResult result;
    if (options.strict) {
        Inspector inspector;
        Pass(sources, hooks, true, options.stop).run(inspector);
        result.is_refused = inspector.rejected > 0;
        result.tally.rejected = inspector.rejected;
        if (result.is_refused) return result;
    }
    DeliveryRound round(sink, options.deliveries);
    Batcher batcher(round, options, hooks);
    try {
        result.lists = Pass(sources, hooks, !options.strict, options.stop).run(batcher);
    } catch (const IoError& error) {
        result.problem = error;
        batcher.end();
    }
    result.tally = round.finish();
    return result;
}

}  // namespace jobtally::ingest
