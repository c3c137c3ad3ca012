"""F2: `jobtally listen` beside nginx that keeps nothing, with the same requests from wrk, over loopback."""

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from measuring import environment, remove_store, settle_disk, text_of

SECRET = "Bearer mF_9.B5f-4.1JqM"
CONNECTIONS = 64
SECONDS = 8  # a run


@dataclass
class Load:
    """What wrk counted. answered counts 2xx; p99 is in seconds. cpu_seconds and memory (bytes) are the server's."""
    answered: int
    refused: int
    broken: int
    seconds: float
    p99: float
    cpu_seconds: float = 0
    memory: int = 0

    def rate(self):
        return self.answered / self.seconds


def load(port, run):
    script = Path(__file__).with_name("distinct.lua")
    printed = text_of(["wrk", "--threads", 1, "--connections", CONNECTIONS, "--duration", f"{SECONDS}s",
                       "--script", script, f"http://127.0.0.1:{port}/", "--", run, SECRET])
    counted = re.search(r"^wrk (\d+) (\d+) (\d+) (\d+) \d+ (\d+)$", printed, re.MULTILINE)
    requests, refused, broken, micros, p99 = map(int, counted.groups())
    return Load(requests - refused, refused, broken, micros / 1e6, p99 / 1e6)


def load_server(command, port, run, errors):
    """Starts the server, loads it, ends it and waits: what it has promised is stored by then."""
    process = subprocess.Popen([str(part) for part in command], env=environment(), stderr=errors)
    try:
        wait_for(port)
        loaded = load(port, run)
    finally:
        process.terminate()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    loaded.cpu_seconds = usage.ru_utime + usage.ru_stime
    loaded.memory = usage.ru_maxrss * 1024
    return loaded


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
    return load_server(command, port, run, None)


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
        loaded = load_server(command, port, run, errors)
    stored = int(text_of([material.program, "--db", store, "rates", "--get", "reports"]))
    remove_store(store)
    return loaded, stored


def measure_f2(figures, material, _peer, rounds):
    nginx = nginx_program(material)
    if not shutil.which("wrk"):
        return figures.skip("F2", "wrk")
    idle, loads, stored = [], [], []
    for number in range(rounds):
        if nginx:
            idle.append(load_nginx(material, nginx, f"n{number:03d}"))
        loaded, rows = load_jobtally(material, f"j{number:03d}", None)
        loads.append(loaded)
        stored.append(rows)
    add(figures, "jobtally", loads)
    if nginx:
        add(figures, "nginx", idle)
    else:
        figures.skip("F2.nginx", "nginx")
    add_stored(figures, loads, stored)
    log = material.folder / "listen.log"
    add(figures, "jobtally_with_access_log", [load_jobtally(material, "l000", log)[0]])
    log.unlink()


def add(figures, name, loads):
    figures.add(f"F2.{name}", [loaded.rate() for loaded in loads], "requests/s")
    figures.add(f"F2.{name}_p99", [loaded.p99 * 1e3 for loaded in loads], "ms")
    used = [loaded.cpu_seconds / loaded.answered * 1e6 for loaded in loads]
    figures.add(f"F2.{name}_cpu", used, "us/request")
    figures.recorded[f"F2.{name}"]["cpu"] = used
    figures.add(f"F2.{name}_memory", [loaded.memory * 1e-6 for loaded in loads], "MB")


def add_stored(figures, loads, stored):
    """Over all runs. Where wrk stops, up to one answer a connection is under way: stored, but not counted by wrk."""
    figures.add("F2.answered_2xx", sum(loaded.answered for loaded in loads), "reports")
    figures.add("F2.stored", sum(stored), "reports")
    figures.add("F2.not_2xx", sum(loaded.refused for loaded in loads), "answers")
    figures.add("F2.broken", sum(loaded.broken for loaded in loads), "connections")
    for loaded, rows in zip(loads, stored):
        if not loaded.answered <= rows <= loaded.answered + loaded.refused + CONNECTIONS:
            raise RuntimeError(f"{loaded.answered} reports were answered with 2xx, but {rows} are stored")
