// Stands in for a fuzzer where there is none: gives a fuzz target every file of the folders (or the
// files) named, and some thousand changed copies of them, the same ones in each run.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;

constexpr std::size_t changed_copies = 2000;  // of all inputs together

std::vector<std::string> read_inputs(const std::vector<fs::path>& places) {
    std::vector<fs::path> files;
    for (const auto& place : places) {
        if (!fs::is_directory(place)) {
            files.push_back(place);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(place)) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> inputs;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>());
    }
    return inputs;
}

void run(const std::string& input) {
    // A copy of its own size: reading past it is found by the sanitizer.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// Cut short, some bytes changed, or the end of another input behind it.
std::string changed(std::string input, const std::string& other, std::minstd_rand& random) {
    const auto below = [&random](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    switch (below(4)) {
        case 0:
            input.resize(below(input.size() + 1));
            break;
        case 1:
            input =
                input.substr(0, below(input.size() + 1)) + other.substr(below(other.size() + 1));
            break;
        default:
            for (auto left = 1 + below(4); left > 0 && !input.empty(); --left) {
                input[below(input.size())] = static_cast<char>(below(256));
            }
    }
    return input;
}

}  // namespace

int main(int argc, char** argv) {
    const auto inputs = read_inputs({argv + 1, argv + argc});
    if (inputs.empty()) {
        std::fprintf(stderr, "usage: %s FILE-OR-FOLDER...\n", argv[0]);
        return 2;
    }
    for (const auto& input : inputs) run(input);
    std::minstd_rand random(1);
    for (std::size_t i = 0; i < changed_copies; ++i) {
        run(changed(inputs[i % inputs.size()], inputs[random() % inputs.size()], random));
    }
    std::printf("replayed: %zu inputs and %zu changed copies, 0 findings\n", inputs.size(),
                changed_copies);
}
