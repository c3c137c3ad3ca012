// Damaged input: torn, glued and interleaved reports, stretches that are no text, other formats.
#include "core/wire/report_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/read_reports.hpp"

#include <random>
#include <regex>
#include <set>

#include <fmt/format.h>

namespace {

using jobtally::test::read_pieces;
using jobtally::test::read_reports;

std::string webhook(const std::string& id) {
    return R"({"total_succeeded":2,"total_operations":3,"total_failed":1,"id":")" + id +
           R"(","status":"SUCCESS","created_at":"2020-11-21T14:26:10.345Z","type":"import",)"
           R"("updated_at":"2020-11-21T14:26:11.630Z","definition_id":"d \u00e9 {\"id\"",)"
           R"("definition_name":"User import"})";
}

std::string ids_of(const jobtally::test::Read& read) {
    std::string result;
    for (const auto& report : read.reports) result += report.id;
    return result;
}

std::string ids_in(const std::string& text) {
    return ids_of(read_reports(text));
}

// Which of `texts` do not give these ids.
template <class Make>
int count_other_than(const std::string& ids, std::size_t texts, Make make) {
    int wrong = 0;
    for (std::size_t cut = 1; cut < texts; ++cut) {
        const std::string text = make(cut);
        if (ids_in(text) == ids) continue;
        if (++wrong == 1) UNSCOPED_INFO(text << " gives " << ids_in(text));
    }
    return wrong;
}

}  // namespace

TEST_CASE("a report that is glued to a torn one is read, wherever that was torn", "[wire]") {
    const std::string torn = webhook("t"), rest = webhook("b") + "\n" + webhook("c");
    const auto glued = [&](std::size_t cut) { return torn.substr(0, cut) + rest; };
    CHECK(count_other_than("bc", torn.size(), glued) == 0);
    const auto in_array = [&](std::size_t cut) {
        return "[" + webhook("a") + "," + torn.substr(0, cut) + webhook("b") + "," + webhook("c") +
               "]";
    };
    CHECK(count_other_than("abc", torn.size(), in_array) == 0);
    const auto at_end = [&](std::size_t cut) { return torn.substr(0, cut) + webhook("b"); };
    CHECK(count_other_than("b", torn.size(), at_end) == 0);
    const auto without_front = [&](std::size_t cut) { return torn.substr(cut) + rest; };
    CHECK(count_other_than("bc", torn.size(), without_front) == 0);
    const auto pretty = std::regex_replace(torn, std::regex("([{,])\""), "$1\n  \"");
    const auto pretty_glued = [&](std::size_t cut) { return pretty.substr(0, cut) + pretty; };
    CHECK(count_other_than("t", pretty.size(), pretty_glued) == 0);
}

TEST_CASE("a report that was written into another one is read", "[wire]") {
    const std::string outer = webhook("a");
    const auto interleaved = [&](std::size_t cut) {
        return outer.substr(0, cut) + webhook("b") + outer.substr(cut) + "\n" + webhook("c");
    };
    CHECK(count_other_than("bc", outer.size(), interleaved) == 0);
    const auto with_break = [&](std::size_t cut) {
        return outer.substr(0, cut) + webhook("b") + "\n" + outer.substr(cut) + webhook("c");
    };
    CHECK(count_other_than("bc", outer.size(), with_break) == 0);
}

TEST_CASE("after garbage within a line, reading goes on", "[wire]") {
    CHECK(ids_in("xx" + webhook("b")) == "b");
    CHECK(ids_in("2026-11-01 INFO " + webhook("a") + " done " + webhook("b")) == "ab");
    CHECK(ids_in("xx[" + webhook("a") + "," + webhook("b") + "]\n" + webhook("c")) == "abc");
    CHECK(ids_in(R"(xx{"total":2,"items":[)" + webhook("a") + "," + webhook("b") + "]}") == "ab");
    CHECK(ids_in("xx{}{\"id\":1}" + webhook("a")) == "a");
    CHECK(ids_in(R"({"items":[)" + webhook("a") + R"(],"total":)" + webhook("b")) == "ab");
    CHECK(ids_in(R"({"items":[)" + webhook("a") + R"(],"to)" + webhook("b")) == "ab");
    // What is whole and has what a report must have is judged as one.
    const auto read = read_reports(R"(xx{"id":"a","status":"S","created_at":"noon"}yy)");
    REQUIRE(read.rejections.size() == 3);
    CHECK(read.rejections[0].body == "xx");
    CHECK_THAT(read.rejections[1].reason, Catch::Matchers::StartsWith("created_at: "));
    CHECK(read.rejections[2].body == "yy");
}

TEST_CASE("what is within a report is no report", "[wire]") {
    const std::string inner = webhook("b");
    const std::string in_text = std::regex_replace(inner, std::regex(R"(["\\])"), "\\$&");
    const std::string head = webhook("a").substr(0, webhook("a").size() - 1);
    for (const std::string& more : std::vector<std::string>{
             R"(,"note":")" + in_text + "\"", ",\"last\":" + inner,
             R"(,"definition":{"id":"d \u00e9 {\"id\"","status":"S","created_at":"2026-01-01"})"}) {
        CAPTURE(more);
        const auto whole = read_reports(head + more + "}\n" + webhook("c"));
        CHECK(ids_of(whole) == "ac");
        CHECK(whole.rejections.empty());
        const auto torn = read_reports(head + more + "\n" + webhook("c"));
        CHECK(ids_of(torn) == "c");
        CHECK(torn.rejections.size() == 1);
        CHECK(ids_in(head + more + ",\n") == "");
    }
    // Not even at the end of a text that ends as a torn one does.
    const auto read = read_reports(R"({"items":[],"x":"abc{"}["a{", "b{"])" + webhook("a"));
    CHECK(ids_of(read) == "a");
    CHECK(read.rejections.size() == 2);
    CHECK(read.rejections[0].is_json);
}

TEST_CASE("long stretches that are no text cost what they are", "[wire]") {
    std::mt19937 random(7);
    std::string noise(3 << 20, ' ');
    for (char& byte : noise) byte = static_cast<char>(random() >> 8);
    for (const std::string& stretch :
         {std::string(3 << 20, '\0'), std::string(3 << 20, '\xff'), noise,
          "{\"id\":\"" + std::string(3 << 20, 'x'), "{\"id\":[" + std::string(3 << 20, '[')}) {
        std::vector<std::size_t> cuts;
        const std::string text = webhook("a") + "\n" + stretch + webhook("b") + "\n" + webhook("c");
        for (std::size_t cut = 65536; cut < text.size(); cut += 65536) cuts.push_back(cut);
        CHECK(ids_in(text) == "abc");
        CHECK(ids_of(read_pieces(text, cuts)) == "abc");
    }
}

TEST_CASE("other formats are named, and one rejection", "[wire]") {
    std::mt19937 random(11);
    std::string noise(200'000, ' ');
    for (char& byte : noise) byte = static_cast<char>(random() >> 8);
    const std::vector<std::pair<std::string, std::string>> formats{
        {"\x1f\x8b\x08", "gzip -dc FILE | jobtally ingest -"},
        {"\x28\xb5\x2f\xfd", "zstd -dc"},
        {"BZh91AY", "bzip2 -dc"},
        {std::string("\xfd\x37zXZ\0", 6), "xz -dc"},
        {"PK\x03\x04", "zip archive or a spreadsheet (xlsx)"},
        {"\xef\xbb\xbf\n<!DOCTYPE html>\n<style>\n{ color: red }\n", "a web page (HTML)"},
        {"<HTML>\n{}\n{\"a\": 1}\n", "a web page (HTML)"},
    };
    for (const auto& [front, name] : formats) {
        CAPTURE(name);
        for (const auto& text : {front, front + noise, front + noise + webhook("a")}) {
            for (const std::size_t cut : {1, 3, 7}) {
                const auto read = read_pieces(text, {std::min<std::size_t>(cut, text.size())});
                CHECK(ids_of(read) == (text.size() > front.size() + noise.size() ? "a" : ""));
                REQUIRE(read.rejections.size() == 1);
                CHECK(read.rejections[0].reason.find(name) != std::string::npos);
            }
        }
    }
    CHECK(read_reports("<").rejections.at(0).reason.find("\"<\"") != std::string::npos);
}

TEST_CASE("UTF-16 is read by its mark", "[wire]") {
    const std::u16string text =
        u"\ufeff{\"id\":\"a\u00e9\u20ac\U0001f600\",\"status\":\"S\",\"created_at\":"
        u"\"2026-01-02T03:04:05Z\"}\r\n{\"id\":2,\"status\":\"S\",\"created_at\":"
        u"\"2026-01-02T03:04:05Z\"}";
    const auto bytes_of = [](std::u16string_view units, bool is_big) {
        std::string bytes;
        for (const char16_t unit : units) {
            const std::string pair{static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
            bytes += is_big ? std::string(pair.rbegin(), pair.rend()) : pair;
        }
        return bytes;
    };
    for (const bool is_big : {false, true}) {
        const std::string bytes = bytes_of(text, is_big);
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            const auto read = read_pieces(bytes, {cut / 2, cut});
            REQUIRE(ids_of(read) ==
                    "a\u00e9\u20ac\U0001f600"
                    "2");
            REQUIRE(read.rejections.empty());
        }
        for (const char16_t half : {0xd83d, 0xde00}) {
            auto broken = text;
            broken[broken.find(u'\u20ac')] = half;
            const auto read = read_reports(bytes_of(broken, is_big));
            CHECK(ids_of(read) == "2");
            REQUIRE(read.rejections.size() == 1);
            CHECK_THAT(read.rejections[0].reason, Catch::Matchers::StartsWith("id: not UTF-8"));
        }
        const auto odd = read_reports(bytes.substr(0, bytes.size() - 1));
        CHECK(odd.reports.size() == 1);
        CHECK(odd.rejections.size() == 1);
        CHECK(read_reports(bytes_of(u"\ufeff", is_big)).rejections.empty());
    }
    CHECK(read_reports("\xff").rejections.size() == 1);
}

namespace {

// The end of the mark, a number between two `~`, that begins there; npos where none does.
std::size_t end_of_mark(const std::string& text, std::size_t begin) {
    if (begin >= text.size() || text[begin] != '~') return std::string::npos;
    const auto end = text.find_first_not_of("0123456789", begin + 1);
    const bool is_mark = end != std::string::npos && text[end] == '~' && end > begin + 1;
    return is_mark ? end + 1 : std::string::npos;
}

// Each is somewhere once, so that what has gone is seen.
std::set<std::string> marks_in(const std::string& text) {
    std::set<std::string> marks;
    for (auto at = text.find('~'); at != std::string::npos; at = text.find('~', at)) {
        const auto end = end_of_mark(text, at);
        if (end != std::string::npos) marks.insert(text.substr(at, end - at));
        at = end != std::string::npos ? end : at + 1;
    }
    return marks;
}

// A list's members before and after its items are its own, whatever they are called.
std::string without_own_members(const std::string& text) {
    const std::string tail("], \"");
    const auto items = text.find("\"items\": [");
    std::string rest = items < 30 ? text.substr(items) : text;
    for (auto at = rest.find(tail); at != std::string::npos; at = rest.find(tail, at)) {
        const auto end = end_of_mark(rest, rest.find_first_not_of("page", at + tail.size()));
        if (end != std::string::npos) rest.erase(at, end - at);
        at += end != std::string::npos ? 0 : 1;
    }
    return rest;
}

class DamagedInput {
  public:
    explicit DamagedInput(unsigned seed) : m_random(seed) {}

    std::string make() {
        std::string text;
        const auto shape = pick(4);
        const int reports = 1 + static_cast<int>(pick(8));
        if (shape == 1) text += "[";
        if (shape == 2) text += "{\"total\": 3, \"items\": [\n";
        for (int i = 0; i < reports; ++i) {
            if (i > 0 && (shape == 1 || shape == 2)) text += pick(2) == 0 ? "," : ",\n";
            text += report();
            if (shape == 0 || shape == 3) text += pick(4) == 0 ? "" : "\n";
        }
        if (shape == 1) text += "]";
        if (shape == 2) text += "], \"page\": 1}";
        for (auto times = 1 + pick(3); times > 0; --times) damage(text);
        return text;
    }

  private:
    std::size_t pick(std::size_t below) { return m_random() % below; }
    std::string mark() { return fmt::format("~{}~", ++m_last); }
    std::string report() {
        return fmt::format(
            R"({{"id":"{}","status":"{}","created_at":"2026-01-02T03:04:05Z","type":"{}",)"
            R"("definition_name":"{}","x":["{}",{{"{}":"{}"}}],"definition":{{"id":"{}"}}}})",
            mark(), mark(), mark(), mark(), mark(), mark(), mark(), mark());
    }
    void damage(std::string& text) {
        const auto at = pick(text.size() + 1);
        switch (pick(6)) {
            case 0:
                return text.resize(at);
            case 1:
                return void(text.erase(at, pick(40)));
            case 2:
                return void(text.insert(at, report()));
            case 3:
                return void(
                    text.insert(at, mark() + std::string(pick(9), static_cast<char>(pick(256)))));
            case 4:
                return void(text.insert(at, std::string(1, "{}[],:\"\\ \n"[pick(10)])));
            default:
                if (at < text.size()) text[at] = static_cast<char>(pick(256));
        }
    }

    std::mt19937 m_random;
    int m_last = 0;
};

}  // namespace

TEST_CASE("of damaged input nothing is neither stored nor rejected", "[wire]") {
    std::size_t marks = 0, reports = 0, rejections = 0, lost = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        const std::string text = DamagedInput(seed).make();
        const auto read = read_reports(text);
        std::string told;
        for (const auto& report : read.reports) {
            for (const auto& part : {std::optional(report.id), std::optional(report.status),
                                     report.type, report.definition_name, report.definition_id,
                                     std::optional(report.unknown_members)}) {
                told += part.value_or("") + "\n";
            }
        }
        for (const auto& rejection : read.rejections) told += rejection.body + "\n";
        const auto expected = marks_in(without_own_members(text)), found = marks_in(told);
        marks += expected.size();
        reports += read.reports.size();
        rejections += read.rejections.size();
        for (const auto& mark : expected) {
            if (found.contains(mark)) continue;
            if (++lost == 1) UNSCOPED_INFO("seed " << seed << ": " << mark << " of " << text);
        }
    }
    INFO(marks << " marks, " << reports << " reports, " << rejections << " rejections");
    CHECK(lost == 0);
    CHECK(reports > 50'000);
    CHECK(rejections > 10'000);
}

TEST_CASE("damage that looks like reports costs linear time", "[wire][time]") {
    const std::string zeros(8192, '0');
    for (const std::string& piece : std::vector<std::string>{
             R"({"a":[1,)" + zeros + ",", R"({"id":{"status":[)", R"("{")", R"({"id":"x)",
             R"({"items":[)", R"({"id":1,"status":{"created_at":1,"id":")"}) {
        std::string text = "x";
        while (text.size() < 2 << 20) text += piece;
        const double start = jobtally::test::processor_time();
        const auto read = read_reports(text);
        CAPTURE(piece.substr(0, 20));
        CHECK_FALSE(read.rejections.empty());
        CHECK(jobtally::test::processor_time() - start < jobtally::test::linear_at_most);
    }
}
