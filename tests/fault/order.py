"""Judges the order of system calls on the store: what was answered 200 stood in the log, with its commit, before a sync
of the log that began after that and was done, well, before the answer was sent.
"""

import ast
import re

from calls import Calls

TOKEN = re.compile(r"p2-\d{6}")
BYTES = re.compile(r', ("(?:[^"\\]|\\.)*")')
HEADER = re.compile(r", 32, 0(\)| <unfinished)")  # the first bytes of the log, which is begun anew


class Order(Calls):
    def __init__(self, store):
        super().__init__()
        self.store = store
        self.log = store + "-wal"
        self.in_transaction = set()  # in the log, without a commit
        self.committed = set()  # in the log with their commit, not synced
        self.synced = set()
        self.commit_ends_with_next = False
        self.log_is_dirty = self.store_is_dirty = False
        self.answers = self.syncs = self.emptied = 0
        self.problems = []

    def begin(self, name, file, rest):
        """What a sync will cover, if it ends well; answers and the emptying of the log are judged by their begin."""
        if name.endswith("sync"):
            covered = (file, set(self.committed))
            self.log_is_dirty &= file != self.log
            self.store_is_dirty &= file != self.store
            return covered
        if file == self.log and (name == "ftruncate" or HEADER.search(rest[-60:])):
            self.empty_log()
        if file == self.store and self.log_is_dirty:
            self.problems.append("the store is written before the log is synced: %s%.80s" % (name, rest))
        if "HTTP/1.1 200" in rest[:100]:
            self.answer(rest)
        return None

    def end(self, name, file, rest, begun, result):
        if name.endswith("sync"):
            self.end_sync(begun, result)
        elif name == "pwrite64" and file == self.log:
            self.end_log_write(rest)
        elif name == "pwrite64" and file == self.store:
            self.store_is_dirty = True

    def end_sync(self, begun, result):
        file, committed = begun
        if result != "0":
            self.problems.append("a sync of %s ended with %s" % (file, result))
        elif file == self.log:
            self.syncs += 1
            self.synced |= committed
            self.committed -= committed

    def end_log_write(self, rest):
        self.log_is_dirty = True
        self.in_transaction.update(token for token in TOKEN.findall(rest) if token not in self.synced)
        if self.commit_ends_with_next:
            self.committed |= self.in_transaction
            self.in_transaction = set()
        self.commit_ends_with_next = is_commit_frame(rest)

    def answer(self, rest):
        for token in TOKEN.findall(rest):
            self.answers += 1
            if token not in self.synced:
                self.problems.append("%s is answered before its commit is synced" % token)

    def empty_log(self):
        self.emptied += 1
        if self.store_is_dirty:
            self.problems.append("the log is emptied before the store is synced")


def is_commit_frame(rest):
    """The 24 bytes in front of a page in the log name the size of the store where they end a transaction."""
    text = BYTES.match(rest)
    if not text or len(text[1]) > 100:
        return False
    frame = ast.literal_eval("b" + text[1])
    return len(frame) == 24 and frame[4:8] != b"\0\0\0\0"
