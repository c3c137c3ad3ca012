#!/usr/bin/env python3
"""nginx and Caddy in front of the listener, with the configurations of jobtally-service(7) as they are printed there (ports and
files are the test's own): reports come through TLS and are stored, those to a wrong path and those too large are kept as
rejected, the log names the client behind the proxy; with nginx a sender that has gone loses nothing, as that page says.

Usage: proxy.py PATH-OF-JOBTALLY nginx|caddy. Skipped where that, or openssl, is missing.
"""
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
from messages import SECRET, post, report  # noqa: E402
from program import Findings, scratch  # noqa: E402
from served import Served, bare_environment  # noqa: E402


def printed(first):
    """The block of the page that begins with this."""
    page = (ROOT / "man/jobtally-service.7").read_text()
    return re.search(r"\.Bd -literal\n(%s.*?)\.Ed\n" % re.escape(first), page, re.DOTALL)[1]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def nginx(folder, port, listener):
    server = printed("server {").replace("443", "127.0.0.1:%d" % port).replace("127.0.0.1:8080", "127.0.0.1:%d" % listener)
    server = server.replace("/etc/ssl/", folder + "/")
    places = "".join("%s %s/%s; " % (name, folder, name) for name in (
        "client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path"))
    Path(folder, "nginx.conf").write_text("daemon off; pid %s/pid; error_log stderr; events {}\nhttp { access_log off; %s\n%s}\n"
                                          % (folder, places, server))
    return ["nginx", "-p", folder, "-c", folder + "/nginx.conf"]


def caddy(folder, port, listener):
    site = printed("jobs.example.org {").replace("jobs.example.org", "jobs.example.org:%d" % port).replace(":8080", ":%d" % listener)
    site = site.replace("{\n", "{\n    tls %s/jobs.pem %s/jobs.key\n" % (folder, folder), 1)
    Path(folder, "Caddyfile").write_text("{\n  admin off\n  auto_https disable_redirects\n}\n" + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder + "/Caddyfile"]


class Proxied:
    def __init__(self, folder, port):
        self.port = port
        self.context = ssl.create_default_context(cafile=folder + "/jobs.pem")

    def connect(self):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=("127.0.0.2", 0))
        return self.context.wrap_socket(raw, server_hostname="jobs.example.org")

    def status(self, request):
        with self.connect() as connection:
            connection.sendall(request.replace(b"Host: x", b"Host: jobs.example.org"))
            return int(connection.recv(4096).split()[1])

    def wait(self, process):
        for _ in range(200):
            try:
                with self.connect():
                    return True
            except OSError:
                if process.poll() is not None:
                    return False
                time.sleep(0.1)
        return False


def addressed(name, **more):
    return addressed_body(report(name), **more)


def addressed_body(body, target="/jobtally", **more):
    request = post(body, target=target, **more)
    return re.sub(rb"(?i)\r\nhost: [^\r]*", b"\r\nHost: jobs.example.org", request, count=1)


def look(served, proxied, keeps_gone, findings):
    findings.check(proxied.status(addressed("through")) == 200, "a report through the proxy was not answered 200")
    findings.check(proxied.status(addressed("wrong", authorization="Bearer wrong")) == 401, "a wrong secret was not answered 401")
    findings.check(proxied.status(addressed("slash", target="/jobtally/")) == 200, "a slash at the end was not answered 200")
    for target in ("/jobtaly", "/jobtally/more"):
        findings.check(proxied.status(addressed(target, target=target)) == 404, target + " was not answered 404")
    for megabytes in (1, 8):
        large = report("large", padding="x" * (megabytes << 20))
        with suppress(ssl.SSLError, OSError):  # Caddy hangs up with the answer, while we write
            status = proxied.status(addressed_body(large))
            findings.check(status == 413, "%d MiB were answered %d, not 413" % (megabytes, status))
    if keeps_gone:
        with proxied.connect() as connection:  # and gone, before an answer
            connection.sendall(addressed("gone"))
        for _ in range(100):
            if "gone" in served.ids():
                break
            time.sleep(0.1)
    wanted = {"through", "slash"} | ({"gone"} if keeps_gone else set())
    findings.check(served.ids() == wanted, "stored: %s" % served.ids())
    kept = [row["body"] for row in served.rejected()]
    findings.check([next((name for name in ("jobtaly", "more", "large") if name in body), "?") for body in kept]
                   == ["jobtaly", "more", "large", "large"], "kept as rejected: %s" % [body[:80] for body in kept])
    time.sleep(0.2)
    line = next((line for line in served.log if "report=through" in line), "no line")
    findings.check("client=127.0.0.2" in line, "the access log does not name the client: " + line)


def main():
    program, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.environ["PATH"] += ":/usr/sbin"  # where nginx is, and not all look
    if not shutil.which(name) or not shutil.which("openssl"):
        print("skipped: no %s" % (name if not shutil.which(name) else "openssl"))
        sys.exit(77)
    findings = Findings()
    with scratch() as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=jobs.example.org", "-addext",
                        "subjectAltName=DNS:jobs.example.org", "-keyout", folder + "/jobs.key", "-out", folder + "/jobs.pem"],
                       check=True, capture_output=True)
        os.chmod(folder, 0o755)  # nginx's workers have another user where root starts it
        with Served(program, folder + "/s.db", "--trusted-proxy", "127.0.0.1", is_quiet=False) as served:
            port = free_port()
            command = {"nginx": nginx, "caddy": caddy}[name](folder, port, served.port)
            with open(folder + "/log", "w") as log:
                process = subprocess.Popen(command, stdout=log, stderr=log, env={**bare_environment(), "HOME": folder, "XDG_DATA_HOME": folder})
            try:
                proxied = Proxied(folder, port)
                if findings.check(proxied.wait(process), name + " did not start: " + Path(folder, "log").read_text()):
                    look(served, proxied, name == "nginx", findings)
            finally:
                process.terminate()
                process.wait()
    findings.conclude(name + ": through TLS, wrong secret, wrong paths, too large, gone senders, the client in the log")


if __name__ == "__main__":
    main()
