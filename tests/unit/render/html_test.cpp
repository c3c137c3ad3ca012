// HTML: texts mean what they say, tables carry their exact figures, pages ask nobody for anything.
#include "core/render/page/html.hpp"

#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

namespace html_test {
namespace {

using namespace jobtally;
using render::Format;

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("texts are escaped and controls are visible", "[render]") {
    CHECK(render::html_text("<b a=\"1\" c='2'>&amp;") ==
          "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
    CHECK(render::html_text("a\nb\x1b\u202e\x9f") == "a\\nb\\u{1b}\\u{202e}\\x9f");
    CHECK(render::html_text("日本") == "日本");
    CHECK(render::figure_attributes("p95_seconds", time::Duration{1'285'000}) ==
          " data-key=\"p95_seconds\" data-value=\"1.285\"");
    CHECK(render::figure_attributes("a\"b", std::string{"<"}) ==
          " data-key=\"a&quot;b\" data-value=\"&lt;\"");
    CHECK(render::figure_attributes("x", {}) == " data-key=\"x\" data-value=\"\"");
}

TEST_CASE("a table in HTML", "[render]") {
    auto table = sample::rates();
    table.window.reset();
    table.rows.resize(1);
    CHECK(render::html_table(table, "Rates <now>", {}) ==
          R"(<div class="scroll" role="region" tabindex="0" aria-label="Rates &lt;now&gt;">
<table class="sortable" data-rows="groups">
<caption>Rates &lt;now&gt;</caption>
<thead>
<tr><th scope="col" data-key="definition_name" data-sort="text">definition</th><th scope="col" class="n" data-key="reports" data-sort="number">reports</th><th scope="col" class="n" data-key="job_success_rate" data-sort="number">success</th><th scope="col" data-key="last_status" data-sort="text">last</th><th scope="col" data-key="last_created_at" data-sort="text">at</th></tr>
</thead>
<tbody>
<tr><th scope="row" data-value="Users: daily"><bdi>Users: daily</bdi></th><td class="n" data-value="12345">12,345</td><td class="n" data-value="0.985">98.5 %</td><td data-value="SUCCESS"><span class="state ok">SUCCESS</span></td><td data-value="2026-11-07T14:26:10Z">2026-11-07 14:26</td></tr>
</tbody>
<tfoot>
<tr><th scope="row" data-value="">total</th><td class="n" data-value="12346">12,346</td><td class="n" data-value="0.5">50.0 %</td><td data-value="">-</td><td data-value="2026-11-07T14:26:10Z">2026-11-07 14:26</td></tr>
</tfoot>
</table>
</div>
)");
    CHECK(render::html_table(sample::named({}), "x", {}) == "<p class=\"none\">no reports</p>\n");
}

TEST_CASE("commands to copy are code", "[render]") {
    table::ResultTable table;
    table.columns = {{"next_step", "next"}, {"last_failure_id", "report"}};
    table.rows = {{std::string{"jobtally show 'a<b'"}, std::string{"a<b"}}};
    const auto html = render::html_table(table, "", {});
    CHECK(holds(html, "><code>jobtally show &#39;a&lt;b&#39;</code></td>"));
    CHECK(holds(html, "><code>a&lt;b</code></td>"));
}

TEST_CASE("a page of its own has a policy that names its style and script", "[render]") {
    const auto page = render::html_page("a <title>", "<main>body</main>\n");
    CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n"));
    CHECK(page.ends_with("</script>\n</body>\n</html>\n"));
    CHECK(holds(page, "<title>a &lt;title&gt;</title>"));
    CHECK(holds(page, "content=\"default-src 'none'; style-src 'sha256-"));
    CHECK(holds(page, "; script-src 'sha256-"));
    CHECK_FALSE(holds(page, "unsafe"));
    for (const char* loads : {"http:", "https:", "//", "url(", "@import", "src=", "<link"}) {
        INFO(loads);
        // `//` begins comments in the script.
        const auto body = page.substr(0, page.find("<script>"));
        CHECK_FALSE(holds(body, loads));
    }
    CHECK(count_of(page, "<style>") == 1);
    CHECK(count_of(page, "<script>") == 1);
}

TEST_CASE("every answer is a page", "[render]") {
    const auto page = render::render(sample::rates(), Format::html, {});
    CHECK(holds(page,
                "<h1>Job reports</h1>\n<p class=\"window\">2026-11-01 00:00 to 2026-11-08 "
                "00:00 UTC, by created_at</p>"));
    CHECK(count_of(page, "<tr>") == 4);
    CHECK_FALSE(holds(page, "aB3"));  // a column for machines
}

TEST_CASE("records share a page", "[render]") {
    auto table = sample::rates();
    table.total.reset();
    const auto page = render::render_record(table, Format::html, {});
    CHECK(count_of(page, "<!DOCTYPE html>") == 1);
    CHECK(count_of(page, "<table class=\"record\">") == 2);
    CHECK(holds(page, "<h2><bdi>Users: daily</bdi></h2>"));
    CHECK(holds(page,
                "<tr><th scope=\"row\">reports</th><td data-key=\"reports\" "
                "data-value=\"12345\">12,345</td></tr>"));
    table.rows.clear();
    CHECK(
        holds(render::render_record(table, Format::html, {}), "<p class=\"none\">no reports</p>"));
}

TEST_CASE("a digest's page shows sections with rows and names those without", "[render]") {
    table::Digest digest;
    digest.headline = "1 of 2 <jobs>";
    digest.figures = sample::rates();
    digest.sections = {{"failed", "Failed", sample::named({"<b>"})},
                       {"empty", "Empty", sample::named({})},
                       {"stuck", "Stuck", sample::named({})}};
    digest.mentions = {{"rejected", 2, "2 rejected & kept"}, {"other", 0, "nothing of that"}};
    const auto page = render::render_digest(digest, Format::html, {});
    CHECK(holds(page, "<title>jobtally: 1 of 2 &lt;jobs&gt;</title>"));
    CHECK(holds(page, "<section id=\"failed\" aria-labelledby=\"failed-h\">"));
    CHECK(holds(page, "<bdi>&lt;b&gt;</bdi>"));
    CHECK(holds(page, "nothing found: Empty, Stuck</p>"));
    CHECK_FALSE(holds(page, "id=\"empty\""));
    CHECK(holds(page,
                "<p class=\"mention\" data-key=\"rejected\" data-value=\"2\">2 rejected "
                "&amp; kept</p>"));
    CHECK_FALSE(holds(page, "nothing of that"));
}

TEST_CASE("a digest's page has its verdict, figures in large type, charts and details",
          "[render]") {
    table::Digest digest;
    table::Page page;
    page.verdict = table::Verdict::attention;
    page.tiles = {{"Reports", {"reports", std::int64_t{12346}}, {"of ", table::Figure{"of", {}}}}};
    page.days.days = {std::chrono::local_days{std::chrono::days{20000}}};
    page.days.totals.resize(1);
    page.details = {{"definitions", "All <b>", sample::named({}), 0, "", "worst & first"}};
    digest.page = page;
    const auto html = render::render_digest(digest, Format::html, {});
    CHECK(holds(html, "<div class=\"verdict bad\"><p>Needs attention</p></div>"));
    CHECK(holds(html,
                "<div><dt>Reports</dt><dd data-key=\"reports\" data-value=\"12346\">12,346</dd>"
                "<dd class=\"note\">of <span data-key=\"of\" data-value=\"\">-</span></dd></div>"));
    CHECK(holds(html, "<section id=\"per-day\""));
    CHECK(holds(html, "<section id=\"grid\""));
    CHECK(holds(html,
                "<h2 id=\"definitions-h\">All &lt;b&gt;</h2>\n<p class=\"lead\">worst &amp; "
                "first</p>\n<p class=\"none\">no reports</p>"));
}

TEST_CASE("drawings are a further column that is not sorted by", "[render]") {
    const auto html =
        render::html_table(sample::named({"a", "b"}), "x", {}, {"<svg/>", {"<svg>1", "<svg>2"}});
    CHECK(holds(html, ">reports</th><th scope=\"col\" class=\"drawn\"><svg/></th></tr>"));
    CHECK(holds(html, ">7</td><td class=\"drawn\"><svg>1</td></tr>\n<tr>"));
    CHECK(holds(html, ">7</td><td class=\"drawn\"><svg>2</td></tr>\n</tbody>"));
}

}  // namespace html_test
