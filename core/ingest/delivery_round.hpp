// A fixed number of deliveries that a loader fills and a sink hands back, again and again: their
// strings keep their capacity, and memory stays bounded.
#pragma once

#include "core/ingest/delivery.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace jobtally::ingest {

class DeliveryRound {
  public:
    DeliveryRound(DeliverySink& sink, std::size_t deliveries) : m_sink(sink), m_free(deliveries) {}
    ~DeliveryRound() { wait_for_all(); }
    DeliveryRound(const DeliveryRound&) = delete;
    DeliveryRound& operator=(const DeliveryRound&) = delete;

    // Waits for a delivery that is free. Throws Error if the sink has failed to take one.
    Delivery take();
    // Throws what the sink throws.
    void submit(Delivery delivery);
    // Waits until all have come back; then the tally is complete. Throws like take().
    model::Tally finish();

  private:
    void put_back(Receipt receipt);
    void wait_for_all();
    void check() const;

    DeliverySink& m_sink;
    std::mutex m_mutex;
    std::condition_variable m_came_back;
    std::vector<Delivery> m_free;
    std::size_t m_under_way = 0;  // with the sink
    model::Tally m_tally;
    std::optional<std::string> m_error;
    std::string m_hint;
};

}  // namespace jobtally::ingest
