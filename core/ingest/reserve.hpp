// Room on a disk that a listener keeps for itself, so that it can go on when others, or the store's
// log, took the last.
#pragma once

#include "core/base/file.hpp"

#include <cstddef>
#include <filesystem>

namespace jobtally::ingest {

class Reserve {
  public:
    // Takes as much in `folder` as there is twice, of 1 MiB, a half, a quarter and so on; nothing
    // below 64 KiB, and no more where something is taken already. It leaves no name behind.
    void take(const std::filesystem::path& folder) { take(folder, 2); }
    void give_back() { m_room = Descriptor(); }
    // After give_back(): as much as is left.
    void take_again(const std::filesystem::path& folder) { take(folder, 1); }
    bool is_taken() const { return static_cast<bool>(m_room); }

  private:
    void take(const std::filesystem::path& folder, std::size_t times) {
        constexpr std::size_t most = 1 << 20, least = 64 << 10;
        for (auto bytes = most; !m_room && bytes >= least; bytes /= 2) {
            if (lacks_room(folder, times * bytes) == 0) m_room = reserve_room(folder, bytes);
        }
    }

    Descriptor m_room;
};

}  // namespace jobtally::ingest
