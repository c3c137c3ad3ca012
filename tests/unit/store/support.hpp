// What the store's tests share: a folder that goes away, and reports made by hand or by chance.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/catalogue.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/upkeep/status.hpp"

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

namespace jobtally::store_tests {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "jobtally-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        m_path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::filesystem::path operator/(const char* name) const { return m_path / name; }
    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

inline time::Instant at(std::int64_t micros) {
    return time::instant_from_micros(micros);
}

inline model::JobReport report_of(std::string id, std::int64_t created_at = 1'605'968'770'345'000) {
    model::JobReport report;
    report.id = std::move(id);
    report.status = "SUCCESS";
    report.type = "import";
    report.created_at = at(created_at);
    report.updated_at = at(created_at + 1'285'000);
    report.total_operations = 3;
    report.total_succeeded = 2;
    report.total_failed = 1;
    report.definition_id = "d1";
    report.definition_name = "Nightly";
    return report;
}

// Reports that collide: few ids, few definitions, missing fields, extreme values.
class ReportsByChance {
  public:
    ReportsByChance(unsigned seed, int ids) : m_random(seed), m_ids(ids) {}

    int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(limit)); }

    model::JobReport next() {
        model::JobReport report;
        report.id = "id" + std::to_string(below(m_ids));
        constexpr const char* statuses[] = {"SUCCESS", "FAILURE", "RUNNING", "PAUSED"};
        report.status = statuses[below(4)];
        report.created_at = at(below(50) * 1'000 + (below(20) == 0 ? 7 : 0));
        if (below(5) != 0) report.updated_at = at(below(200) * 1'000 - 20'000);
        if (below(5) != 0) report.type = below(2) != 0 ? "import" : "export";
        if (below(5) != 0) report.total_operations = below(30) == 0 ? INT64_MAX : below(300);
        if (below(5) != 0) report.total_succeeded = below(30) == 0 ? INT64_MAX : below(300);
        if (below(5) != 0) report.total_failed = below(30) == 0 ? INT64_MAX : below(3);
        if (below(5) != 0) report.definition_id = "d" + std::to_string(below(5));
        if (below(5) != 0) report.definition_name = "name" + std::to_string(below(4));
        return report;
    }

  private:
    std::mt19937 m_random;
    int m_ids;
};

inline model::Outcome put_one(store::Store& store, const model::JobReport& report,
                              std::int64_t received_at = 5) {
    store::WriteTransaction transaction(store);
    const auto outcome = transaction.put(report, at(received_at));
    transaction.commit();
    return outcome;
}

}  // namespace jobtally::store_tests
