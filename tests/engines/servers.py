"""Database servers of a test's own: in its folder, unknown to the system, ended with the test."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import time

PATIENCE = 120  # seconds: the machine may be busy
ENGINES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/engines")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`folder` is empty and this server's alone."""
    stop = signal.SIGTERM

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.load = os.path.join(ENGINES, self.name, "load")
        self.schema = os.path.join(ENGINES, self.name, "schema.sql")
        self.environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", **self.variables()}
        self.prepare()
        self.start()

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        cwd=self.folder, env=self.environment, **self.user())
        end = time.monotonic() + PATIENCE
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not start: see " + self.log.name)
            time.sleep(0.1)

    def end(self, kill=False):
        self.process.kill() if kill else self.process.send_signal(self.stop)
        self.process.wait(PATIENCE)
        self.log.close()

    def user(self):
        """Root may not run PostgreSQL."""
        return {}

    def run(self, command, text=b"", **keywords):
        return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment,
                              timeout=10 * PATIENCE, **keywords)

    def ask(self, sql):
        done = self.run(self.client(sql))
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (sql[:200], done.stderr.decode()))
        return done.stdout.decode()

    def is_ready(self):
        return self.run(self.client("SELECT 1")).returncode == 0

    def count(self):
        return int(self.ask("SELECT count(*) FROM jobtally_report" + self.whole))


class PostgreSQL(Server):
    name = "postgresql"
    whole = ""
    stop = signal.SIGINT  # does not wait for clients

    @staticmethod
    def missing():
        return None if PostgreSQL.tool("postgres") and shutil.which("psql") else "PostgreSQL's server is not installed"

    @staticmethod
    def tool(name):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name)) or [shutil.which(name)]
        return found[-1]

    def variables(self):
        return {"PGHOST": self.folder, "PGPORT": "5432", "PGUSER": "jobtally", "PGDATABASE": "postgres"}

    def user(self):
        return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}

    def prepare(self):
        if os.geteuid() == 0:
            os.chmod(os.path.dirname(self.folder), 0o711)
            shutil.chown(self.folder, "nobody", "nogroup")
        self.run([self.tool("initdb"), "-D", os.path.join(self.folder, "data"), "-U", "jobtally", "-A", "trust", "-N",
                  "-E", "UTF8", "--locale=C"], check=True, cwd=self.folder, **self.user())

    def command(self):
        # Only a socket in the folder; nothing here survives a power cut, and need not.
        return [self.tool("postgres"), "-D", os.path.join(self.folder, "data"), "-k", self.folder,
                "-c", "listen_addresses=", "-c", "fsync=off"]

    def client(self, sql):
        return ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]

    def make_schema(self):
        self.run(["psql", "-X", "-q", "-f", self.schema], check=True)

    def rows(self, view):
        return self.ask("SELECT row_to_json(v) FROM %s AS v" % view)


class ClickHouse(Server):
    name = "clickhouse"
    whole = " FINAL"

    @staticmethod
    def missing():
        both = shutil.which("clickhouse-server") and shutil.which("clickhouse-client")
        return None if both else "ClickHouse's server is not installed"

    def variables(self):
        self.port = free_port()
        return {"CLICKHOUSE_HOST": "127.0.0.1", "CLICKHOUSE_PORT": str(self.port), "CLICKHOUSE_DATABASE": "default"}

    def prepare(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "clickhouse.xml")) as file:
            text = file.read()
        for name, value in (("FOLDER", self.folder), ("HTTP", str(free_port())), ("PORT", str(self.port))):
            text = text.replace("@%s@" % name, value)
        with open(os.path.join(self.folder, "config.xml"), "w") as file:
            file.write(text)

    def command(self):
        return ["clickhouse-server", "--config-file=" + os.path.join(self.folder, "config.xml")]

    def client(self, sql):
        return ["clickhouse-client", "--host", "127.0.0.1", "--port", str(self.port), "--database",
                self.environment["CLICKHOUSE_DATABASE"], "--multiquery", "--query", sql]

    def make_schema(self):
        with open(self.schema) as file:
            self.ask(file.read())

    def rows(self, view):
        return self.ask("SELECT * FROM %s FORMAT JSONEachRow" % view)


class Sharded(ClickHouse):
    """The table is spread over two shards, as jobtally-engines(7) shows it."""
    shards = ("one", "two")

    def make_schema(self):
        with open(self.schema) as file:
            schema = file.read()
        begin = schema.index("CREATE TABLE IF NOT EXISTS jobtally_report")
        table = schema[begin:schema.index(";", begin)]
        for shard in self.shards:
            self.ask("CREATE DATABASE IF NOT EXISTS " + shard)
            self.ask(table.replace("jobtally_report", shard + ".jobtally_report_local"))
        self.ask("CREATE TABLE IF NOT EXISTS jobtally_report AS one.jobtally_report_local "
                 "ENGINE = Distributed(shards, '', jobtally_report_local, cityHash64(id))")
        self.ask(schema)
