#include "core/ingest/loss_duty.hpp"

#include "core/base/numbers.hpp"
#include "core/store/file/last_word.hpp"

#include <exception>
#include <string>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

constexpr std::chrono::milliseconds between_tries{1000};

}  // namespace

LossDuty::LossDuty(WriterStore& store) : m_store(store) {
    if (const auto& spool = store.options().spool) m_aside = spool->losses();
}

void LossDuty::count() noexcept {
    const auto& store = m_store.options().store;
    const bool is_noted =
        !store.empty() && (store::note_losses(store, 1) ||
                           (!m_aside.empty() && store::note_losses(m_aside, 1, true)));
    if (!is_noted) ++m_unnoted;
    m_has_some = true;
}

void LossDuty::run() {
    m_due = std::chrono::steady_clock::now() + between_tries;
    m_has_some = false;  // before what is counted meanwhile
    try {
        write_row();
    } catch (const std::exception&) {
        m_has_some = true;  // whatever else the store is used for tells why
    }
}

void LossDuty::write_row() {
    auto& store = m_store.opened();
    const auto unnoted = m_unnoted.load();
    std::int64_t noted = 0, aside = 0;
    const auto count = [&] {
        noted = store::noted_losses(store);
        aside = m_aside.empty() ? 0 : store::noted_losses(m_aside).value_or(0);
        return unnoted + noted + aside - m_told;
    };
    if (count() <= 0) return;
    std::string what;
    m_store.keep_note(
        [&] {
            if (const auto requests = count(); requests > 0)  // another listener may have told them
                what = fmt::format("{} answered 503 or refused, and not kept",
                                   counted(requests, "request was", "requests were"));
            return what;
        },
        [&] {
            m_unnoted -= unnoted;
            m_told = store::forget_losses(store, noted) ? 0 : noted;
            if (aside > 0 && !store::note_losses(m_aside, -aside)) m_told += aside;
        });
    if (!what.empty() && m_store.hooks().losses) m_store.hooks().losses(what);
}

void LossDuty::end() {
    if (m_has_some) run();
    const auto unnoted = m_unnoted.load();
    if (unnoted > 0 && m_store.hooks().losses)
        m_store.hooks().losses(
            fmt::format("no mail will tell of {} answered 503 or refused, and not kept",
                        counted(unnoted, "request", "requests")));
}

}  // namespace jobtally::ingest
