// Thresholds in the range syntax of monitoring plugins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::probe {

// In what a metric is measured, and so what its thresholds are.
enum class Unit : std::uint8_t {
    count,
    per_cent,  // 95 is 95 %
    seconds,
};

// `[@][start:][end]`: `10`, `10:`, `~:10`, `10:20`, `@10:20`. Both ends belong to the range; a
// value outside of it alerts, with `@` one inside. A missing start is 0, `~` is minus infinity, a
// missing end infinity. Monitoring Plugins Development Guidelines, "Threshold and Ranges".
class AlertRange {
  public:
    // Ends are decimal numbers. Of per cent they may carry a `%`, of seconds they may be lengths
    // such as `26h`. Throws UsageError.
    static AlertRange parse(std::string_view text, Unit unit);

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
