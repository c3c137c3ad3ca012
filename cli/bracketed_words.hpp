// Words such as `[a,b]`, which are ids and file names to us. CLI11 takes them for lists of values
// where an option or an argument may have several, and there is no way to switch that off. So they
// go through it with a mark in front.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace jobtally::cli {

namespace bracketed {

constexpr char mark = '\x1f';

inline bool is_bracketed(const std::string& word) {
    const auto front = word.find_first_not_of(mark);
    return front != std::string::npos && word[front] == '[';
}

inline std::string marked(std::string word) {
    if (is_bracketed(word)) word.insert(word.begin(), mark);
    return word;
}

inline std::string unmarked(std::string word) {
    if (word.starts_with(mark) && is_bracketed(word)) word.erase(word.begin());
    return word;
}

}  // namespace bracketed

// The words of a command line as CLI11 wants them: without the program, the last one first.
inline std::vector<std::string> marked_words(int argc, const char* const* argv) {
    std::vector<std::string> words;
    for (int i = argc - 1; i > 0; --i) words.push_back(bracketed::marked(argv[i]));
    return words;
}

// Options and arguments of `app` and of all its commands get their words without the mark. To be
// called once, when all are there.
inline void take_marks_off(CLI::App& app) {
    const auto take_off = [](std::string& word) {
        word = bracketed::unmarked(word);
        return std::string();
    };
    for (auto* option : app.get_options()) {
        if (option->get_items_expected_max() > 0)
            option->transform(CLI::Validator(take_off, "", "mark"));
    }
    for (auto* command : app.get_subcommands({})) take_marks_off(*command);
}

}  // namespace jobtally::cli
