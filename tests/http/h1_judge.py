"""Sends hostile requests, each on a connection of its own, and judges what came of each."""
from concurrent.futures import ThreadPoolExecutor

from messages import read_all

REFUSALS = {400, 401, 404, 405, 408, 413, 414, 415, 417, 422, 431, 501, 505}


class Judgement:
    def __init__(self, served, findings, most_answers=1):
        self.served, self.findings, self.most_answers = served, findings, most_answers
        self.notes = []  # what was not taken though it may be
        self.cases = self.refused = self.closed = self.accepted = 0

    def send(self, request):
        with self.served.connect(timeout=8) as connection:
            try:
                connection.sendall(request)
            except OSError:
                pass  # it was refused before its end
            try:
                return read_all(connection)
            except OSError:
                return [], True

    def judge(self, case):
        name, verdict = case.name, case.verdict
        if verdict == "accept":
            return self.judge_acceptable(case)
        answers, has_ended = self.send(case.request)
        statuses = [answer.status for answer in answers]
        self.findings.check(has_ended, "%s: not closed (%s)" % (name, statuses))
        self.findings.check(len(answers) <= self.most_answers and set(statuses) <= REFUSALS, "%s: answered %s" % (name, statuses))
        if answers:
            self.refused += 1
            self.findings.check(answers[-1].fields.get("connection") == "close", "%s: does not say it closes" % name)
        else:
            self.closed += 1

    def judge_acceptable(self, case):
        with self.served.connect(timeout=8) as connection:
            connection.sendall(case.request)
            connection.settimeout(0.3)
            answers, _ = read_all(connection)
        statuses = [answer.status for answer in answers]
        self.findings.check(len(answers) == 1, "%s: %d answers" % (case.name, len(answers)))
        self.findings.check(set(statuses) <= {200} | REFUSALS, "%s: answered %s" % (case.name, statuses))
        self.accepted += statuses == [200]
        self.refused += statuses != [200]
        if statuses != [200]:
            self.notes.append("%s: %s" % (case.name, statuses))

    def judge_and_go_on(self, case):
        self.judge(case)
        self.findings.check(self.served.serves_honest(), "%s: the next honest request was not served" % case.name)

    def judge_all(self, cases):
        with ThreadPoolExecutor(16) as pool:
            for _ in pool.map(self.judge_and_go_on, cases):
                self.cases += 1

    def smuggled(self):
        smuggled = sorted(id for id in self.served.ids() if id.startswith("smuggled"))
        for id in smuggled:
            self.findings.check(False, "stored: " + id)
        return len(smuggled)
