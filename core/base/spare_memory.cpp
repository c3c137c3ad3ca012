// The pieces are parted by others that stay: together they would be taken by the next large body.
#include "core/base/spare_memory.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

namespace jobtally {

namespace {

constexpr std::size_t pieces = 64;
constexpr std::size_t piece_bytes = 8 << 10;  // as the first room for what a peer sends
constexpr std::size_t parting_bytes = 32;

enum class State { kept, going, gone };

std::atomic<State> state = State::gone;
std::array<void*, pieces> spare{};
std::array<void*, pieces> between{};

void free_pieces(bool as_a_whole) {
    for (auto& piece : spare) std::free(std::exchange(piece, nullptr));
    if (as_a_whole)
        for (auto& piece : between) std::free(std::exchange(piece, nullptr));
}

bool give_up(bool as_a_whole) {
    auto expected = State::kept;
    if (!state.compare_exchange_strong(expected, State::going)) return false;
    free_pieces(as_a_whole);
    state = State::gone;
    return true;
}

// By operator new, in any thread, each time that it finds nothing.
void give_up_or_throw() {
    if (!give_up(false)) throw std::bad_alloc();
}

}  // namespace

void keep_spare_memory() noexcept {
    if (state != State::gone) return;
    for (std::size_t i = 0; i < pieces; ++i) {
        if (spare[i] == nullptr) spare[i] = std::malloc(piece_bytes);
        if (between[i] == nullptr) between[i] = std::malloc(parting_bytes);
        if (spare[i] == nullptr || between[i] == nullptr) return free_pieces(true);  // less is none
    }
    std::set_new_handler(give_up_or_throw);
    state = State::kept;
}

bool has_spare_memory() noexcept {
    return state == State::kept;
}

void spend_spare_memory() noexcept {
    give_up(true);
}

bool has_memory_for(std::size_t bytes) noexcept {
    void* volatile room = std::malloc(bytes);  // the compiler may leave out what is not used
    std::free(room);
    return room != nullptr;
}

void save_address_space() noexcept {
    constexpr int large = 128 << 10;  // goes back to the system when it is freed
    constexpr std::size_t stack = 2 << 20;
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_MMAP_THRESHOLD, large);
    pthread_attr_t of_threads;
    if (::pthread_getattr_default_np(&of_threads) != 0) return;
    ::pthread_attr_setstacksize(&of_threads, stack);
    ::pthread_setattr_default_np(&of_threads);
    ::pthread_attr_destroy(&of_threads);
}

}  // namespace jobtally
