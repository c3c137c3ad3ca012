#!/usr/bin/env python3
"""S3: the units of data/systemd under systemd's own checks, and the program under the units' system call filter.

Usage: units.py PATH-OF-JOBTALLY SOURCE_DIR. Exits 77 where systemd-analyze is missing. Control runs with a broken and
a bare unit, and with a filter that is too tight, must fail.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MOST_EXPOSURE = 1.5
SERVICES = ("jobtally.service", "jobtally-summary.service")


def run(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, **more)


def copy_units(source, folder, program):
    """The units with the built program in them, and without their manual pages, which are not installed here."""
    names = sorted(os.listdir(source))
    for name in names:
        text = open(os.path.join(source, name)).read().replace("/usr/bin/jobtally", program)
        text = re.sub(r"^Documentation=.*\n", "", text, flags=re.M)
        with open(os.path.join(folder, name), "w") as copy:
            copy.write(text)
    return names


def verify(folder, names):
    done = run("systemd-analyze", "verify", *(os.path.join(folder, name) for name in names))
    return done.stdout.strip() or ("status %d" % done.returncode if done.returncode else "")


def exposure(path):
    printed = run("systemd-analyze", "security", "--offline=true", "--no-pager", path).stdout
    found = re.search(r"Overall exposure level for \S+: (\d+\.\d+)", printed)
    return float(found.group(1)) if found else 10.0


def set_members(name, seen=()):
    members = set()
    for line in run("systemd-analyze", "syscall-filter", name).stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            members |= set_members(word)
        elif word and not word.startswith("#"):
            members.add(word)
    return members


def allowed_calls(unit):
    allowed = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.M):
        for name in line.lstrip("~").split():
            members = set_members(name) if name.startswith("@") else {name}
            allowed = allowed - members if line.startswith("~") else allowed | members
    # systemd always lets these through, for it needs them itself: those of @default.
    return allowed | set_members("@default")


def can_trace():
    return bool(shutil.which("strace")) and not subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode


def calls_of(folder, *command, stop_after=None):
    """The names of the system calls that the command makes, not being root: SQLite does more as root."""
    trace = os.path.join(folder, "trace")
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    traced = subprocess.Popen(["strace", *user, "-f", "-qq", "-e", "signal=none", "-o", trace, *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "JOBTALLY_AUTHORIZATION": "Bearer x"})
    if stop_after:
        for line in traced.stderr:
            found = re.search(stop_after, line)
            if found:
                use_listener(int(found.group(1)))
                break
        children = open("/proc/%d/task/%d/children" % (traced.pid, traced.pid)).read().split()
        os.kill(int(children[0]), signal.SIGHUP)
        time.sleep(0.3)
        os.kill(int(children[0]), signal.SIGTERM)
    traced.communicate(timeout=60)
    return set(re.findall(r"^\d+\s+(?:<\.\.\. )?(\w+)(?:\(| resumed)", open(trace).read(), re.M)), traced.returncode


def use_listener(port):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for i in range(3):
        connection.request("POST", "/", '{"id": "a%d", "status": "SUCCESS", "created_at": "2026-11-01T10:00:00Z"}' % i,
                           {"Authorization": "Bearer x"})
        assert connection.getresponse().read()
    connection.close()


def main():
    program, source = os.path.abspath(sys.argv[1]), os.path.join(sys.argv[2], "data/systemd")
    if not shutil.which("systemd-analyze"):
        print("units.py: skipped: systemd-analyze is missing")
        return 77
    problems, filtered = [], "not checked (strace is missing or may not trace)"
    with tempfile.TemporaryDirectory() as folder:
        names = copy_units(source, folder, program)
        complaint = verify(folder, names)
        if complaint:
            problems.append("systemd-analyze verify: " + complaint)
        exposures = {name: exposure(os.path.join(folder, name)) for name in SERVICES}
        problems += ["%s: exposure %.1f" % item for item in exposures.items() if item[1] > MOST_EXPOSURE]
        for name in names:
            for page in re.findall(r"man:([\w-]+)\((\d)\)", open(os.path.join(source, name)).read()):
                if not os.path.exists(os.path.join(sys.argv[2], "man", ".".join(page))):
                    problems.append("%s: no page %s" % (name, page))
        # Controls.
        with tempfile.TemporaryDirectory() as broken:
            with open(os.path.join(broken, "broken.service"), "w") as unit:
                unit.write("[Service]\nExecStart=/no/such/program\nWatchdogSec=soon\n")
            if not verify(broken, ["broken.service"]) or exposure(os.path.join(broken, "broken.service")) <= MOST_EXPOSURE:
                problems.append("a broken and bare unit passes")
        if can_trace():
            unit = open(os.path.join(folder, "jobtally.service")).read()
            os.chmod(folder, 0o755)
            if os.getuid() == 0:
                shutil.chown(folder, "nobody")
            program = shutil.copy(program, folder)
            allowed = allowed_calls(unit)
            used, code = calls_of(folder, program, "--db", os.path.join(folder, "s.db"), "listen", "--bind", "127.0.0.1:0",
                                  "--admin", "unix:" + os.path.join(folder, "admin"),
                                  stop_after=r"listening on http://127\.0\.0\.1:(\d+)/")
            summary, summary_code = calls_of(folder, program, "--db", os.path.join(folder, "s.db"), "summary")
            refused = sorted((used | summary) - allowed)
            if refused or code or summary_code:
                problems.append("the filter refuses %s; exit codes %d, %d" % (refused, code, summary_code))
            if not (used - allowed_calls("SystemCallFilter=@basic-io")) or len(used) < 20:
                problems.append("a filter that is too tight passes")
            filtered = "%d system calls used, %d refused by the filter" % (len(used | summary), len(refused))
    for problem in problems:
        print("PROBLEM:", problem)
    print("S3: %d units verified, exposure %s, %s" %
          (len(names), ", ".join("%s %.1f" % item for item in exposures.items()), filtered))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
