"""A unix socket at which somebody listens and accepts nobody, with its queue full."""
import contextlib
import socket


@contextlib.contextmanager
def full_queue(path):
    with contextlib.ExitStack() as stack:
        owner = stack.enter_context(socket.socket(socket.AF_UNIX))
        owner.bind(path)
        owner.listen(0)
        is_full = False
        while not is_full:
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            is_full = waiting.connect_ex(path) != 0
        yield
