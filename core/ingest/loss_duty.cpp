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

void LossDuty::count() noexcept {
    const auto& store = m_store.options().store;
    if (store.empty() || !store::note_losses(store, 1)) ++m_unnoted;
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
    auto noted = store::noted_losses(store);
    if (unnoted + noted - m_told <= 0) return;
    std::string what;
    m_store.keep_note(
        [&] {
            noted = store::noted_losses(store);  // another listener may have told them
            const auto requests = unnoted + noted - m_told;
            if (requests > 0)
                what = fmt::format("{} answered 503 or refused, and not kept",
                                   counted(requests, "request was", "requests were"));
            return what;
        },
        [&] {
            m_unnoted -= unnoted;
            m_told = store::forget_losses(store, noted) ? 0 : noted;
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
