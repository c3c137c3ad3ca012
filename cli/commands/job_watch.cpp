#include "cli/commands/job_watch.hpp"

#include "cli/options/schedules.hpp"
#include "core/digest/job_metrics.hpp"
#include "core/store/reports/read_reports.hpp"

#include <utility>

#include <malloc.h>

namespace jobtally::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds clock_moves{30};  // what is missed depends on the time too
constexpr int rest_for_work = 19;

}  // namespace

JobWatch::JobWatch(const Globals& globals) : m_globals(globals), m_thread([this] { run(); }) {}

JobWatch::~JobWatch() {
    {
        const std::lock_guard lock(m_mutex);
        m_is_stopping = true;
    }
    m_wakes.notify_all();
    m_thread.join();
}

std::shared_ptr<const std::string> JobWatch::text() {
    const std::lock_guard lock(m_mutex);
    m_is_asked = true;
    m_wakes.notify_all();
    return m_text;
}

void JobWatch::let_go() {
    const std::lock_guard lock(m_mutex);
    m_lets_go = true;
    m_wakes.notify_all();
}

void JobWatch::run() {
    std::unique_lock lock(m_mutex);
    auto rested = Clock::now();
    while (!m_is_stopping) {
        if (std::exchange(m_lets_go, false)) m_store.reset();
        if (!m_is_asked) {
            m_wakes.wait(lock);
        } else if (const auto began = Clock::now(); began < rested) {
            m_wakes.wait_until(lock, rested);
        } else {
            m_is_asked = false;
            lock.unlock();
            compute();
            rested = Clock::now() + (Clock::now() - began) * rest_for_work;
            lock.lock();
        }
    }
}

void JobWatch::compute() {
    std::shared_ptr<const std::string> shared;
    try {
        if (m_store && !store::is_in_place(*m_store)) m_store.reset();
        const bool is_new = !m_store;
        if (is_new) m_store.emplace(store::Store::open_as_it_is(m_globals.store_path()));
        const auto version = store::data_version(*m_store);
        const auto now = Clock::now();
        if (!is_new && version == m_version && now - m_computed < clock_moves) return;
        m_version = version;
        m_computed = now;
        query::Selection all;
        all.zone = m_globals.zone();
        auto options = missed_options(m_globals, *m_store);
        options.abandoned = &m_is_stopping;
        all.now = options.now;
        shared = std::make_shared<const std::string>(digest::job_metrics(
            query::Scope(*m_store, std::move(all)), options, objectives(m_globals, {}, *m_store)));
    } catch (const std::exception&) {
        m_store.reset();  // /healthz and the log tell what is wrong with it
    }
    ::malloc_trim(0);  // what it took is of no use to the listener
    const std::lock_guard lock(m_mutex);
    m_text = shared ? std::move(shared) : m_nothing;
}

}  // namespace jobtally::cli
