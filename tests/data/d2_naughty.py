#!/usr/bin/env python3
"""D2: the 515 naughty strings, all controls and more, as ids, types, statuses, definitions and unknown members, through every
format, log and message: machines get every text back, people see it, nothing of it acts and no column breaks. Ends with 77
where the strings are absent."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from d2_machines import Machines
from d2_messages import Messages
from d2_people import People
from naughty import naughty_texts, visible, width
from naughty_store import Program, make_store
from program import Findings, arguments, scratch

given = arguments(__doc__, only="machines, people or messages")
findings = Findings()
public, texts = naughty_texts()
# As many texts, as wide, in which nothing is wrong.
harmless = [text and ("harmless %04d" % number).ljust(width(visible(text)), "x") for number, text in enumerate(texts)]
with scratch() as folder:
    program, made = make_store(given.program, folder, "naughty", texts)
    twin, _ = make_store(given.program, folder, "harmless", harmless)
    machines = Machines(program, made, findings)
    people = People(program, twin, made, findings)
    messages = Messages(program, texts, findings)
    if given.only in (None, "machines"):
        machines.check_all()
        machines.check_export(Program(given.program, os.path.join(folder, "again.db")))
        # No argument holds NUL; and one in brackets is a list to CLI11 wherever there may be several: a limit that we have.
        ids = [id for id in (report["id"] for report in made) if "\0" not in id and (id[0], id[-1]) != ("[", "]")]
        machines.check_show(ids if given.long else ids[::3])
    if given.only in (None, "people"):
        people.check_all()
    if given.only in (None, "messages"):
        messages.check_all(folder, given.long)
findings.conclude("D2: %d naughty strings and %d more, %d reports; machines: %d outputs with %d texts back; people: %d outputs, %d "
                  "lines, %d elements; %d answers, %d log lines, %d messages" % (
                      public, len(texts) - public, len(made), machines.outputs, machines.texts, people.outputs, people.lines,
                      people.elements, messages.answers, messages.log_lines, messages.messages))
