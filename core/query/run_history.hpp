// Reports as the runs of their definitions, in the order of time.
#pragma once

#include "core/query/run.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace jobtally::query {

// The runs of each definition. A definition is named by its key; 0 stands for the reports that
// have none.
class RunHistory {
  public:
    // Of the selected reports that were created up to `now`, whatever their status, the newest
    // `most` of each definition, by created_at; of equal times those that still run come first,
    // then the shorter ones. Reports without a definition are left out, and so are the operations
    // and sequences of the runs. News are those that nobody knew of at `known_at`, since nothing of
    // them had arrived, or their created_at was ahead; none are where that is not given.
    static RunHistory newest(const Scope& scope, time::Instant now, std::size_t most,
                             std::optional<time::Instant> known_at = {});

    // How far back a run is compared: with at most `runs` finished runs of its definition before
    // it, which began no more than `micros` before it.
    struct Reach {
        std::size_t runs;
        std::int64_t micros;
    };
    // The finished runs: those of the window and, before it, of each definition as many as lie
    // within the reach of the first of all of them. A definition that has only failed in
    // all that time, and ran in the window or in the month before it, is read to its beginning, so
    // that its streak is whole. They are in (created_at, id) order; what ended after the window is
    // left out, unless it had come before it; so is what was created in the future
    // (Selection::last_created()). An end in the future is unknown. The selection's other
    // conditions hold before the window too. The finished reports of `late`, which are not of the
    // window and arrived within it, are read as well, and with them what had arrived before, and
    // was created in the future until then; all these are news, and so is of the window what was
    // not known before it began.
    static RunHistory around_window(const Scope& scope, Reach reach, const Scope* late = nullptr);

    // Those with runs, ascending.
    const std::vector<std::size_t>& definitions() const { return m_definitions; }
    std::span<const Run> of(std::size_t definition) const { return m_found[definition].runs; }
    // Of around_window(): the same, and among them, as failures, those that a mail may have told as
    // such before the window, and of which nobody knows any more how they ended.
    std::span<const Run> as_told(std::size_t definition) const;
    // Of newest(): how many reports there are, the older ones included, and the type of the newest
    // one that has a type (0: none has).
    std::int64_t reports(std::size_t definition) const { return m_found[definition].reports; }
    store::WordKey type(std::size_t definition) const { return m_found[definition].type; }

  private:
    class WindowReader;

    explicit RunHistory(const Scope& scope);
    void list_definitions();

    std::vector<FoundRuns> m_found;  // by definition
    std::vector<std::size_t> m_definitions;
    std::unordered_map<std::size_t, std::vector<Run>> m_as_told;  // where it differs from m_found
};

// All reports of one definition in (created_at, id) order, whatever their status.
std::vector<Run> runs_of(const Scope& scope, store::DefinitionKey definition);

}  // namespace jobtally::query
