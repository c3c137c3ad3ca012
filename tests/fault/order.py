"""Reads strace's lines while they come and judges the order of system calls: what was answered 2xx stood in the log,
with its commit, before a sync of the log that began after that and was done, well, before the answer was sent.

strace tells the entry of a call before the kernel carries it out and its end after that, so a call whose end stands
above the entry of another one was over before the other began.
"""

import ast
import re

CALLS = "pwrite64,fdatasync,fsync,ftruncate,sendto,sendmsg,write,writev"
WHOLE_PAGE = 20000  # characters that a page of the store may need

CALL = re.compile(r"(\d+) +(\w+)\(\d+<([^>]*)>(.*)", re.DOTALL)
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>.*\) += (\S+)")
TOKEN = re.compile(r"p2-\d{6}")
BYTES = re.compile(r', ("(?:[^"\\]|\\.)*")')
HEADER = re.compile(r", 32, 0(\)| <unfinished)")  # the first bytes of the log, which is begun anew


class Order:
    def __init__(self, store):
        self.store = store
        self.log = store + "-wal"
        self.unfinished = {}  # thread: the call that it is in
        self.in_transaction = set()  # in the log, without a commit
        self.committed = set()  # in the log with their commit, not synced
        self.synced = set()
        self.commit_ends_with_next = False
        self.log_is_dirty = self.store_is_dirty = False
        self.answers = self.syncs = self.emptied = 0
        self.problems = []

    def feed(self, line):
        resumed = RESUMED.match(line)
        if resumed:
            call = self.unfinished.pop(resumed[1], None)
            return call and self.end(*call, resumed[2])
        called = CALL.match(line)
        if not called:
            return None
        thread, name, file, rest = called.groups()
        call = (name, file, rest, self.begin(name, file, rest))
        if rest.rstrip().endswith("<unfinished ...>"):
            self.unfinished[thread] = call
            return None
        return self.end(*call, rest.rsplit(" = ", 1)[-1].split()[0])

    def begin(self, name, file, rest):
        """What a sync will cover, if it ends well; answers and the emptying of the log are judged by their beginning."""
        if name.endswith("sync"):
            covered = (file, set(self.committed))
            self.log_is_dirty &= file != self.log
            self.store_is_dirty &= file != self.store
            return covered
        if file == self.log and (name == "ftruncate" or HEADER.search(rest[-60:])):
            self.empty_log()
        if file == self.store and self.log_is_dirty:
            self.problems.append("the store is written before the log is synced: %s%.80s" % (name, rest))
        if "HTTP/1.1 2" in rest[:100]:
            self.answer(rest)
        return None

    def end(self, name, file, rest, covered, result):
        if name.endswith("sync"):
            self.end_sync(covered, result)
        elif name == "pwrite64" and file == self.log:
            self.end_log_write(rest)
        elif name == "pwrite64" and file == self.store:
            self.store_is_dirty = True

    def end_sync(self, covered, result):
        file, committed = covered
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
