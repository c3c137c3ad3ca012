"""Peers that are slow on purpose, many at a time, in one thread: as soon as one is closed another takes its place."""
import selectors
import socket
import time


class Kind:
    """What a slow peer sends first, and then again and again; one that never reads sends without a pause."""

    def __init__(self, name, first=b"", drip=b"", every=0.25, reads=True):
        self.name, self.first, self.drip, self.every, self.reads = name, first, drip, every, reads


class Peer:
    def __init__(self, served, kind, number):
        self.kind = kind
        # Addresses of their own: a limit for each peer is another test's.
        self.socket = served.connect(source="127.0.3.%d" % (1 + number % 100), receive_buffer=None if kind.reads else 4096)
        if not kind.reads:  # else our own kernel would hold megabytes of requests
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        self.socket.setblocking(False)
        self.began = time.monotonic()
        self.stuck_since = None
        self.next = self.began + kind.every
        self.answer = b""
        if kind.first:
            self.socket.send(kind.first)

    def is_closed(self, is_readable):
        """Takes what has come and sends what is due; true once the connection has ended."""
        try:
            if is_readable and self.kind.reads:
                piece = self.socket.recv(65536)
                self.answer += piece
                return not piece
            return self.send_more()
        except BlockingIOError:
            return False
        except OSError:
            return True

    def send_more(self):
        if not self.kind.reads:
            try:
                for _ in range(2):  # no more at a time: the others have to get their turn
                    self.socket.send(self.kind.drip)
                    self.stuck_since = None
            except BlockingIOError:
                self.stuck_since = self.stuck_since or time.monotonic()
        elif self.kind.drip and time.monotonic() >= self.next:
            self.next += self.kind.every
            self.socket.send(self.kind.drip)
        return False

    def lived(self, now):
        """Seconds for which it was suffered: one that never reads counts from when it was stuck."""
        return now - (self.began if self.kind.reads else self.stuck_since or now)


class Crowd:
    def __init__(self, served, kind, size):
        self.served, self.kind, self.size = served, kind, size
        self.peers = selectors.DefaultSelector()
        self.opened = 0
        self.lifetimes, self.statuses = [], {}

    def open_one(self):
        peer = Peer(self.served, self.kind, self.opened)
        self.opened += 1
        self.peers.register(peer.socket, selectors.EVENT_READ if self.kind.reads else selectors.EVENT_WRITE, peer)

    def close(self, peer):
        self.peers.unregister(peer.socket)
        peer.socket.close()
        self.lifetimes.append(peer.lived(time.monotonic()))
        status = peer.answer[9:12].decode("latin-1") or "none"
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def tick(self):
        ready = {key.fd for key, _ in self.peers.select(timeout=0.02)}
        for key in list(self.peers.get_map().values()):
            if key.data.is_closed(key.fd in ready):
                self.close(key.data)

    def stay(self, seconds, patience):
        """Holds the crowd at its size, then waits until all were closed; how many were not is returned."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(min(50, self.size - len(self.peers.get_map()))):
                self.open_one()
            self.tick()
        while self.peers.get_map() and time.monotonic() < end + patience:
            self.tick()
        left = len(self.peers.get_map())
        for key in list(self.peers.get_map().values()):
            key.data.socket.close()
        self.peers.close()
        return left
