"""Posting at a steady pace, and how long the answers take."""

import threading
import time

from listener import in_threads
from reports import body


def percentile(values, percent):
    """Nearest-rank, as jobtally's own."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


class Pace:
    """Posts new reports from several connections until it is ended or `most` were posted; `rate` is a second's, of all.

    answers has, for each, when it was sent (monotonic seconds), how long its answer took, and its status. What is
    behind its time is sent at once.
    """

    def __init__(self, listener, name, connections, rate, most):
        self.listener = listener
        self.name = name
        self.connections = connections
        self.rate = rate
        self.most = most
        self.answers = []
        self.acknowledged = {}
        self.sent = {}
        self.unanswered = {}
        self.is_over = threading.Event()
        self.began = time.monotonic()
        self.threads = in_threads(self.work, connections)

    def work(self, number):
        id = None
        try:
            with self.listener.connect() as connection:
                for n in range(number, self.most, self.connections):
                    if self.is_over.wait(max(0, self.began + n / self.rate - time.monotonic())):
                        return
                    id = "%s-%d" % (self.name, n)
                    self.post(connection, id)
        except OSError as error:
            self.unanswered[id] = str(error)

    def post(self, connection, id):
        text = body(id)
        sent = self.sent[id] = time.monotonic()
        status, _ = connection.post(text)
        self.answers.append((sent, time.monotonic() - sent, status))
        if status // 100 == 2:
            self.acknowledged[id] = 1

    def join(self):
        for thread in self.threads:
            thread.join()

    def end(self):
        self.is_over.set()
        self.join()

    def count(self, status):
        return sum(1 for answer in self.answers if answer[2] == status)

    def times(self, since=0, until=float("inf")):
        return [took for sent, took, _ in self.answers if since <= sent < until]
