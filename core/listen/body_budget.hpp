// The bytes that all bodies under way may take together, handed out in the order of asking.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include <boost/asio/io_context.hpp>

namespace jobtally::listen {

// Lives in the thread of the listener.
class BodyBudget {
  public:
    // A part of the budget that returns itself when it is destroyed. The budget must outlive it.
    class Share {
      public:
        Share() = default;
        Share(Share&& other) noexcept
            : m_budget(std::exchange(other.m_budget, nullptr)), m_bytes(other.m_bytes) {}
        Share& operator=(Share&& other) noexcept {
            std::swap(m_budget, other.m_budget);
            std::swap(m_bytes, other.m_bytes);
            return *this;
        }
        ~Share() {
            if (m_budget != nullptr) m_budget->give_back(m_bytes);
        }
        explicit operator bool() const { return m_budget != nullptr; }

      private:
        friend BodyBudget;
        Share(BodyBudget& budget, std::uint64_t bytes) : m_budget(&budget), m_bytes(bytes) {}

        BodyBudget* m_budget = nullptr;
        std::uint64_t m_bytes = 0;
    };

    using Taker = std::function<void(Share)>;
    // What takes the share of a session, by its number; empty if the session has gone.
    using Find = std::function<Taker(std::uint64_t)>;

    BodyBudget(std::uint64_t bytes, boost::asio::io_context& io, Find find)
        : m_bytes(bytes), m_io(io), m_find(std::move(find)) {}

    // Asks for a share, which the session gets at once, or when its turn comes.
    void ask(std::uint64_t bytes, std::uint64_t session);
    std::uint64_t reserved() const { return m_reserved; }
    // Lets those in whose turn it is: to be called now and then, as there may have been no memory
    // to do it when a share came back.
    void hand_out();
    // Nobody gets a share any more.
    void close() { m_waiting.clear(); }

  private:
    bool fits(std::uint64_t bytes) const;
    Share take(std::uint64_t bytes);
    void give_back(std::uint64_t bytes) noexcept;

    std::uint64_t m_bytes;
    boost::asio::io_context& m_io;
    Find m_find;
    std::uint64_t m_reserved = 0;
    std::deque<std::pair<std::uint64_t, std::uint64_t>> m_waiting;  // bytes, session
};

}  // namespace jobtally::listen
