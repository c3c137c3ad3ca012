#include "core/wire/report_handler.hpp"

#include "core/base/text.hpp"
#include "core/wire/count_text.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace jobtally::wire {

namespace {

std::uint64_t load_eight(const char* from) {
    std::uint64_t eight;
    std::memcpy(&eight, from, sizeof eight);
    return eight;
}

inline bool is_ascii(std::string_view text) {
    std::uint64_t seen = 0;
    if (text.size() >= 8) {
        const char* const last = text.data() + text.size() - 8;
        for (const char* at = text.data(); at < last; at += 8) seen |= load_eight(at);
        seen |= load_eight(last);
    } else {
        for (const char byte : text) seen |= static_cast<unsigned char>(byte);
    }
    return (seen & 0x8080808080808080U) == 0;
}

}  // namespace

void ReportHandler::begin_report(int depth, bool may_be_list) {
    m_draft.begin();
    m_unknown.begin();
    m_slot = Slot::root;
    m_depth = m_level = 0;
    m_deepest = depth;
    m_may_be_list = may_be_list;
    m_is_list = m_complete = m_gathering = false;
    m_total.reset();
    m_scalar.clear();
}

void ReportHandler::ignore_rest() {
    m_slot = Slot::ignored;
    m_may_be_list = false;
    m_level = -1;
    m_gathered.clear();
}

bool ReportHandler::settle() {
    if (!m_draft.settle()) return false;
    m_unknown.take(m_draft.report().unknown_members);
    return true;
}

bool ReportHandler::on_object_begin(error_code&) {
    ++m_depth;
    check_depth();
    switch (m_slot) {
        case Slot::ignored:
            break;
        case Slot::root:
            m_level = 1;
            break;
        case Slot::definition:
            m_level = 2;
            m_unknown.open_definition();
            break;
        case Slot::unknown:
            m_unknown.literal("{");
            break;
        default:
            wrong_type("an object");
    }
    return true;
}

bool ReportHandler::on_object_end(std::size_t, error_code&) {
    if (m_depth == m_level) {
        if (m_level == 2) {
            m_unknown.close_definition();
            m_slot = Slot::ignored;
        }
        --m_level;
    } else if (m_slot == Slot::unknown) {
        m_unknown.close('}');
    }
    m_complete = --m_depth == 0;
    return true;
}

bool ReportHandler::on_array_begin(error_code& ec) {
    ++m_depth;
    if (m_may_be_list && m_depth == 2 && m_slot == Slot::unknown && m_unknown_key == "items") {
        m_is_list = true;
        ec = boost::json::error::incomplete;  // any error stops the parser
        return false;
    }
    check_depth();
    if (m_slot == Slot::unknown) {
        m_unknown.literal("[");
    } else if (m_slot != Slot::ignored) {
        wrong_type("an array");
    }
    return true;
}

bool ReportHandler::on_array_end(std::size_t, error_code&) {
    if (m_slot == Slot::unknown) m_unknown.close(']');
    m_complete = --m_depth == 0;
    return true;
}

bool ReportHandler::on_key(string_view s, std::size_t, error_code&) {
    const std::string_view key = whole(s);
    if (m_depth == m_level) {
        enter_member(key);
    } else if (m_slot == Slot::unknown && check_utf8(key, "a name that is not UTF-8")) {
        m_unknown.key(key);
    }
    return true;
}

bool ReportHandler::on_string(string_view s, std::size_t, error_code&) {
    const std::string_view text = whole(s);
    if (m_slot != Slot::ignored && (is_ascii(text) || check_utf8(text, "not UTF-8")))
        take_text(text);
    if (m_depth == 0) m_scalar = text;
    return scalar_done();
}

bool ReportHandler::on_int64(std::int64_t value, string_view s, error_code&) {
    if (!is_count(m_slot) || value < 0 || m_gathering || s.front() == '-') return number(whole(s));
    m_draft.take_count(m_slot, value);
    return true;
}

bool ReportHandler::on_bool(bool value, error_code&) {
    const std::string_view text = value ? "true" : "false";
    return literal(text, text);
}

bool ReportHandler::on_null(error_code&) {
    if (m_slot == Slot::root || m_slot == Slot::unknown) return literal("null", "null");
    if (m_slot == Slot::nested_type) m_unknown.literal("null");
    return scalar_done();
}

// Collects a text or number that the parser hands over in parts; whole() puts them together.
bool ReportHandler::gather(string_view s) {
    if (!m_gathering) m_gathered.clear();
    m_gathering = true;
    if (m_slot != Slot::ignored || m_depth == m_level) m_gathered.append(s.data(), s.size());
    return true;
}

// The text or number whose last part is `s`.
std::string_view ReportHandler::whole(string_view s) {
    if (!m_gathering) return {s.data(), s.size()};
    gather(s);
    m_gathering = false;
    return m_gathered;
}

void ReportHandler::enter_member(std::string_view key) {
    m_slot = m_level == 1 ? slot_of_member(key) : slot_of_nested(key);
    if (m_slot == Slot::unknown) {
        m_unknown_key.assign(key);
        if (check_utf8(key, "a name that is not UTF-8")) m_unknown.key(key);
        return;
    }
    m_may_be_list = false;
    if (!m_draft.give(m_slot)) {
        m_slot = Slot::ignored;
    } else if (m_slot == Slot::nested_type) {
        m_unknown.key(key);
    }
}

void ReportHandler::take_text(std::string_view text) {
    if (m_slot == Slot::unknown || m_slot == Slot::nested_type) m_unknown.text(text);
    if (m_slot == Slot::unknown) return;
    if (is_text(m_slot)) {
        m_draft.take_text(m_slot, text);
    } else {
        wrong_type("a string");
    }
}

bool ReportHandler::number(std::string_view text) {
    if (m_depth == 0) m_scalar = text;
    if (m_may_be_list && m_depth == 1 && m_unknown_key == "total") {
        if (const auto total = count_of(text)) m_total = *total;
    }
    if (m_slot == Slot::id && is_integer(text)) {
        m_draft.take_text(m_slot, text);
    } else if (!is_count(m_slot)) {
        return literal(text, "a number");
    } else if (const auto count = count_of(text)) {
        m_draft.take_count(m_slot, *count);
    } else {
        refuse(count.error().reason);
    }
    return scalar_done();
}

// Takes a value that only unknown members may have; `kind` is what the text of a problem calls it.
bool ReportHandler::literal(std::string_view text, std::string_view kind) {
    if (m_slot == Slot::unknown) {
        m_unknown.literal(text);
    } else if (m_slot != Slot::ignored) {
        wrong_type(kind);
    }
    return scalar_done();
}

bool ReportHandler::scalar_done() {
    m_complete = m_depth == 0;
    return true;
}

void ReportHandler::refuse(std::string problem) {
    if (m_slot == Slot::unknown) {
        constexpr std::size_t width = 40;
        m_draft.refuse((m_level == 2 ? "definition." : "") + shorten(visible(m_unknown_key), width),
                       std::move(problem));
    } else {
        m_draft.refuse(name_of(m_slot), std::move(problem));
    }
    m_slot = Slot::ignored;
}

void ReportHandler::wrong_type(std::string_view got) {
    refuse(fmt::format("expected {}, got {}", kind_of(m_slot), got));
}

void ReportHandler::check_depth() {
    if (m_depth > m_deepest && m_slot != Slot::ignored)
        refuse(fmt::format("nested deeper than {} levels", m_deepest));
}

// Refuses a text that is not UTF-8, with a problem that begins with `what`.
bool ReportHandler::check_utf8(std::string_view text, std::string_view what) {
    if (is_utf8(text)) return true;
    refuse(fmt::format("{}: {}", what, in_short_quotes(text)));
    return false;
}

}  // namespace jobtally::wire
