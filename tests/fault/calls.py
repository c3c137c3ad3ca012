"""strace's lines while they come, as calls that begin and end.

strace tells the entry of a call before the kernel carries it out and its end after that, so a call whose end stands
above the entry of another one was over before the other began.
"""

import re

CALL = re.compile(r"(\d+) +(\w+)\((?:\d+<([^>]*)>)?(.*)", re.DOTALL)
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)", re.DOTALL)
UNFINISHED = "<unfinished ...>"


class Calls:
    """Who derives from it has begin(name, file, rest), whose value is handed to end(name, file, rest, begun, result);
    `file` is the path of the descriptor, `rest` the text of all other arguments."""

    def __init__(self):
        self.unfinished = {}  # thread: the call that it is in

    def feed(self, line):
        resumed = RESUMED.match(line)
        if resumed:
            name, file, rest, begun = self.unfinished.pop(resumed[1], (None, None, "", None))
            return name and self.end(name, file, rest + resumed[2], begun, result_of(resumed[2]))
        called = CALL.match(line)
        if not called:
            return None
        thread, name, file, rest = called.groups()
        begun = self.begin(name, file or "", rest)
        if rest.rstrip().endswith(UNFINISHED):
            self.unfinished[thread] = (name, file or "", rest, begun)
            return None
        return self.end(name, file or "", rest, begun, result_of(rest))


def result_of(rest):
    return rest.rsplit(" = ", 1)[-1].split()[0]
