#include "core/ingest/spool_duty.hpp"

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/ingest/trouble.hpp"
#include "core/store/reports/writer_memory.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include <fmt/format.h>

namespace jobtally::ingest {
namespace {

constexpr std::chrono::milliseconds retry{1000};
constexpr std::chrono::milliseconds rest{60'000};
// How long this may wait for other writers. It is short, since deliveries wait meanwhile, and the
// spool can be emptied another time.
constexpr std::chrono::milliseconds patience{100};

// One error for several: the first, and how many more there are.
Error all_of(const std::vector<IoError>& problems) {
    if (problems.size() == 1) return problems.front();
    return Error(fmt::format("{}, and {} more", problems.front().what(), problems.size() - 1),
                 problems.front().hint());
}

SpoolDuty::Time after(std::chrono::milliseconds delay) {
    return std::chrono::steady_clock::now() + delay;
}

}  // namespace

void SpoolDuty::keep(std::span<Receipt* const> receipts) {
    if (!m_spool) return;
    try {
        keep_together(receipts);
    } catch (const std::bad_alloc&) {
        keep_one_by_one(receipts);
    } catch (const std::exception& problem) {
        m_store.fails(problem, Failing::spool);
    }
    m_waiting += static_cast<std::size_t>(
        std::count_if(receipts.begin(), receipts.end(),
                      [](const Receipt* receipt) { return receipt->is_spooled; }));
    m_due = after(retry);
}

void SpoolDuty::keep_together(std::span<Receipt* const> receipts) {
    std::vector<Receipt*> with_body;
    std::copy_if(
        receipts.begin(), receipts.end(), std::back_inserter(with_body),
        [](const Receipt* receipt) { return receipt->delivery.body && !receipt->is_spooled; });
    if (with_body.empty()) return;
    auto problem = m_spool->keep(with_body);
    if (problem && m_reserve.is_taken()) {
        m_reserve.give_back();
        m_store.make_room();
        std::erase_if(with_body, [](const Receipt* receipt) { return receipt->is_spooled; });
        problem = m_spool->keep(with_body);
    }
    if (problem && !is_unusable()) m_store.tell(*problem, Failing::spool);
}

// Where memory is short, what was read of the bodies gives its own back: it is not stored now.
void SpoolDuty::keep_one_by_one(std::span<Receipt* const> receipts) {
    for (auto* receipt : receipts) {
        auto& delivery = receipt->delivery;
        if (!delivery.body) continue;
        std::vector<model::JobReport>().swap(delivery.reports);
        std::vector<model::Rejection>().swap(delivery.rejections);
    }
    for (auto* const& receipt : receipts) {
        try {
            keep_together(std::span(&receipt, 1));
        } catch (const std::exception& problem) {
            m_store.fails(problem, Failing::spool);
        }
    }
}

void SpoolDuty::reserve() {
    m_store.reserve();
    if (m_spool && m_store.options().is_listener) m_reserve.take(m_spool->folder());
}

void SpoolDuty::run() {
    m_due = Time::max();
    if (m_store.is_lost()) return;
    try {
        if (m_names.empty()) m_names = waiting();
        if (!m_first_note.empty()) m_store.keep_note([this] { return m_first_note; });
        m_first_note.clear();
        if (m_lost > 0) note_lost();
        if (m_names.empty()) {
            m_at_once = bodies_a_commit;
            // A listener looks again later, for other processes may put files there; a process that
            // loads files ends soon.
            if (m_store.options().is_listener) m_due = after(rest);
            reserve();
            return tell_problems();
        }
        m_spool->require_own_folder();
        require_sound_store();
        const auto piece = std::span(m_names).first(std::min(m_names.size(), m_at_once));
        m_stored += store_piece(piece);
        m_names.erase(m_names.begin(), m_names.begin() + std::ssize(piece));
        m_due = after(m_names.empty() ? retry : std::chrono::milliseconds(0));
    } catch (const std::exception& problem) {
        pass_over(lacks_memory(problem));
        const bool is_of_spool = dynamic_cast<const IoError*>(&problem) != nullptr;
        const auto error = m_store.fails(problem, is_of_spool ? Failing::spool : Failing::store);
        const bool is_passing = is_of_spool || is_busy(problem);
        if (!is_passing && !m_store.options().is_listener) leave_alone(error);
        return;
    }
    if (!m_names.empty()) return;
    tell_problems();
    if (m_stored == 0) return;
    if (m_store.hooks().from_spool) m_store.hooks().from_spool(m_stored);
    m_stored = 0;
}

void SpoolDuty::end() {
    if (m_spool && m_store.options().is_listener && m_waiting == 0) m_spool->leave();
}

// One that is too large for the memory that there is keeps none of those behind it.
void SpoolDuty::pass_over(bool is_too_large) {
    const bool is_alone = std::exchange(m_at_once, is_too_large ? 1 : m_at_once) == 1;
    if (is_too_large && is_alone && !m_names.empty()) {
        m_names.erase(m_names.begin());
    } else {
        m_names.clear();
    }
    m_due = after(m_names.empty() ? retry : std::chrono::milliseconds(0));
}

// What goes into a damaged store is missing in the backup that is then restored. A listener has
// looked before anything was stored.
void SpoolDuty::require_sound_store() {
    if (!m_store.options().is_listener && m_stored == 0) m_store.require_sound();
}

// Of the store's troubles a process that loads files is told those of its files alone.
void SpoolDuty::leave_alone(const Error& problem) {
    m_store.tell(Error(fmt::format("the spool is left alone: {}", problem.what()), problem.hint()),
                 Failing::spool);
}

// What waits, but for what was stored and can't be deleted, which is tried again. It is taken where
// nothing more can be put there, too.
std::vector<std::string> SpoolDuty::waiting() {
    m_problems.clear();
    const auto problem = is_unusable() ? prepare() : std::nullopt;
    follow();
    m_spool->mend_mode();
    auto names = m_spool->waiting();
    m_waiting = names.size();
    if (problem && names.empty()) throw *problem;
    if (problem) m_problems.push_back(*problem);
    const auto undeletable = std::exchange(m_undeletable, {});
    std::erase_if(names, [&](const std::string& name) {
        if (!undeletable.contains(name)) return false;
        drop(name);
        return true;
    });
    return names;
}

// prepare() has told why.
bool SpoolDuty::is_unusable() const {
    return m_store.options().is_listener && !m_spool->is_prepared();
}

// Why nothing more can be kept there; throws it where nothing may be taken from there either.
std::optional<IoError> SpoolDuty::prepare() {
    try {
        m_spool->prepare();
        if (m_store.hooks().spool_is_prepared) m_store.hooks().spool_is_prepared(*m_spool);
        return std::nullopt;
    } catch (const IoError& error) {
        const IoError problem(fmt::format("the spool can't be used, so what the store does not "
                                          "take is answered 503: {}",
                                          error.what()),
                              error.hint());
        if (!m_spool->is_own()) throw problem;
        return problem;
    }
}

// Of what is gone with a folder that was deleted another process may have stored some.
void SpoolDuty::follow() {
    if (!m_spool->follow()) return;
    const auto found = m_spool->waiting().size();
    if (found >= m_waiting) return;
    m_lost += m_waiting - found;
    m_waiting = found;
    m_store.tell(
        Error(fmt::format(
            "the spool {} was deleted while {} there", in_quotes(m_spool->folder().string()),
            counted(static_cast<std::int64_t>(m_lost), "body waited", "bodies waited"))),
        Failing::spool);
}

void SpoolDuty::note_lost() {
    m_store.keep_note([this] {
        return fmt::format(
            "{} answered 202 and gone with the spool's folder, which was deleted",
            counted(static_cast<std::int64_t>(m_lost), "request was", "requests were"));
    });
    m_lost = 0;
}

void SpoolDuty::drop(const std::string& name) {
    const auto problem = m_spool->drop(name);
    if (!problem) return;
    m_undeletable.insert(name);
    m_problems.push_back(*problem);
}

void SpoolDuty::tell_problems() {
    m_problems.empty() ? m_store.works(Failing::spool)
                       : m_store.tell(all_of(m_problems), Failing::spool);
}

// A file that can't be read stays where it is, and keeps no other from being stored.
std::size_t SpoolDuty::store_piece(std::span<const std::string> names) {
    std::vector<std::string> stored;
    std::size_t rows = 0;
    store::WriteTransaction transaction(m_store.opened(WriterStore::For::bodies), patience,
                                        m_store.options().rejected_limit);
    for (const auto& name : names) {
        try {
            auto delivery = m_spool->read(name);
            if (!delivery) continue;  // another process was faster
            Receipt receipt;
            receipt.delivery = std::move(*delivery);
            rows += put_deliveries(transaction, std::vector{&receipt}, m_store.options().clock());
            stored.push_back(name);
        } catch (const IoError& problem) {
            m_problems.push_back(problem);
        }
    }
    transaction.memory().note_taken_before();
    m_store.commit(transaction, rows);
    for (const auto& name : stored) drop(name);
    m_waiting -= std::min(m_waiting, stored.size());
    return stored.size();
}

}  // namespace jobtally::ingest
