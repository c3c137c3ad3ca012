// Robust measures of residuals, which are differences of logarithms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::judge {

// Nothing is steadier than this: 3 %.
inline constexpr double least_scale = 0.03;

// The lower median; there is at least one value.
double middle_of(std::span<const double> values);

// The mean of the middle half of the values, which are not empty. Unlike the median it does not
// jump where the values lie in two heaps. F. Mosteller and J. W. Tukey, "Data Analysis and
// Regression", Addison-Wesley (1977), 36.
double middle_mean(std::span<const double> values);

// The median of |x| divided by 0.6745: the standard deviation where they are normal about 0.
// F. R. Hampel, "The Influence Curve and its Role in Robust Estimation", Journal of the American
// Statistical Association 69 (1974), 383-393. 0 where there are none.
double median_scale(std::span<const double> residuals);

// How far residuals reach by chance. The tail is the greatest tenth of |x|: ten at least, half of
// all at most. In it chance falls exponentially with |x / scale|^1.25: faster than in an
// exponential distribution (power 1), slower than in a normal one (power 2). The very greatest (one
// residual in fifty, one at least) may be the outlier that is looked for: each counts only as the
// next below it. Five values of a normal tail are added to the mean excess, so that a few residuals
// do not decide.
// J. Pickands, "Statistical Inference Using Extreme Order Statistics", Annals of Statistics 3
// (1975), 119-131; B. Epstein and M. Sobel, "Life Testing", Journal of the American Statistical
// Association 48 (1953), 486-502, for the censored mean.
struct Tail {
    double share = 0;   // of the residuals in the tail
    double from = 0;    // where it begins, in |x / scale|^1.25
    double excess = 0;  // how far they are beyond, in the mean
    double scale = 0;

    // The distance that a residual exceeds with a probability, below `share`.
    double reach(double probability) const;
};
Tail tail_of(std::span<const double> residuals, double scale);
std::size_t spared_of(std::size_t residuals);  // how many may be outliers

// The z that N(0, 1) exceeds with a probability of 0 to 1/2.
double one_sided_z(double probability);

// The probability of `least` and more of `count`.
double binomial_tail(std::int64_t least, std::int64_t count, double probability);

// The difference of the means of the values from a split on and of those before it, in standard
// errors. The values are winsorised at three scales about their median (the scale is that of
// differences from one to the next, which no change of level widens), so that a few odd ones decide
// nothing.
// W. J. Dixon and J. W. Tukey, "Approximate Behavior of the Distribution of Winsorized t",
// Technometrics 10 (1968), 83-98; for the scale P. Hall, J. W. Kay and D. M. Titterington,
// "Asymptotically Optimal Difference-based Estimation of Variance", Biometrika 77 (1990), 521-528.
class WinsorisedMeans {
  public:
    // At least two values.
    explicit WinsorisedMeans(std::span<const double> values);
    // There are values on both sides of the split. The growth between the two means that is to be
    // expected is taken off a difference of the same sign.
    double z(std::size_t split, double growth = 0) const;

  private:
    std::vector<double> m_sums{0}, m_squares{0};  // of the first i values
};

// Kendall's S of the values against their order, standardised: above 0 where they rise.
// H. B. Mann, "Nonparametric Tests Against Trend", Econometrica 13 (1945), 245-259.
double mann_kendall_z(std::span<const double> values);

// The median slope of all pairs. P. K. Sen, "Estimates of the Regression Coefficient Based on
// Kendall's Tau", Journal of the American Statistical Association 63 (1968), 1379-1389. `at`
// ascends strictly, and there are two values and more.
double median_slope(std::span<const double> values, std::span<const double> at);

// False only where |median_slope| is less than that, which is above 0: it takes a fraction of the
// time.
bool may_be_steep(std::span<const double> values, std::span<const double> at, double slope);

}  // namespace jobtally::judge
