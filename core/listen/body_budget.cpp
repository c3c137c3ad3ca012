#include "core/listen/body_budget.hpp"

#include <exception>

#include <boost/asio/post.hpp>

namespace jobtally::listen {

// A body larger than the whole budget still gets its turn, alone.
bool BodyBudget::fits(std::uint64_t bytes) const {
    return m_reserved == 0 || m_reserved + bytes <= m_bytes;
}

BodyBudget::Share BodyBudget::take(std::uint64_t bytes) {
    m_reserved += bytes;
    return {*this, bytes};
}

void BodyBudget::ask(std::uint64_t bytes, std::uint64_t session) {
    m_waiting.emplace_back(bytes, session);
    if (m_waiting.size() == 1) hand_out();
}

void BodyBudget::give_back(std::uint64_t bytes) noexcept {
    m_reserved -= bytes;
    try {
        if (!m_waiting.empty()) boost::asio::post(m_io, [this] { hand_out(); });
    } catch (const std::exception&) {  // then later
    }
}

void BodyBudget::hand_out() {
    while (!m_waiting.empty()) {
        const auto [bytes, number] = m_waiting.front();
        const auto taker = m_find(number);
        if (taker && !fits(bytes)) return;
        m_waiting.pop_front();
        if (taker) taker(take(bytes));
    }
}

}  // namespace jobtally::listen
