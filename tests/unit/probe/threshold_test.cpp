// The range syntax of monitoring plugins.
#include "core/probe/threshold.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

#include <limits>

namespace {

using namespace jobtally;
using probe::Threshold;
using probe::Unit;

constexpr double infinity = std::numeric_limits<double>::infinity();

bool alerts(const char* range, double value, Unit unit = Unit::count) {
    return Threshold::parse(range, unit).alerts(value);
}

std::string text(const char* range, Unit unit = Unit::count) {
    return Threshold::parse(range, unit).text();
}

}  // namespace

// Monitoring Plugins Development Guidelines, table "Example ranges".
TEST_CASE("the example ranges of the guidelines alert as they say", "[probe]") {
    // 10: < 0 or > 10
    CHECK(alerts("10", -0.001));
    CHECK_FALSE(alerts("10", 0));
    CHECK_FALSE(alerts("10", 10));
    CHECK(alerts("10", 10.001));
    // 10:  < 10
    CHECK(alerts("10:", 9.999));
    CHECK(alerts("10:", -20));
    CHECK_FALSE(alerts("10:", 10));
    CHECK_FALSE(alerts("10:", 1e12));
    // ~:10  > 10
    CHECK_FALSE(alerts("~:10", -1e12));
    CHECK_FALSE(alerts("~:10", 10));
    CHECK(alerts("~:10", 10.001));
    // 10:20  < 10 or > 20
    CHECK(alerts("10:20", 9.999));
    CHECK_FALSE(alerts("10:20", 10));
    CHECK_FALSE(alerts("10:20", 20));
    CHECK(alerts("10:20", 20.001));
    // @10:20  >= 10 and <= 20
    CHECK_FALSE(alerts("@10:20", 9.999));
    CHECK(alerts("@10:20", 10));
    CHECK(alerts("@10:20", 20));
    CHECK_FALSE(alerts("@10:20", 20.001));
}

TEST_CASE("ranges have decimal and negative ends, and open ones", "[probe]") {
    CHECK_FALSE(alerts("-5:-1.5", -1.5));
    CHECK(alerts("-5:-1.5", -1.4));
    CHECK_FALSE(alerts("-10:0", -10));
    CHECK(alerts("0", 0.1));
    CHECK_FALSE(alerts("0", 0));
    CHECK(alerts("@0", 0));
    CHECK(alerts("@~:0", -3));
    CHECK_FALSE(alerts("~:", -1e9));
    CHECK(alerts("@~:", 0));
    CHECK_FALSE(alerts(":10", 10));
    CHECK(alerts(":10", -1));
    CHECK_FALSE(alerts(".5:1.", 0.5));
}

TEST_CASE("what never was is beyond every end", "[probe]") {
    CHECK(alerts("~:7200", infinity));
    CHECK(alerts("7200", infinity));
    CHECK_FALSE(alerts("7200:", infinity));
    CHECK_FALSE(alerts("@10:20", infinity));
}

TEST_CASE("a range is written as plain numbers of its unit", "[probe]") {
    CHECK(text("10") == "10");
    CHECK(text("0:10") == "10");
    CHECK(text("10:") == "10:");
    CHECK(text("0:") == "0:");
    CHECK(text("~:10") == "~:10");
    CHECK(text("~:") == "~:");
    CHECK(text("@10:20") == "@10:20");
    CHECK(text("@-1.50:2.25") == "@-1.5:2.25");
    CHECK(text("-0") == "0");
    CHECK(text("95%:", Unit::per_cent) == "95:");
    CHECK(text("~:2h", Unit::seconds) == "~:7200");
    CHECK(text("1h30m:26h", Unit::seconds) == "5400:93600");
    CHECK(text("90", Unit::seconds) == "90");
    CHECK(text("0.25s:1d", Unit::seconds) == "0.25:86400");
    CHECK(text("10000000000000000", Unit::count) == "10000000000000000");
}

TEST_CASE("what is no range is refused", "[probe]") {
    for (const char* bad :
         {"",    "@",    ":",   "@:",  "~",   "10:~", "20:10", "1:2:3", "ten", "1e3", "inf",
          "nan", "0x10", "10 ", " 10", "+10", "--1",  "1,5",   "95%",   "2h",  "-",   "-10"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(Threshold::parse(bad, Unit::count), UsageError);
    }
    // What shells make of ~:10.
    CHECK_THROWS_AS(Threshold::parse("/root:10", Unit::seconds), UsageError);
    CHECK_THROWS_AS(Threshold::parse("95%%", Unit::per_cent), UsageError);
    CHECK_THROWS_AS(Threshold::parse("95%", Unit::seconds), UsageError);
    CHECK_THROWS_AS(Threshold::parse("2x", Unit::seconds), UsageError);
    CHECK_THROWS_AS(Threshold::parse("2h:1h", Unit::seconds), UsageError);
}

TEST_CASE("a share that may be a fraction is refused", "[probe]") {
    for (const char* range : {"0.95:", "~:0.05", "@0.1:95", "1:", "0.9:1"}) {
        CHECK_THROWS_AS(Threshold::parse(range, Unit::per_cent), UsageError);
        CHECK_NOTHROW(Threshold::parse(range, Unit::count));
    }
    CHECK(text("0.95%:", Unit::per_cent) == "0.95:");
    CHECK(text("1%:", Unit::per_cent) == "1:");
    CHECK(text("0:", Unit::per_cent) == "0:");
    CHECK(text("1.01:", Unit::per_cent) == "1.01:");
    try {
        Threshold::parse("0.95:", Unit::per_cent);
    } catch (const UsageError& error) {
        CHECK(error.what() == std::string("\"0.95:\" is in per cent, and 0.95 may be a fraction"));
        CHECK(error.hint() == "write 95 for the fraction, or 0.95% for so few per cent");
    }
}
