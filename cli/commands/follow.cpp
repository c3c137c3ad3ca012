#include "cli/commands/follow.hpp"

#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "core/render/text/row_stream.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr std::chrono::milliseconds look_again{250};
constexpr std::size_t most_at_once = 256;

// The same selection, but --last has no end: news are created after the program has started.
query::Selection open_ended(const Globals& globals, const SelectionOptions& options) {
    auto selection = options.selection(globals);
    if (!options.last.empty()) selection.span.until.reset();
    return selection;
}

class Follower {
  public:
    Follower(const Globals& globals, const SelectionOptions& options)
        : m_globals(globals),
          m_output(globals),
          m_stream(m_output.format(), m_output.style()),
          m_selection(open_ended(globals, options)),
          m_store(open_store(globals, {})) {
        if (store::sees_changes(*m_store)) return;
        throw Error(
            "the store can't be followed: its folder can't be written, and nothing writes to it",
            "start `jobtally listen` first, or let this user write to the folder");
    }

    void list(const answers::ListOptions& options) {
        m_version = store::data_version(*m_store);
        m_after = store::last_sequence(*m_store);
        const query::Scope scope(*m_store, m_selection);
        warn_about_unmatched(m_globals, scope);
        m_output.tell_apart(scope);
        const auto answer = answers::list(scope, options);
        for (const auto& report : answer.reports) {
            if (report.sequence > m_after) m_shown.push_back(report.sequence);
        }
        print(answers::list_table(answer));
    }

    // True when the store was written to since the last time.
    bool has_news() {
        if (m_store && !store::is_in_place(*m_store)) let_go();
        if (!m_store && !follow_another()) return false;
        const auto version = store::data_version(*m_store);
        return std::exchange(m_version, version) != version;
    }

    void print_news() {
        while (true) {
            auto page = store::read_page(*m_store, m_after, most_at_once);
            if (page.empty()) return;
            m_after = page.back().sequence;
            // Made anew after the page was read, so that it knows all definitions in the page.
            const query::Scope scope(*m_store, m_selection);
            m_output.tell_apart(scope);
            std::erase_if(page, [&](const store::StoredReport& report) {
                return !scope.selected(report) || was_shown(report.sequence);
            });
            print(answers::reports_table(page));
        }
    }

  private:
    void let_go() {
        m_store.reset();
        print_note("another store is in its place: what comes once it is in use follows");
    }

    // False until a jobtally writes to it.
    bool follow_another() {
        try {
            auto store = open_store(m_globals, {});
            if (!store::is_in_place(store)) return false;
            m_store.emplace(std::move(store));
        } catch (const store::StoreError& error) {
            if (error.kind() != store::StoreError::Kind::changed) throw;
            return false;
        }
        m_after = store::last_sequence(*m_store);
        m_shown.clear();
        return true;
    }

    bool was_shown(store::Sequence sequence) const {
        return std::find(m_shown.begin(), m_shown.end(), sequence) != m_shown.end();
    }

    void print(const table::ResultTable& table) {
        m_output.write(m_stream.more(m_output.prepared(table)));
        m_output.flush();
        note_left_out(m_globals, m_stream.take_left_out());
    }

    const Globals& m_globals;
    Output m_output;
    render::RowStream m_stream;
    query::Selection m_selection;
    std::optional<store::Store> m_store;  // none while it is changed by another hand
    std::int64_t m_version = 0;
    store::Sequence m_after = 0;
    std::vector<store::Sequence> m_shown;  // arrived while the list was made, and are in it
};

}  // namespace

void refuse_endless_output(const Globals& globals) {
    if (!globals.output.empty() && globals.output != "-")
        throw UsageError("--output writes its file at the end, and this never ends",
                         "redirect stdout to the file");
}

void wait_a_moment(std::chrono::milliseconds moment, int reader) {
    pollfd out{reader, 0, 0};
    if (::poll(&out, 1, static_cast<int>(moment.count())) > 0) throw ClosedPipe();
}

void follow(const Globals& globals, const SelectionOptions& options,
            const answers::ListOptions& list) {
    if (globals.store_in_memory())
        throw UsageError("a store in memory can't be followed", "name a store on disk with --db");
    refuse_endless_output(globals);
    Follower follower(globals, options);
    end_with_0_on_signals();
    follower.list(list);
    while (true) {
        if (follower.has_news()) follower.print_news();
        wait_a_moment(look_again, STDOUT_FILENO);
    }
}

}  // namespace jobtally::cli
