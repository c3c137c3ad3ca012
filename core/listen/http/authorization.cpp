#include "core/listen/http/authorization.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/listen/sockets/secret_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

namespace jobtally::listen {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view form_hint = "write lines such as \"platform: Bearer mF_9.B5f-4.1JqM\"";

bool is_header_value(std::string_view value) {
    return !value.empty() && value.size() <= AcceptedAuthorizations::max_value_bytes &&
           std::all_of(value.begin(), value.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
           });
}

// `platform: Bearer ` was cut where the secret should follow: anybody could guess what is left.
bool lacks_secret(std::string_view value) {
    constexpr std::string_view schemes[] = {"Basic", "Bearer", "Digest", "Token"};
    return std::any_of(std::begin(schemes), std::end(schemes), [&](std::string_view scheme) {
        return equals_ignoring_case(value, scheme);
    });
}

std::string shown(const std::filesystem::path& path) {
    return visible(path.string());
}

[[noreturn]] void refuse_line(const std::filesystem::path& path, std::size_t line,
                              std::string_view why) {
    throw UsageError(fmt::format("\"{}:{}\": {}", shown(path), line, why), std::string(form_hint));
}

Authorization read_line(std::string_view text, const std::filesystem::path& path,
                        std::size_t line) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        refuse_line(path, line, "no colon between label and value");
    const auto label = trim(text.substr(0, colon), blanks);
    const auto value = trim(text.substr(colon + 1), blanks);
    // Without this, a bare `Bearer a:b` would put half a secret into the logs as its label.
    if (label.empty() || label.find_first_of(" \t") != std::string_view::npos)
        refuse_line(path, line, "the label is not one word");
    if (!is_header_value(value))
        refuse_line(path, line, "the value is empty, too long or holds control characters");
    if (lacks_secret(value)) refuse_line(path, line, "nothing follows the scheme");
    return {visible(label), std::string(value)};
}

}  // namespace

AuthorizationFile read_authorization_file(const std::filesystem::path& path) {
    auto bytes = read_secret_file(path);
    if (bytes.starts_with(byte_order_mark)) bytes.erase(0, byte_order_mark.size());
    std::istringstream input(std::move(bytes));
    AuthorizationFile file;
    std::string text;
    for (std::size_t line = 1; std::getline(input, text); ++line) {
        const auto content = trim(text, blanks);
        if (content.empty() || content.front() == '#') continue;
        auto authorization = read_line(content, path, line);
        const auto has_label = [&](const Authorization& other) {
            return other.label == authorization.label;
        };
        if (std::any_of(file.accepted.begin(), file.accepted.end(), has_label))
            refuse_line(path, line, "the label was used before");
        file.accepted.push_back(std::move(authorization));
    }
    if (file.accepted.empty())
        throw UsageError(fmt::format("\"{}\" holds no Authorization value", shown(path)),
                         std::string(form_hint));
    file.warning = warning_of_readers(path);
    return file;
}

Authorization authorization_from_environment(std::string_view value) {
    if (!is_header_value(trim(value, blanks)))
        throw UsageError("JOBTALLY_AUTHORIZATION is empty, too long or holds control characters",
                         "set it to the whole header value, or unset it");
    if (lacks_secret(trim(value, blanks)))
        throw UsageError("JOBTALLY_AUTHORIZATION has nothing behind its scheme",
                         "set it to the whole header value, or unset it");
    return {"environment", std::string(trim(value, blanks))};
}

AuthorizationFile given_authorizations(const std::filesystem::path& path) {
    AuthorizationFile given;
    if (!path.empty()) given = read_authorization_file(path);
    const char* value = std::getenv("JOBTALLY_AUTHORIZATION");
    if (value != nullptr)
        given.accepted.insert(given.accepted.begin(), authorization_from_environment(value));
    return given;
}

AcceptedAuthorizations::AcceptedAuthorizations(const std::vector<Authorization>& accepted) {
    for (const auto& [label, value] : accepted) {
        Padded padded{label, value, value.size()};
        padded.value.resize(max_value_bytes);
        m_accepted.push_back(std::move(padded));
    }
}

const std::string* AcceptedAuthorizations::match(std::string_view presented) const {
    if (presented.size() > max_value_bytes) return nullptr;
    const std::string* label = nullptr;
    for (const auto& accepted : m_accepted) {
        // volatile: else a compiler may leave the loop at the first difference.
        volatile std::size_t difference = accepted.size ^ presented.size();
        for (std::size_t i = 0; i < presented.size(); ++i)
            difference = difference | static_cast<unsigned char>(accepted.value[i] ^ presented[i]);
        if (difference == 0) label = &accepted.label;
    }
    return label;
}

}  // namespace jobtally::listen
