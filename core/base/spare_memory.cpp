// The pieces are parted by others that stay: together they would be taken by the next large body.
#include "core/base/spare_memory.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace jobtally {

namespace {

constexpr std::size_t pieces = 128;
constexpr std::size_t piece_bytes = 4 << 10;
constexpr std::size_t parting_bytes = 32;

enum class State { kept, going, gone };

std::atomic<State> state = State::gone;
std::array<void*, pieces> spare{};
std::array<void*, pieces> between{};

// By operator new, in any thread, each time that it finds nothing.
void give_up() {
    auto expected = State::kept;
    if (!state.compare_exchange_strong(expected, State::going)) throw std::bad_alloc();
    for (auto& piece : spare) std::free(std::exchange(piece, nullptr));
    state = State::gone;
}

}  // namespace

void keep_spare_memory() noexcept {
    if (state != State::gone) return;
    for (std::size_t i = 0; i < pieces; ++i) {
        if (spare[i] == nullptr) spare[i] = std::malloc(piece_bytes);
        if (between[i] == nullptr) between[i] = std::malloc(parting_bytes);
        if (spare[i] == nullptr || between[i] == nullptr) return;  // another time
    }
    std::set_new_handler(give_up);
    state = State::kept;
}

}  // namespace jobtally
