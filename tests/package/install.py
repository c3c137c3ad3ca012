#!/usr/bin/env python3
"""What `cmake --install` puts where: every file, for prefixes of the system and others, and what is in them.

Usage: install.py PATH-OF-JOBTALLY SOURCE_DIR BUILD_DIR. Installs into scratch folders by DESTDIR. Shells that are missing
are left out, and named.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from program import Findings  # noqa: E402

SHELLS = {"bash": "bash-completion/completions/jobtally", "zsh": "zsh/%s/_jobtally", "fish": "fish/vendor_completions.d/jobtally.fish"}


def expected(source, prefix):
    """The paths below the prefix."""
    share = {"man/man%s/%s" % (page.suffix[1:], page.name) for page in (source / "man").iterdir()}
    share |= {"jobtally/" + str(file.relative_to(source / "data")) for folder in ("engines", "prometheus", "grafana")
              for file in (source / "data" / folder).rglob("*") if file.is_file()}
    share |= {"jobtally/samples/" + name for name in ("history.ndjson", "list.json", "webhook.json")}
    share |= {"doc/jobtally/" + name for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "examples/config.toml")}
    share |= {"jobtally/report.schema.json", "jobtally/alerts/alert"}
    share |= {path.replace("%s", "vendor-completions" if prefix == "/usr" else "site-functions") for path in SHELLS.values()}
    files = {"bin/jobtally"} | {"share/" + path for path in share}
    if prefix in ("/usr", "/usr/local"):
        files |= {"lib/systemd/system/" + unit.name for unit in (source / "data/systemd").iterdir()}
        files |= {"lib/sysusers.d/jobtally.conf", "lib/tmpfiles.d/jobtally.conf"}
    return files


def found(destination):
    return {str(file.relative_to(destination)) for file in destination.rglob("*") if not file.is_dir()}


def output(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **more)


def look_into(root, prefix, program, findings):
    """The completions, the units, the pages, the program."""
    missing = []
    for shell, path in SHELLS.items():
        file = root / "share" / path.replace("%s", "vendor-completions" if prefix == "/usr" else "site-functions")
        findings.check(file.read_text() == output(program, "completion", shell).stdout, "%s is not what the program prints" % file)
        if not shutil.which(shell):
            missing.append(shell)
        else:
            done = output(shell, "-n", str(file))
            findings.check(done.returncode == 0 and not done.stderr, "%s: %s" % (file, done.stderr))
    for unit in root.glob("lib/systemd/system/*"):
        for word in re.findall(r"\S*/jobtally(?= )", unit.read_text()):
            if "/bin/" in word:
                findings.check(word.lstrip("'=+s$(").endswith(prefix + "/bin/jobtally"), "%s names %s" % (unit.name, word))
    for page in root.glob("share/man/man*/*"):
        if shutil.which("man"):
            done = output("man", "--warnings", "-l", str(page), env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
            findings.check(done.returncode == 0 and not done.stderr and "NAME" in done.stdout, "%s: %s" % (page.name, done.stderr[:200]))
    for script in (*root.glob("share/jobtally/engines/*/load"), *root.glob("share/jobtally/alerts/*")):
        findings.check(os.access(script, os.X_OK), "%s is not executable" % script)
    installed = output(str(root / "bin/jobtally"), "--version").stdout
    findings.check(installed and installed == output(program, "--version").stdout, "the installed program says %r" % installed)
    return missing


def main():
    program, source, build = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    findings, files, missing = Findings(), 0, []
    with tempfile.TemporaryDirectory(prefix="jobtally-install-") as folder:
        for prefix in ("/usr", "/usr/local", "/opt/jobtally"):
            destination = Path(folder) / prefix.replace("/", "_")
            done = output("cmake", "--install", build, "--prefix", prefix, env={**os.environ, "DESTDIR": str(destination)})
            findings.check(done.returncode == 0, "cmake --install: " + done.stderr)
            wanted = {prefix[1:] + "/" + path for path in expected(source, prefix)}
            for path in sorted(wanted ^ found(destination)):
                findings.check(False, "%s %s" % (path, "is missing" if path in wanted else "is not expected"))
            files += len(wanted)
            missing = look_into(destination / prefix[1:], prefix, program, findings)
        # Control: a file that is taken away, and one that is broken, are found.
        (destination / prefix[1:] / "bin/jobtally").rename(destination / prefix[1:] / "bin/other")
        findings.check(len(wanted ^ found(destination)) == 2, "a missing file is not noticed")
        (destination / prefix[1:] / "bin/other").rename(destination / prefix[1:] / "bin/jobtally")
        (destination / prefix[1:] / "share" / SHELLS["bash"]).write_text("broken (")
        control = Findings(is_told=False)
        look_into(destination / prefix[1:], prefix, program, control)
        findings.check(control.count >= 2, "a broken completion passes")
    findings.conclude("%d files for three prefixes%s" % (files, "; not looked at by " + ", ".join(missing) if missing else ""))


if __name__ == "__main__":
    main()
