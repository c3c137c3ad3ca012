// Turns the rows of an answer into bars: a bar a row, a picture a group where there is a series.
#pragma once

#include "core/answers/durations.hpp"
#include "core/query/twins.hpp"
#include "core/table/plot.hpp"

#include <functional>
#include <string>
#include <vector>

namespace jobtally::answers {

// `lengths` gets the values of `keys` in a row (0 where unknown) and makes the parts of its bar.
struct PlotSpec {
    std::vector<table::PlotPart> parts;
    std::vector<std::string> keys;
    std::function<std::vector<double>(const std::vector<double>&)> lengths;
    std::vector<std::string> figures;  // keys of the figures behind each bar
};

PlotSpec rates_plot();      // succeeded, partial and failed reports
PlotSpec failures_plot();   // failed reports
PlotSpec durations_plot();  // the median, for series; -p must have 50

// The rows in the table's order; definitions of one name are told apart.
table::Plots plots_of(table::ResultTable table, const PlotSpec& spec, const query::Twins& twins);

// A histogram of the durations of each of `groups`, places of the answer's rows, in their order.
// The durations must have been kept. Sixteen buckets, each as much longer than the one before.
table::Plots distributions_of(const DurationsAnswer& answer, const std::vector<std::size_t>& groups,
                              const query::Twins& twins);

}  // namespace jobtally::answers
