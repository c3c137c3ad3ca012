// Reads what the renderers printed, as other programs do, to hold it against what went in.
#pragma once

#include "core/base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace jobtally::test {

// Its lines; text behind the last line break makes a line that says so.
inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', begin)) {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    if (begin != text.size()) lines.push_back("no line break after: " + text.substr(begin));
    return lines;
}

// True where a line holds what a terminal or a reader acts on, but for the bytes `allowed`.
inline bool acts_on_a_terminal(std::string_view line, std::string_view allowed) {
    while (!line.empty()) {
        const CodePoint code = front_of(line);
        if (!code.valid) return true;
        if (is_unseen(code.value) &&
            (code.value >= 0x80 || allowed.find(static_cast<char>(code.value)) == allowed.npos)) {
            return true;
        }
        line.remove_prefix(code.size);
    }
    return false;
}

// By RFC 4180; a quote that does not end makes a field that says so.
inline std::vector<std::string> csv_fields(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '"') {
            if (quoted && at + 1 < line.size() && line[at + 1] == '"') {
                fields.back() += line[++at];
            } else {
                quoted = !quoted;
            }
        } else if (line[at] == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += line[at];
        }
    }
    if (quoted) fields.emplace_back("a quote that does not end");
    return fields;
}

inline void append_utf8(std::string& out, unsigned long code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

// A field of tsv as it was; what is no escape of tsv stands in the text that comes back.
inline std::string tsv_turned_back(const std::string& field) {
    std::string out;
    for (std::size_t at = 0; at < field.size(); ++at) {
        if (field[at] != '\\') {
            out += field[at];
            continue;
        }
        switch (++at < field.size() ? field[at] : '\0') {
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case '\\':
                out += '\\';
                break;
            case 'u': {
                const std::size_t end = field.find('}', at);
                append_utf8(out, std::stoul(field.substr(at + 2, end - at - 2), nullptr, 16));
                at = end;
                break;
            }
            case 'x':
                out += static_cast<char>(std::stoul(field.substr(at + 1, 2), nullptr, 16));
                at += 2;
                break;
            default:
                out += "no such escape: " + field;
        }
    }
    return out;
}

inline bool is_formula(const std::string& text) {
    return !text.empty() &&
           std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
}

inline std::string guarded(const std::string& text, const std::string& spelled) {
    return (is_formula(text) ? "'" : "") + spelled;
}

}  // namespace jobtally::test
