"""Judges the order of system calls on the spool: what was answered 202 was written to a file, the file was synced, then
named, then the folder synced, each well and over before the next began, and all before the answer was sent.

The answer does not name its report: it is the one that was read last from the same connection.
"""

import re

from calls import Calls
from order import TOKEN

NAMES = re.compile(r'"([^"]*)", "([^"]*)"')


class SpoolOrder(Calls):
    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.read = {}  # connection: the token that was read last
        self.written = {}  # path of a file that is not named yet: its tokens
        self.synced_files = {}
        self.named = set()  # tokens whose file has its name, but the folder is not synced
        self.safe = set()
        self.answers = self.syncs = 0
        self.problems = []

    def begin(self, name, file, rest):
        if name == "fsync" and file == self.folder:
            return set(self.named)
        if name == "fsync" and file in self.written:
            return set(self.written[file])
        if name == "rename":
            return self.synced_files.get(NAMES.search(rest)[1], set())
        if "HTTP/1.1 202" in rest[:100]:
            self.answer(file)
        return set()

    def end(self, name, file, rest, begun, result):
        if name == "recvfrom":
            for token in TOKEN.findall(rest):
                self.read[file] = token
        elif result.startswith("-"):
            self.problems.append("%s of %s ended with %s" % (name, file, result)) if name == "fsync" else None
        elif name == "write" and file.startswith(self.folder + "/"):
            self.written.setdefault(file, set()).update(TOKEN.findall(rest))
        elif name == "rename":
            self.named |= begun
        elif name == "fsync" and file == self.folder:
            self.syncs += 1
            self.safe |= begun
        elif name == "fsync":
            self.syncs += 1
            self.synced_files[file] = begun

    def answer(self, connection):
        self.answers += 1
        token = self.read.get(connection)
        if token not in self.safe:
            self.problems.append("%s is answered before it is safe in the spool" % token)
