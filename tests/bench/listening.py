"""F2: `jobtally listen` beside nginx that keeps nothing, with the same requests from wrk, over loopback."""

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import environment, figure, ratio, remove_store, settle_disk, skipped, text_of

SECRET = "Bearer mF_9.B5f-4.1JqM"
CONNECTIONS = 64
SECONDS = 8  # a run
PATIENCE = 60  # seconds for a server to end


@dataclass
class Load:
    """What wrk counted. answered counts 2xx; p99 is in seconds."""
    answered: int
    refused: int
    broken: int
    seconds: float
    p99: float

    def rate(self):
        return self.answered / self.seconds


def load(port, run):
    script = Path(__file__).with_name("distinct.lua")
    printed = text_of(["wrk", "--threads", 1, "--connections", CONNECTIONS, "--duration", f"{SECONDS}s",
                       "--script", script, f"http://127.0.0.1:{port}/", "--", run, SECRET])
    counted = re.search(r"^wrk (\d+) (\d+) (\d+) (\d+) \d+ (\d+)$", printed, re.MULTILINE)
    requests, refused, broken, micros, p99 = map(int, counted.groups())
    return Load(requests - refused, refused, broken, micros / 1e6, p99 / 1e6)


@contextmanager
def ended(process):
    """Ends the server in any case, and waits: what it has promised is stored by then."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def nginx_program(material):
    """setup.sh unpacks it without installing it, for an installed one would start to serve at once."""
    unpacked = material.folder / "peers/nginx/usr/sbin/nginx"
    return unpacked if unpacked.exists() else shutil.which("nginx")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load_nginx(material, program, run):
    folder = material.folder / "nginx"
    folder.mkdir(exist_ok=True)
    port = free_port()
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in
                     ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; pid {folder}/pid; error_log stderr error;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; keepalive_requests 100000000; {places}
            server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }}
        }}""")
    command = [program, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
    with ended(subprocess.Popen([str(part) for part in command], env=environment())):
        wait_for(port)
        return load(port, run)


def wait_for(port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def load_jobtally(material, run, log):
    """The load, and how many reports the store has after it. With a log each request is logged, else none."""
    store = material.scratch("listen.db")
    secrets = material.folder / "authorization"
    secrets.write_text(f"bench: {SECRET}\n")
    secrets.chmod(0o600)
    port = free_port()
    quiet = [] if log else ["--quiet"]
    command = [material.program, "--db", store, *quiet, "listen", "--bind", f"127.0.0.1:{port}", "--auth-file", secrets]
    settle_disk()
    with open(log or os.devnull, "w") as errors:
        with ended(subprocess.Popen([str(part) for part in command], env=environment(), stderr=errors)):
            wait_for(port)
            loaded = load(port, run)
    stored = int(text_of([material.program, "--db", store, "rates", "--get", "reports"]))
    remove_store(store)
    return loaded, stored


def print_f2(material, rounds):
    nginx = nginx_program(material)
    if not shutil.which("wrk"):
        return skipped("F2", "wrk")
    idle, loads = [], []
    for number in range(rounds):
        if nginx:
            idle.append(load_nginx(material, nginx, f"n{number:03d}"))
        loads.append(load_jobtally(material, f"j{number:03d}", None))
    print_peer(idle, [loaded for loaded, _ in loads])
    print_stored(loads)
    log = material.folder / "listen.log"
    logged, _ = load_jobtally(material, "l000", log)
    figure("F2.jobtally_with_access_log", logged.rate(), "requests/s")
    log.unlink()


def print_peer(idle, loads):
    rate = figure("F2.jobtally", [loaded.rate() for loaded in loads], "requests/s")
    if not idle:
        skipped("F2.nginx", "nginx")
    else:
        ratio("F2.ratio", rate, figure("F2.nginx", [loaded.rate() for loaded in idle], "requests/s"))
    p99 = figure("F2.jobtally_p99", [loaded.p99 for loaded in loads], "ms", 1000)
    if idle:
        ratio("F2.p99_ratio", p99, figure("F2.nginx_p99", [loaded.p99 for loaded in idle], "ms", 1000))


def print_stored(loads):
    """Over all runs. Where wrk stops, up to one answer a connection is under way: stored, but not counted by wrk."""
    answered = sum(loaded.answered for loaded, _ in loads)
    stored = sum(rows for _, rows in loads)
    figure("F2.answered_2xx", answered, "reports")
    figure("F2.stored", stored, "reports")
    figure("F2.not_2xx", sum(loaded.refused for loaded, _ in loads), "answers")
    figure("F2.broken", sum(loaded.broken for loaded, _ in loads), "connections")
    for loaded, rows in loads:
        if not loaded.answered <= rows <= loaded.answered + loaded.refused + CONNECTIONS:
            raise RuntimeError(f"{loaded.answered} reports were answered with 2xx, but {rows} are stored")
