"""Plays the service manager: holds listening sockets, passes them, hears what the service says."""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

# LISTEN_PID must be the pid of the program itself, so a shell that execs sets it. The sockets are moved to 3, 4, ...
LAUNCH = r'''
import os, sys
count = int(sys.argv[1])
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(count))
if os.environ.get("WATCHDOG_USEC"):
    os.environ["WATCHDOG_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
'''


class ServiceManager:
    """Sockets on 127.0.0.1 that outlive the services which are started one after the other."""

    def __init__(self, names=("jobtally.socket",), listening=None, watchdog_usec=None, abstract=True):
        self.names = list(names)
        self.sockets = listening or [self._listening() for _ in names]
        self.ports = [one.getsockname()[1] if one.family != socket.AF_UNIX else None for one in self.sockets]
        self.watchdog_usec = watchdog_usec
        self.folder = tempfile.TemporaryDirectory()
        path = "\0jobtally-%d-%d" % (os.getpid(), id(self)) if abstract else os.path.join(self.folder.name, "notify")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(path)
        self.notify_name = path.replace("\0", "@")
        self.heard = []  # (time, {key: value})
        self.reader = threading.Thread(target=self._hear, daemon=True)
        self.reader.start()

    @staticmethod
    def _listening():
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        one.listen(4096)
        return one

    def _hear(self):
        while True:
            try:
                message = self.notify.recv(4096)
            except OSError:
                return
            self.heard.append((time.time(), dict(line.split("=", 1) for line in message.decode().split("\n") if line)))

    def start(self, program, *arguments, environment=None, stderr=subprocess.DEVNULL):
        """The service, once it has said READY=1; raises when it ends before."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        env.update(NOTIFY_SOCKET=self.notify_name, LISTEN_FDNAMES=":".join(self.names), **(environment or {}))
        if self.watchdog_usec:
            env["WATCHDOG_USEC"] = str(self.watchdog_usec)
        descriptors = [one.fileno() for one in self.sockets]

        def arrange():  # in the child: out of the way first, then to 3, 4, ...
            aside = [os.dup(fd) for fd in descriptors]
            high = [os.dup2(fd, 200 + i) for i, fd in enumerate(aside)]
            for i, fd in enumerate(high):
                os.dup2(fd, 3 + i)

        seen = len(self.heard)
        service = subprocess.Popen([sys.executable, "-c", LAUNCH, str(len(descriptors)), program, *arguments], env=env,
                                   preexec_fn=arrange, pass_fds=[3 + i for i in range(len(descriptors))],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, text=True)
        self.wait_for("READY", service, seen)
        return service

    def wait_for(self, key, service, seen=0, patience=30):
        deadline = time.time() + patience
        while not any(key in message for _, message in self.heard[seen:]):
            if time.time() > deadline or (key == "READY" and service.poll() is not None):
                raise RuntimeError("no %s was heard: %s" % (key, self.heard[seen:]))
            time.sleep(0.005)

    def close(self):
        for one in self.sockets:
            one.close()
        self.notify.shutdown(socket.SHUT_RDWR)
        self.notify.close()
        self.folder.cleanup()
