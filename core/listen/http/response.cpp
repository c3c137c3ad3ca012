#include "core/listen/http/response.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>

namespace jobtally::listen {
namespace {

namespace http = boost::beast::http;

boost::beast::string_view as_beast(std::string_view text) {
    return {text.data(), text.size()};
}

// Head and body are made separately, because the answer to a HEAD states the length of a body that
// is not sent.
http::response<http::empty_body> head_of(const Answer& answer, const Framing& framing) {
    http::response<http::empty_body> head(static_cast<http::status>(answer.status), 11);
    head.set(http::field::date, as_beast(framing.http_date));
    if (answer.field) head.set(as_beast(answer.field->name), as_beast(answer.field->value));
    // RFC 9110, 8.6: no Content-Length in a 204.
    if (answer.status != 204) {
        head.set(http::field::content_type, as_beast(answer.content_type));
        head.content_length(answer.body.size());
    }
    // Both keep-alive and close are stated, because an HTTP/1.0 client keeps the connection only if
    // it is told to.
    head.set(http::field::connection, framing.keep_alive ? "keep-alive" : "close");
    return head;
}

}  // namespace

void append_response(std::string& out, const Answer& answer, const Framing& framing) {
    const auto head = head_of(answer, framing);
    http::response_serializer<http::empty_body> serializer(head);
    boost::beast::error_code problem;
    while (!serializer.is_done()) {
        serializer.next(problem, [&](auto&, const auto& buffers) {
            std::size_t size = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                out.append(static_cast<const char*>(buffer.data()), buffer.size());
                size += buffer.size();
            }
            serializer.consume(size);
        });
    }
    if (!framing.head_only) out += answer.body;
}

const std::string& HttpDate::now() {
    const std::time_t now = std::time(nullptr);
    if (now != m_second) {
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        char text[40];
        m_text.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
        m_second = now;
    }
    return m_text;
}

}  // namespace jobtally::listen
