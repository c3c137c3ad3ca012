#!/usr/bin/env python3
"""H1: malformed and smuggling requests of our own. What must be rejected is refused or closed, no report that it carries
or that stands behind it is stored, and the next honest request on a new connection is served."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from h1_cases import cases
from h1_judge import Judgement
from naive import Naive
from program import Findings, arguments, scratch
from served import Served

given = arguments(__doc__)
findings = Findings()
with Naive() as naive:
    control = Judgement(naive, Findings(is_told=False))
    control.judge_all(cases())
    findings.check(control.smuggled() > 20, "the control was not caught")
with scratch() as folder, Served(given.program, os.path.join(folder, "store.db"), "--timeout", "1s") as served:
    judgement = Judgement(served, findings)
    judgement.judge_all(cases())
    smuggled = judgement.smuggled()
    taken = sum(id.startswith("taken") for id in served.ids())
    findings.check(taken == judgement.accepted, "%d of %d accepted reports stored" % (taken, judgement.accepted))
findings.conclude("H1 own list: %d cases, %d refused, %d closed without an answer, %d accepted as they may be, %d smuggled, "
                  "%d honest served; the control smuggled %d"
                  % (judgement.cases, judgement.refused, judgement.closed, judgement.accepted, smuggled, served.honest,
                     control.smuggled()))
