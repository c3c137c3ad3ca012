#include "cli/terminal/tally.hpp"

namespace jobtally::cli {

namespace {

table::ResultTable tally_table(const model::Tally& tally) {
    table::ResultTable table;
    for (const char* key : {"read", "stored", "updated", "unchanged", "stale", "rejected"}) {
        table.columns.push_back({key, key});
    }
    table.rows = {
        {tally.read(), tally.stored, tally.updated, tally.unchanged, tally.stale, tally.rejected}};
    return table;
}

}  // namespace

void print_tally(Output& output, const model::Tally& tally) {
    const auto table = tally_table(tally);
    output.format() == render::Format::json ? output.print_record(table) : output.print(table);
}

}  // namespace jobtally::cli
