#!/usr/bin/env python3
"""Tests of `jobtally check` by programs that others have written to read plugins.

Usage: consumers.py PATH-OF-JOBTALLY negate|nagios|perl
negate (monitoring-plugins-basic) runs it and maps its states; nagios (nagios4-core) runs it as a service and stores
what it understood; perl (libmonitoring-plugin-perl) judges the same ranges and reads the performance data.
JOBTALLY_NAGIOS names a nagios4 that is not in the PATH. Exits with 77 where the program is not installed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM, CONSUMER = os.path.realpath(sys.argv[1]), sys.argv[2]
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
ENVIRONMENT.update(TZ="UTC", LC_ALL="C.UTF-8", JOBTALLY_NOW="2026-11-22T08:30:00Z")
HOSTILE = "it's | a=1\nOK - all is well\x1b[2J;$x`<>\"&::"
STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
problems = []
checks = 0


def equal(got, wanted, what):
    global checks
    checks += 1
    if got != wanted:
        problems.append("%s\n  wanted %r\n  got    %r" % (what, wanted, got))


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def report(number, status, name):
    return json.dumps({"id": "r%d" % number, "type": "import", "status": status, "definition_id": "id " + name,
                       "created_at": "2026-11-22T08:%02d:00Z" % number, "updated_at": "2026-11-22T08:%02d:01.5Z" % number,
                       "definition_name": name, "total_operations": 3, "total_succeeded": 3, "total_failed": 0}) + "\n"


def make_store(folder, names):
    """A store with one success and one failure of each name."""
    path = os.path.join(folder, "store.db")
    text = "".join(report(2 * n, "SUCCESS", name) + report(2 * n + 1, "FAILURE", name) for n, name in enumerate(names))
    subprocess.run([PROGRAM, "-q", "--db", path, "ingest", "-"], input=text.encode(), check=True, env=ENVIRONMENT,
                   stdout=subprocess.DEVNULL)
    return path


def run(*words, **more):
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **more)
    return done.returncode, done.stdout


def with_negate(folder):
    negate = "/usr/lib/nagios/plugins/negate"
    if not os.access(negate, os.X_OK):
        skip("there is no " + negate)
    store = make_store(folder, ["Nightly"])
    arguments = {0: ["-c", "5"], 1: ["-w", "0"], 2: ["-c", "0"], 3: ["-c", "5", "-d", "gone"]}
    for state, name in enumerate(STATES):
        plain = [PROGRAM, "check", "--db", store, "--metric", "failed"] + arguments[state]
        code, text = run(*plain)
        equal((code, text.split(" - ")[0]), (state, "JOBTALLY " + name), "itself says " + name)
        for other, other_name in enumerate(STATES):
            mapped = run(negate, "-s", "--%s=%s" % (name.lower(), other_name), *plain)
            equal((mapped[0], mapped[1].split(" - ")[0]), (other, "JOBTALLY " + other_name),
                  "negate makes %s of %s" % (other_name, name))
            equal(mapped[1].split(" - ")[1], text.split(" - ")[1], "negate passes the text of %s on" % name)
    for bad in (["--bogus"], ["-c", "x"], ["--db", folder + "/none.db"]):
        equal(run(negate, "-u", "WARNING", PROGRAM, "check", "--db", store, *bad)[0], 1, "negate sees %r as UNKNOWN" % bad)


NAGIOS = """
log_file={folder}/nagios.log
cfg_file={folder}/objects.cfg
object_cache_file={folder}/objects.cache
status_file={folder}/status.dat
status_update_interval=1
nagios_user={user}
nagios_group={group}
check_external_commands=0
command_file={folder}/nagios.cmd
query_socket={folder}/nagios.qh
lock_file={folder}/nagios.lock
temp_file={folder}/nagios.tmp
temp_path={folder}
check_result_path={folder}
retain_state_information=0
use_syslog=0
service_inter_check_delay_method=n
host_inter_check_delay_method=n
enable_notifications=0
"""
OBJECTS = """
define timeperiod {{
  timeperiod_name always
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}}
define command {{
  command_name jobtally
  command_line {program} check --db {store} $ARG1$
}}
define contact {{
  contact_name nobody
  host_notification_period always
  service_notification_period always
  host_notification_options n
  service_notification_options n
  host_notification_commands jobtally
  service_notification_commands jobtally
}}
define host {{
  contacts nobody
  host_name jobs
  address 127.0.0.1
  max_check_attempts 1
  active_checks_enabled 0
}}
"""
SERVICE = """
define service {{
  contacts nobody
  host_name jobs
  service_description {name}
  check_command jobtally!{arguments}
  check_interval 1
  retry_interval 1
  max_check_attempts 1
  check_period always
}}
"""


def read_services(path):
    """{service: its values} of the services in a status.dat that have been checked."""
    try:
        text = open(path, encoding="utf-8").read()
    except FileNotFoundError:
        return {}
    services = {}
    for block in re.findall(r"servicestatus \{\n(.*?)\n\t\}", text, re.DOTALL):
        values = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
        if values.get("has_been_checked") == "1":
            services[values["service_description"]] = values
    return services


def with_nagios(folder):
    import grp
    import pwd
    nagios = shutil.which("nagios4", path=os.environ["PATH"] + ":/usr/sbin") or os.environ.get("JOBTALLY_NAGIOS")
    if not nagios:
        skip("there is no nagios4")
    store = make_store(folder, ["Nightly", HOSTILE])
    services = {"ok": "--metric failed -c 5", "warning": "--metric p95 -w 1", "critical": "--by definition -c 90: -v",
                "unknown": "-d gone", "usage": "--bogus", "age": "--metric age -c ~:2h"}
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    with open(folder + "/nagios.cfg", "w") as file:
        file.write(NAGIOS.format(folder=folder, user=user, group=group))
    with open(folder + "/objects.cfg", "w") as file:
        file.write(OBJECTS.format(program=PROGRAM, store=store))
        for name, arguments in services.items():
            file.write(SERVICE.format(name=name, arguments=arguments))
    process = subprocess.Popen([nagios, folder + "/nagios.cfg"], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                               stdout=open(folder + "/out", "w"), stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + 120
        seen = {}
        while len(seen) < len(services) and time.monotonic() < end and process.poll() is None:
            time.sleep(0.5)
            seen = read_services(folder + "/status.dat")
    finally:
        process.terminate()
        process.wait(timeout=30)
    if len(seen) < len(services):
        print(open(folder + "/out").read()[-3000:])
    for name, arguments in services.items():
        code, text = run(PROGRAM, "check", "--db", store, *arguments.split())
        line, *longer = text.splitlines()
        shown, _, perfdata = line.partition(" | ")
        found = seen.get(name, {})
        equal(found.get("current_state"), str(code), name + ": state")
        # A semicolon separates fields in Nagios' own log, so it makes a colon of each.
        equal(found.get("plugin_output", "").rstrip(), shown.replace(";", ":"), name + ": text")
        equal(found.get("performance_data", ""), perfdata, name + ": performance data")
        equal(found.get("long_plugin_output", "").replace("\\\\", "\\").rstrip("\\n"),
              "\\n".join(longer), name + ": further lines")


def with_perl(folder):
    if not shutil.which("perl") or run("perl", "-MMonitoring::Plugin", "-e", "1")[0] != 0:
        skip("there is no Monitoring::Plugin for Perl")
    ranges = ["10", "1", "0", "2:", "~:1", "1:2", "@1:2", "@0:0", "@~:1", "-5:1", "1.5:2.5", "~:", "@2:", "0:"]
    for failed in range(4):
        path = "%s/%d.ndjson" % (folder, failed)
        with open(path, "w") as file:
            file.write("".join(report(n, "FAILURE" if n < failed else "SUCCESS", "A") for n in range(4)))
        for one in ranges:
            code, _ = run(PROGRAM, "check", "--db", ":memory:", "--from", path, "--metric", "failed", "-c", one)
            _, alerts = run("perl", "-MMonitoring::Plugin::Range", "-e",
                            "print Monitoring::Plugin::Range->parse_range_string($ARGV[0])->check_range($ARGV[1]) ? 2 : 0", "--",
                            one, str(failed))
            equal(code, int(alerts), "%d against %s" % (failed, one))
    names = ["Nightly", "CRM contacts (EU)", "a|b=c", "x::y", "日本", "tab\tand\nnewline"]
    store = make_store(folder, names)
    script = ("for (Monitoring::Plugin::Performance->parse_perfstring($ARGV[0])) { print join('|', map { defined $_ ? $_ : '' } "
              "$_->label, $_->value, $_->uom, $_->warning, $_->critical, $_->min, $_->max), \"\\n\" }")
    for metric, ranges, values in (("job-success-rate", ("95:", "90:"), ("50", "%", "95:", "90:", "0", "100")),
                                   ("failed", ("0", "~:5"), ("1", "", "0", "~:5", "0", "")),
                                   ("p95", ("2h", "~:1d"), ("1.5", "s", "7200", "~:86400", "0", ""))):
        _, text = run(PROGRAM, "check", "--db", store, "--by", "definition", "--metric", metric, "-w", ranges[0], "-c", ranges[1])
        _, read = run("perl", "-MMonitoring::Plugin::Performance", "-e", script, "--", text.rstrip("\n").partition(" | ")[2])
        labels = sorted(["Nightly", "CRM contacts (EU)", "a_b_c", "x:_y", "日本", "tab\\tand\\nnewline"])
        equal(sorted(read.splitlines()), sorted("|".join((label,) + values) for label in labels), "performance data of " + metric)


with tempfile.TemporaryDirectory(prefix="probe-") as place:
    {"negate": with_negate, "nagios": with_nagios, "perl": with_perl}[CONSUMER](os.path.realpath(place))
for problem in problems:
    print(problem)
print("%s: %d of %d checks as expected" % (CONSUMER, checks - len(problems), checks))
sys.exit(1 if problems or checks < 10 else 0)
