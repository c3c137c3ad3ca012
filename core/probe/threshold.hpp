// Thresholds in the range syntax of monitoring plugins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::probe {

// What a metric is measured in, and so what its thresholds are in.
enum class Unit : std::uint8_t {
    count,
    per_cent,  // 95 is 95 %
    seconds,
};

// Of a ratio, to ten decimals: 119 of 125 are 95.2 per cent, as a person writes it.
double per_cent(double ratio);

// A range `[@][start:][end]`: `10`, `10:`, `~:10`, `10:20`, `@10:20`. A value outside the range
// alerts; with `@`, a value inside does. Both ends belong to the range. A missing start is 0, `~`
// is minus infinity, and a missing end is infinity. Monitoring Plugins Development Guidelines,
// "Threshold and Ranges".
class Threshold {
  public:
    // Ends are decimal numbers. Of per cent they may carry a `%`, and must where they could be
    // meant as fractions (above 0 up to 1); of seconds they may be lengths such as `26h`. Throws
    // UsageError.
    static Threshold parse(std::string_view text, Unit unit);

    // The value may be infinite.
    bool alerts(double value) const;
    // The same range in plain numbers of the unit, as perfdata wants it.
    std::string text() const;

  private:
    double m_start;
    double m_end;
    bool m_alerts_inside;
};

}  // namespace jobtally::probe
