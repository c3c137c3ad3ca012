// Where an answer goes: stdout, or the file of --output, complete or not at all.
#pragma once

#include "cli/options/globals.hpp"
#include "cli/terminal/pager.hpp"
#include "core/query/histogram.hpp"
#include "core/query/twins.hpp"
#include "core/render/text/renderer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace jobtally::cli {

// Throws ClosedPipe when the reader of stdout has gone, IoError when bytes can't be written.
class Output {
  public:
    // The format is that of --json or -F, else the one that the output file's name ends with, else
    // `fallback`. Throws UsageError.
    explicit Output(const Globals& globals, render::Format fallback = render::Format::table);
    // Deletes a file that was not finished.
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    render::Format format() const { return m_format; }
    const render::Style& style() const { return m_style; }
    table::Sparkline sparkline() const { return render::sparkline_for(m_format, m_style); }

    // From now on people see definitions of equal name told apart; machines see the names.
    void tell_apart(const query::Scope& scope);
    const query::Twins& twins() const { return m_twins; }
    // The table as it is to be rendered: told apart, with the columns of --columns.
    table::ResultTable prepared(table::ResultTable table) const;
    // The table in the chosen format; on a terminal with the columns that have room, and a note
    // about the others.
    void print(table::ResultTable table);
    void print(table::Digest digest);
    // Bars, as text.
    void print(const table::Plots& plots);
    // As print(), but a table of one row is shown as a record; in html there may be several rows.
    void print_record(table::ResultTable table);
    void write(std::string_view bytes);
    // Sends what was written so far to a reader who is waiting for it. No pager comes after that.
    void flush();
    // Sends the rest; where it goes to a file, it is on disk then.
    void sync();
    // Sends the rest and gives the file its name; with sync() before, that is on disk too. To be
    // called once, at the end.
    void finish();

  private:
    void open_file();
    void send();
    void page_if_long();

    const Globals& m_globals;
    render::Format m_format;
    render::Style m_style;
    query::Twins m_twins;
    std::string m_path;       // what --output names, links followed; empty: stdout
    std::string m_temporary;  // the file that will get that name
    int m_descriptor;
    std::string m_waiting;
    bool m_may_page;
    std::optional<Pager> m_pager;
};

// What a terminal had no room for, unless it is to be quiet.
void note_left_out(const Globals& globals, const std::vector<std::string>& titles);

// For text that is not an answer, such as help. Throws as Output does.
void write_to_stdout(std::string_view text);

// Sets the umask 0077, so that all files which the program makes are its user's alone, except those
// that --output names. Returns the user's own umask. To be called first in main(); only the first
// call changes anything.
mode_t keep_files_private();

}  // namespace jobtally::cli
