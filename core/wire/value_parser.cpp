#include "core/wire/value_parser.hpp"

#include "core/wire/report_handler.hpp"
#include "core/wire/window.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace jobtally::wire {

class ValueParser::Impl {
  public:
    using Parser = boost::json::basic_parser<ReportHandler>;

    static boost::json::parse_options options() {
        boost::json::parse_options result;
        result.max_depth = hard_depth;
        result.allow_invalid_utf8 = true;  // ReportHandler checks it and knows the member
        return result;
    }

    Step step_after(bool ended) {
        if (parser.handler().is_list()) return Step::list;
        if (error) return Step::broken;
        if (parser.handler().complete()) return Step::complete;
        return ended ? Step::broken : Step::more;
    }

    Parser parser{options()};
    boost::json::error_code error;
};

ValueParser::ValueParser() : m_impl(std::make_unique<Impl>()) {}
ValueParser::~ValueParser() = default;

ReportHandler& ValueParser::handler() {
    return m_impl->parser.handler();
}

void ValueParser::begin() {
    m_impl->parser.reset();
    m_impl->error = {};
}

ValueParser::Step ValueParser::read(Window& window, bool ended) {
    auto& parser = m_impl->parser;
    auto& error = m_impl->error;
    auto step = Step::more;
    if (!window.rest().empty()) {
        window.pass(parser.write_some(true, window.rest().data(), window.rest().size(), error));
        step = m_impl->step_after(false);
    }
    if (step != Step::more || !ended) return step;
    parser.write_some(false, "", 0, error);
    return m_impl->step_after(true);
}

std::string ValueParser::problem() const {
    using boost::json::error;
    const auto& code = m_impl->error;
    if (code == error::too_deep)
        return "nested deeper than " + std::to_string(hard_depth) + " levels";
    if (code == error::incomplete) return "the input ends within a value";
    if (code == error::syntax) return {};
    return code.message();
}

}  // namespace jobtally::wire
