// The folder of a spool as it is found: whose it is, who may write to it, and what lies there. A
// `store` is the path of the spool's store, links followed, or empty: then the spool is ours.
#pragma once

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::ingest {

// The ending of a file that is still being written. Its sender has not been told yet that the body
// is kept; but a file that a process left behind is stored all the same, since it may hold a whole
// report.
inline constexpr std::string_view unfinished = ".part";
// Stands at the end of a link or folder beside a store, `STORE-spool`, that was put aside when
// another spool was named; a number may follow.
inline constexpr std::string_view put_aside = "-former";
inline constexpr std::string_view owner_name = "store";  // holds the path of the store
// A link in a folder to the spool into which its bodies were moved while nothing could be noted
// beside the store.
inline constexpr std::string_view moved_name = "moved";

// Throw IoError, that "can't {action} {path}", with a hint.
[[noreturn]] void throw_of_spool(const std::string& why, const char* action,
                                 const std::filesystem::path& path);
[[noreturn]] void throw_of_spool(int number, const char* action, const std::filesystem::path& path);

uid_t owner_of_spool(const std::filesystem::path& store);
// Where the folder is, or is to be, if it is named by a link.
std::filesystem::path real_folder(const std::filesystem::path& folder);
// A path of an open folder, wherever it is moved.
std::filesystem::path path_of(const Descriptor& folder);

// Gives a folder that bars its owner its mode back, unless others may write to it.
void mend_mode(const std::filesystem::path& folder, const std::filesystem::path& store);

// For the end of a sentence: `: 8 bodies wait there and are not taken`; empty where none does.
std::string what_lies_in(const std::filesystem::path& folder);

// Whether the folder, or the link to it, is neither root's nor of the owner of the store.
bool is_of_stranger(const std::filesystem::path& folder, const std::filesystem::path& store);

// Why nothing may be put there or taken, and how many bodies lie there, as far as they can be
// counted: others may write to the folder, it is another user's, or it bars its own, who asks.
std::optional<IoError> why_barred(const std::filesystem::path& folder,
                                  const std::filesystem::path& store);

// Whether the folder is the one that is found without a link; it needs no note either.
bool is_beside(const std::filesystem::path& folder, const std::filesystem::path& store);
// The same from whatever folder it is asked.
std::string full_name(const std::filesystem::path& store);
// The full name of the store that used the folder last, by the note there.
std::optional<std::string> noted_store(const std::filesystem::path& folder,
                                       const std::filesystem::path& store);
// Whether a store used the folder before the file of this one was made, as far as the file system
// knows when that was.
bool is_older(const std::filesystem::path& folder, const std::filesystem::path& store) noexcept;
// Why it is another store's: a copy of that one may have led here, or a slip. And how many bodies
// lie there.
std::optional<IoError> why_of_another(const std::filesystem::path& folder,
                                      const std::filesystem::path& store);
// Where bodies lie there and its volume is read-only: which of them are stored can't be told.
std::optional<IoError> why_undeletable(const std::filesystem::path& folder);

// Makes the link by which the folder is found, with its mark, in place of another one; it belongs
// to the owner of the store. Throws IoError.
void make_link(const std::filesystem::path& link, const std::filesystem::path& target,
               const std::filesystem::path& store);
// The target of a link to a folder in which nothing waited when a listener ended: `FOLDER/.`.
std::filesystem::path left_empty(const std::filesystem::path& target);
// The mark of a link: when it was last written to is when the folder's note came to be, which no
// copy of the folder shares. So a folder that was moved is known.
void mark_link(const std::filesystem::path& link, const std::filesystem::path& folder) noexcept;
bool has_mark_of(const std::filesystem::path& link, const std::filesystem::path& folder) noexcept;

// Why the folder to which the link leads is not the one to which it was made to lead, but a copy,
// or on another disk: its note is not of the link's mark. None where nothing waited in that one.
std::optional<IoError> why_replaced(const std::filesystem::path& link);

// The names of the bodies there, oldest first, whoever made them. Throws IoError.
std::vector<std::string> bodies_in_spool(const std::filesystem::path& folder);

// Why nothing can be known of what waits, where `link` is that of Spool::remember_as(), also put
// aside, and leads to no folder, or to one that was never used, by the note of Spool::prepare().
std::optional<IoError> why_lost(const std::filesystem::path& link,
                                const std::filesystem::path& store);

}  // namespace jobtally::ingest
