#!/usr/bin/env python3
"""`jobtally listen` under TLS: versions, protocols, a plain request, reloading, deadlines, broken files.

Usage: tls.py PATH-OF-JOBTALLY [unittest arguments]. Exits 77 where the openssl program is missing.
"""
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import ExitStack

import listener
from listener import SECRET, Listener, is_closed, post, read_answer, report


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, **more)


def make_pair(folder, name, *options):
    """The paths of a self-signed certificate for 127.0.0.1 and its key."""
    cert, key = (os.path.join(folder, name + ending) for ending in (".crt", ".key"))
    made = openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                   "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert,
                   *options)
    assert made.returncode == 0, made.stdout
    os.chmod(key, 0o600)
    return cert, key


class TlsListener(Listener):
    scheme = "https"


class Tls(unittest.TestCase):
    options = ("--timeout", "1s")

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cert, cls.key = make_pair(cls.folder.name, "first")
        cls.unix = os.path.join(cls.folder.name, "socket")
        cls.listener = TlsListener(os.path.join(cls.folder.name, "store.db"), "--bind", "unix:" + cls.unix,
                                   "--tls-cert", cls.cert, "--tls-key", cls.key, *cls.options)

    @classmethod
    def tearDownClass(cls):
        code = cls.listener.stop()
        cls.folder.cleanup()
        assert code == 0, "exit code %d" % code

    def trust(self, cert=None):
        return ssl.create_default_context(cafile=cert or self.cert)

    def connect(self, context=None):
        raw = self.listener.connect()
        try:
            return (context or self.trust()).wrap_socket(raw, server_hostname="127.0.0.1")
        except BaseException:
            raw.close()
            raise

    def send(self, id, context=None):
        with self.connect(context) as connection:
            connection.sendall(post(report(id)))
            return read_answer(connection)[0]

    def test_versions(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.trust()
            context.minimum_version = context.maximum_version = version
            with self.subTest(version), self.connect(context) as connection:
                for id in ("v1", "v2"):
                    connection.sendall(post(report(id + version.name)))
                    self.assertEqual(read_answer(connection)[0].json()["result"], "stored")
                self.assertIsNone(connection.compression())
                self.assertFalse(connection.session_reused)
                self.assertIn(connection.cipher()[0].split("-")[0].split("_")[0], ("ECDHE", "TLS"))

    def test_old_versions_and_weak_ciphers_are_refused(self):
        for arguments in (("-tls1_1", "-cipher", "ALL@SECLEVEL=0"), ("-tls1", "-cipher", "ALL@SECLEVEL=0"),
                          ("-tls1_2", "-cipher", "AES128-SHA:AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA"),
                          ("-tls1_2", "-cipher", "aNULL:eNULL@SECLEVEL=0")):
            with self.subTest(arguments):
                tried = openssl("s_client", "-connect", "127.0.0.1:%d" % self.listener.port, *arguments)
                self.assertNotEqual(tried.returncode, 0, tried.stdout)
        for arguments in (("-tls1_2",), ("-tls1_3",)):  # the control
            tried = openssl("s_client", "-connect", "127.0.0.1:%d" % self.listener.port, *arguments)
            self.assertEqual(tried.returncode, 0, tried.stdout)
            self.assertNotIn("TLS session ticket:", tried.stdout)
            self.assertIn("Compression: NONE", tried.stdout)

    def test_protocols(self):
        for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)):
            context = self.trust()
            if offered:
                context.set_alpn_protocols(offered)
            with self.subTest(offered), self.connect(context) as connection:
                self.assertEqual(connection.selected_alpn_protocol(), chosen)
        context = self.trust()
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(context)

    def test_pipelined_large_and_cut(self):
        with self.connect() as connection:
            ids = ["t%d" % i for i in range(100)]
            connection.sendall(b"".join(post(report(id)) for id in ids))
            rest, answers = b"", []
            for _ in ids:
                answer, rest = read_answer(connection, rest)
                answers.append(answer.json()["id"])
            self.assertEqual(answers, ids)
            exact = report("tls-big").encode()
            connection.sendall(post(exact + b" " * (1048576 - len(exact))))
            self.assertEqual(read_answer(connection)[0].json()["result"], "stored")
            for byte in post(report("bytewise")):
                connection.sendall(bytes((byte,)))
            self.assertEqual(read_answer(connection)[0].json()["result"], "stored")

    def test_refusals_reach_the_peer_and_end_the_connection(self):
        with self.connect() as connection:
            connection.sendall(post(report("no"), authorization="wrong"))
            self.assertEqual(read_answer(connection)[0].status, 401)
            self.assertTrue(is_closed(connection))
        with self.connect() as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nAuthorization: " +
                               SECRET.encode() + b"\r\n\r\n" + b"x" * 300000)
            self.assertEqual(read_answer(connection)[0].status, 413)
            connection.close()
        with self.connect() as connection:
            connection.sendall(post(report("last"), "Connection: close"))
            self.assertEqual(read_answer(connection)[0].status, 200)
            self.assertEqual(connection.recv(1), b"")  # close_notify: else this were an error

    def test_expect_100_continue(self):
        with self.connect() as connection:
            body = report("tls-e").encode()
            connection.sendall(post(body, "Expect: 100-continue")[:-len(body)])
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(body)
            self.assertEqual(read_answer(connection)[0].json()["result"], "stored")

    def test_a_plain_request_is_answered_400_in_clear(self):
        began = time.time()
        seen = len(self.listener.log)
        requests = (post(report("plain")), post(report("plain") + " " * 300_000), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    b"HEAD / HTTP/1.0\r\n\r\n", b"PUT / HTTP/1.1\r\n", b"POST ")
        for request in requests:
            with self.subTest(request[:20]), self.listener.connect() as connection:
                connection.sendall(request)
                answer, rest = read_answer(connection)
                self.assertEqual((answer.status, answer.fields["connection"]), (400, "close"))
                self.assertIn("https://", answer.json()["error"])
                self.assertEqual(rest, b"")
        self.assertLess(time.time() - began, 2)
        self.assertNotIn("plain", self.listener.ids())
        time.sleep(0.2)
        lines = [line for line in self.listener.log[seen:] if " 400 " in line and "TLS is spoken here" in line]
        self.assertEqual(len(lines), len(requests), self.listener.log[seen:])

    def test_what_is_neither_tls_nor_http_gets_no_answer(self):
        for garbage in (b"\r\n\r\n\r\n", b"hello there", b"SSH-2.0-OpenSSH_9.2\r\n", bytes(20), b"post / http/1.1\r\n\r\n"):
            with self.subTest(garbage), self.listener.connect() as connection:
                connection.sendall(garbage)
                got = b""
                try:
                    while piece := connection.recv(1000):
                        got += piece
                except ConnectionResetError:
                    pass
                self.assertNotIn(b"HTTP", got)

    def test_a_slow_handshake_meets_the_deadline(self):
        hello = ssl.MemoryBIO()
        try:
            self.trust().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="127.0.0.1").do_handshake()
        except ssl.SSLWantReadError:
            pass
        hello = hello.read()
        for first_bytes in (b"", hello[:20]):
            began = time.time()
            with self.listener.connect() as connection:
                connection.settimeout(0.1)
                connection.sendall(first_bytes)
                position, closed = len(first_bytes), False
                while not closed and time.time() - began < 5:
                    try:
                        if first_bytes and position < len(hello) - 1:
                            connection.sendall(hello[position:position + 1])
                            position += 1
                        closed = connection.recv(1000) == b""
                    except socket.timeout:
                        pass
                    except OSError:
                        closed = True
            self.assertTrue(closed)
            self.assertLess(time.time() - began, 2)

    def test_a_slow_body_is_answered_408(self):
        began = time.time()
        with self.connect() as connection:
            connection.sendall(post(b" " * 1000)[:-1000])
            self.assertEqual(read_answer(connection)[0].status, 408)
        self.assertLess(time.time() - began, 2)

    def test_renegotiation_is_refused(self):
        tried = subprocess.run(["openssl", "s_client", "-tls1_2", "-connect", "127.0.0.1:%d" % self.listener.port],
                               input="R\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        self.assertIn("no renegotiation", tried.stdout)

    def test_unix_sockets_stay_plain(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(self.unix)
            connection.sendall(post(report("unix")))
            self.assertEqual(read_answer(connection)[0].status, 200)

    def test_garbage(self):
        for garbage in (b"\0" * 5000, b"\x16\x03\x01\xff\xff" + b"A" * 70000, os.urandom(5000), b"\x80\x2e\x01\0\x02"):
            with self.listener.connect() as connection:
                try:
                    connection.sendall(garbage)
                    while connection.recv(65536):
                        pass
                except OSError:
                    pass
        self.assertEqual(self.send("after-garbage").status, 200)


class Reload(Tls):
    """Everything above once more with a certificate that SIGHUP brought, and what leads there."""
    options = ("--timeout", "1s")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        second = make_pair(cls.folder.name, "second")
        cls.old = os.path.join(cls.folder.name, "old.crt")
        shutil.copy(cls.cert, cls.old)
        cls.held = cls.listener.connect()
        cls.held = ssl.create_default_context(cafile=cls.old).wrap_socket(cls.held, server_hostname="127.0.0.1")
        # A new certificate with the old key: refused, the old pair stays.
        shutil.copy(second[0], cls.cert)
        cls.hang_up("is not that of the certificate")
        cls.hang_up("stay")
        with cls.listener.connect() as raw, ssl.create_default_context(cafile=cls.old).wrap_socket(
                raw, server_hostname="127.0.0.1") as connection:
            connection.sendall(post(report("old pair")))
            assert read_answer(connection)[0].status == 200
        shutil.copy(second[1], cls.key)
        cls.hang_up("were read again")

    @classmethod
    def tearDownClass(cls):
        cls.held.close()
        super().tearDownClass()

    @classmethod
    def hang_up(cls, wanted):
        seen = len(cls.listener.log)
        cls.listener.process.send_signal(signal.SIGHUP)
        deadline = time.time() + 10
        while not any(wanted in line for line in cls.listener.log[seen:]):
            assert time.time() < deadline, cls.listener.log
            time.sleep(0.02)

    def test_the_old_certificate_has_gone(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect(self.trust(self.old))


class Crowded(unittest.TestCase):
    """All places are taken."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        cert, key = make_pair(folder.name, "crowded")
        self.context = ssl.create_default_context(cafile=cert)
        self.listener = TlsListener(os.path.join(folder.name, "store.db"), "--max-connections", "2", "--tls-cert", cert,
                                    "--tls-key", key)
        self.addCleanup(self.listener.stop)

    def is_answered_after_half_a_record(self, id):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        with self.listener.connect() as raw, ExitStack() as others:
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    raw.sendall(outgoing.read())
                    incoming.write(raw.recv(1 << 16))
            raw.sendall(outgoing.read())
            tls.write(post(report(id)))
            record = outgoing.read()
            raw.sendall(record[:-10])
            time.sleep(0.2)
            for _ in range(3):
                others.enter_context(self.listener.connect())
            time.sleep(0.2)
            try:
                raw.sendall(record[-10:])
                while True:
                    received = raw.recv(1 << 16)
                    if not received:
                        return False
                    incoming.write(received)
                    try:
                        return tls.read(1 << 16).startswith(b"HTTP/1.1 200 ")
                    except ssl.SSLWantReadError:
                        pass
            except OSError:
                return False

    def test_half_a_record_is_half_a_head(self):
        # It has a second, which a busy machine may take for itself.
        self.assertTrue(any(self.is_answered_after_half_a_record("half%d" % n) for n in range(5)))


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.cert, self.key = make_pair(self.folder.name, "one")

    def tearDown(self):
        self.folder.cleanup()

    def refusal(self, *options):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("JOBTALLY_")}
        ended = subprocess.run([listener.PROGRAM, "--db", os.path.join(self.folder.name, "s.db"), "listen", "--bind",
                                "127.0.0.1:0", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                               timeout=20, env=environment)
        return ended.returncode, ended.stderr

    def path(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def test_what_is_said_of_broken_files(self):
        other = make_pair(self.folder.name, "other")
        locked = os.path.join(self.folder.name, "locked")
        self.assertEqual(openssl("pkey", "-in", self.key, "-aes128", "-passout", "pass:x", "-out", locked).returncode, 0)
        for cert, key, code, words in ((self.cert, None, 2, "--tls-key"), (None, self.key, 2, "--tls-cert"),
                                       (self.cert + "x", self.key, 1, "No such file"),
                                       (self.cert, self.folder.name, 1, "Is a directory"),
                                       (self.path("empty", ""), self.key, 2, "holds no certificate"),
                                       (self.key, self.key, 2, "holds no certificate"),
                                       (self.cert, self.cert, 2, "holds no usable key"),
                                       (self.cert, self.path("junk", "junk\n"), 2, "holds no usable key"),
                                       (self.cert, locked, 2, "passphrase"),
                                       (self.cert, other[1], 2, "is not that of the certificate")):
            with self.subTest(words):
                options = (["--tls-cert", cert] if cert else []) + (["--tls-key", key] if key else [])
                got, said = self.refusal(*options)
                self.assertEqual(got, code, said)
                self.assertIn(words, said)

    def test_a_key_of_another_kind(self):
        rsa = os.path.join(self.folder.name, "rsa.key")
        self.assertEqual(openssl("genrsa", "-out", rsa, "2048").returncode, 0)
        code, said = self.refusal("--tls-cert", self.cert, "--tls-key", rsa)
        self.assertEqual(code, 2, said)
        self.assertIn("is not that of the certificate", said)

    def test_a_file_that_would_block(self):
        fifo = os.path.join(self.folder.name, "fifo")
        os.mkfifo(fifo, 0o600)
        for options in (("--tls-cert", fifo, "--tls-key", self.key), ("--tls-cert", self.cert, "--tls-key", fifo),
                        ("--auth-file", fifo)):
            code, said = self.refusal(*options)
            self.assertEqual(code, 1, said)
            self.assertIn("it is not a regular file", said)

    def test_warnings(self):
        os.chmod(self.key, 0o644)
        sign = ("x509", "-in", self.cert, "-signkey", self.key, "-out", self.cert + ".old")
        expired = openssl(*sign, "-days", "-1")
        if expired.returncode != 0:  # openssl 3.4 and later take no such days, but a date
            expired = openssl(*sign, "-not_before", "20200101000000Z", "-not_after", "20200102000000Z")
        self.assertEqual(expired.returncode, 0, expired.stdout)
        running = TlsListener(os.path.join(self.folder.name, "s.db"), "--tls-cert", self.cert + ".old", "--tls-key", self.key)
        self.assertEqual(running.stop(), 0)
        said = "".join(running.log)
        self.assertIn("can be read by others", said)
        self.assertIn("has expired", said)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("tls.py: skipped: the openssl program is missing")
        sys.exit(77)
    listener.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
