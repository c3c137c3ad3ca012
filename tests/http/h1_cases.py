"""The malformed requests of H1: each with its verdict and the reason for it.

`reject`: to be refused, and the connection closed, so that what stands behind is never read as a request. `accept`: RFC
9112 lets a server take it, no two readers can differ over it, and the reason says why we do. Every report in a request
that is to be rejected, and behind it, bears an id that begins with `smuggled`.
"""
from collections import namedtuple

from messages import SECRET, chunks, post, report

Case = namedtuple("Case", "name verdict reason request")

HOST = b"Host: localhost"
AUTHORIZATION = b"Authorization: " + SECRET.encode()


def request(fields, body=b"", line=b"POST / HTTP/1.1"):
    return b"\r\n".join([line, *fields, AUTHORIZATION]) + b"\r\n\r\n" + body


def length(body):
    return b"Content-Length: %d" % len(body)


class Cases:
    def __init__(self):
        self.all = []

    def carried(self, verdict):
        return report("%s-%d" % ("smuggled" if verdict == "reject" else "taken", len(self.all)))

    def add(self, name, verdict, reason, make):
        """`make` gets a report for the body and gives the request; a report to smuggle follows what is rejected."""
        body = self.carried(verdict)
        behind = post(report("smuggled-behind-%d" % len(self.all))) if verdict == "reject" else b""
        self.all.append(Case(name, verdict, reason, make(body) + behind))

    def reject(self, name, reason, make):
        self.add(name, "reject", reason, make)

    def accept(self, name, reason, make):
        self.add(name, "accept", reason, make)

    def field(self, name, verdict, reason, *fields, host=HOST, line=b"POST / HTTP/1.1"):
        """An otherwise sound POST with these fields."""
        hosts = [host] if host else []
        self.add(name, verdict, reason, lambda body: request([*hosts, *fields, length(body)], body, line))

    def framed(self, name, verdict, reason, *fields, chunked=False, line=b"POST / HTTP/1.1"):
        """A POST whose framing is these fields alone; where `chunked` its body is in chunks."""
        self.add(name, verdict, reason, lambda body: request(
            [HOST, *(field.replace(b"%d", b"%d" % len(body)) for field in fields)],
            chunks(body) if chunked else body, line))

    def body(self, name, reason, make):
        """A chunked POST whose body is what `make` makes of a report."""
        self.reject(name, reason, lambda body: request([HOST, b"Transfer-Encoding: chunked"], make(body)))


def host_cases(cases):
    field = cases.field
    field("host missing", "reject", "RFC 9112, 3.2", host=None)
    field("host twice", "reject", "RFC 9112, 3.2", HOST)
    field("two hosts", "reject", "RFC 9112, 3.2", b"Host: other")
    for value in (b"", b" ", b"a b", b"a,b", b"a/b", b"a@b", b"user@a:80", b"a:80:80", b"a:port", b"a:123456", b"[::1", b"[]",
                  b"[::1]x", b"[::1]:x", b"a\x80b", b"a#b", b"a?b", b"<a>", b"\"a\"", b"a\\b", b"http://a"):
        field("host %r" % value, "reject", "not host[:port] (RFC 9110, 7.2)", host=b"Host: " + value)
    for value in (b"a", b"a:8080", b"192.0.2.1", b"[::1]:80", b"a.", b"a-b.example:"):
        field("host %r" % value, "accept", "host[:port]", host=b"Host: " + value)
    cases.field("no host in 1.0", "accept", "HTTP/1.0 has none", host=None, line=b"POST / HTTP/1.0")


def field_cases(cases):
    field = cases.field
    field("blank before the colon", "reject", "RFC 9112, 5.1", b"X : y")
    field("tab before the colon", "reject", "RFC 9112, 5.1", b"X\t: y")
    field("no colon", "reject", "not a field", b"X")
    field("empty name", "reject", "not a field", b": y")
    field("folded value", "reject", "obs-fold (RFC 9112, 5.2)", b"X: y\r\n z")
    field("folded by a tab", "reject", "obs-fold", b"X: y\r\n\tz")
    field("folded authorization", "reject", "obs-fold", b"X-Y: z", b"Folded:\r\n Bearer x")
    cases.reject("blank before the first field", "RFC 9112, 2.2",
                 lambda body: request([b" X: y", HOST, length(body)], body))
    cases.reject("blank line of blanks", "RFC 9112, 2.2", lambda body: request([HOST, b" \t ", length(body)], body))
    for name in (b"a_b", b"Content_Length", b"Transfer_Encoding", b"Authorization_"):
        field("underscore %r" % name, "reject", "gateways take `_` for `-`", name + b": 5")
    for byte in (*range(0x00, 0x09), 0x0b, 0x0c, *range(0x0e, 0x20), 0x7f):
        field("control %02x in a value" % byte, "reject", "RFC 9110, 5.5", b"X: a%cb" % byte)
        field("control %02x in a name" % byte, "reject", "RFC 9110, 5.1", b"X%cY: a" % byte)
    for byte in b"\"(),/;<=>?@[\\]{}\x80\xff":
        field("%r in a name" % bytes([byte]), "reject", "no token (RFC 9110, 5.6.2)", b"X%cY: a" % byte)
    field("bare CR in a value", "reject", "RFC 9112, 2.2", b"X: a\rb")
    field("bare LF in a value", "reject", "RFC 9112, 2.2", b"X: a\nb")
    field("bare LF ends a field", "reject", "RFC 9112, 2.2 (LF alone is not taken here)", b"X: a\nY: b")
    field("CR CR LF", "reject", "a bare CR", b"X: a\r")
    cases.reject("LF only", "LF alone ends no line here",
                 lambda body: request([HOST, length(body)], body).replace(b"\r\n", b"\n"))
    cases.reject("LF LF ends the head", "LF alone ends no line here",
                 lambda body: request([HOST, length(body)]).replace(b"\r\n\r\n", b"\n\n") + body)
    cases.reject("CR LF LF ends the head", "LF alone ends no line here",
                 lambda body: request([HOST, length(body)]).replace(b"\r\n\r\n", b"\r\n\n") + body)
    field("authorization twice", "reject", "which one counts?", AUTHORIZATION)
    field("two authorizations", "reject", "which one counts?", b"Authorization: Bearer other")
    field("authorization twice in other case", "reject", "which one counts?", b"AUTHORIZATION: Bearer other")
    field("expect twice", "reject", "which one counts?", b"Expect: 100-continue", b"Expect: 100-continue")
    field("bytes above 7f in a value", "accept", "obs-text (RFC 9110, 5.5)", b"X: \xc3\xa9\xff")
    field("empty value", "accept", "RFC 9110, 5.5", b"X:")
    field("tabs and blanks around a value", "accept", "OWS (RFC 9112, 5)", b"X: \t y \t")
    field("unknown fields", "accept", "to be passed over", b"Upgrade: h2c", b"Connection: TE", b"TE: trailers",
          b"Range: bytes=0-,0-", b"Proxy-Authorization: x", b"X-HTTP-Method-Override: DELETE")


def request_line_cases(cases):
    def line(name, verdict, reason, text):
        cases.field(name, verdict, reason, line=text)

    for target in (b"*", b"localhost:80", b"admin", b"./x", b"?x", b"ftp://localhost/", b"http:///", b"http://",
                   b"http:/x", b"http://u@localhost/", b"http://a b/", b"http://[::1/", b"/a#b", b"/\x80", b"/\xc0\xaf",
                   b"/\x00", b"/\x7f", b"/\x01", b"/a\tb", b"/a b"):
        line("target %r" % target, "reject", "neither a path nor an http URL, or not of visible ASCII",
             b"POST %s HTTP/1.1" % target)
    line("url as target", "accept", "absolute-form (RFC 9112, 3.2.2)", b"POST http://localhost/ HTTP/1.1")
    line("url of another host", "accept", "RFC 9112, 3.2.2: the Host is passed over", b"POST HTTP://other:80/?q HTTP/1.1")
    for target in (b"//", b"/%00", b"/%0d%0aX:%20y", b"/..%2f", b"/a\\b", b"/index", b"/%2e/"):
        line("other path %r" % target, "reject", "404, and its body is not stored", b"POST %s HTTP/1.1" % target)
    for version in (b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1", b"HTTP/1.10", b"HTTP/01.1", b"HTTP/1,1", b"http/1.1",
                    b"HTTP 1.1", b"HTTPS/1.1", b"ICE/1.0", b"HTTP/1.1 ", b"HTTP/1.1x", b"HTTP/ 1.1", b""):
        line("version %r" % version, "reject", "neither HTTP/1.0 nor HTTP/1.1", b"POST / " + version)
    for text in (b" POST / HTTP/1.1", b"POST  / HTTP/1.1", b"POST /  HTTP/1.1", b"POST\t/ HTTP/1.1", b"POST /\tHTTP/1.1",
                 b"POST", b"POST /", b"POST/ HTTP/1.1", b"P\x00ST / HTTP/1.1", b"P(ST / HTTP/1.1", b"\x80 / HTTP/1.1",
                 b"POST\x0b/ HTTP/1.1", b"POST\r/ HTTP/1.1", b"POST / HTTP/1.1\r"):
        line("request line %r" % text, "reject", "not method SP target SP version", text)
    for method in (b"post", b"BREW", b"PRI", b"A" * 5000, b"POSTT", b"XPOST"):
        line("method %.20r" % method, "reject", "501: not known here", method + b" / HTTP/1.1")
    cases.reject("an empty line, blanks, then a request", "RFC 9112, 2.2",
                 lambda body: b"\r\n " + request([HOST, length(body)], body))
    cases.reject("two empty lines before", "one is enough for old clients", lambda body: b"\r\n\r\n" + request(
        [HOST, length(body)], body))
    cases.reject("LF before the request", "LF alone ends no line here", lambda body: b"\n" + request(
        [HOST, length(body)], body))
    cases.reject("preface of HTTP/2", "not spoken here", lambda body: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    cases.reject("a TLS hello", "not spoken here", lambda body: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64))
    cases.reject("garbage", "no request", lambda body: bytes(range(256)) * 4)
    cases.reject("HTTP/0.9", "no version", lambda body: b"GET /\r\n")
    cases.accept("an empty line before", "RFC 9112, 2.2 asks for it", lambda body: b"\r\n" + request(
        [HOST, length(body)], body))


def length_cases(cases):
    framed = cases.framed
    for value in (b"", b"+%d", b"-1", b"-%d", b"0x1f", b"%d,%d", b"%d, %d", b"%d %d", b"%d;", b"%d.0", b"1e2", b"abc", b"\xd9\xa1",
                  b"\"%d\"", b"99999999999", b"18446744073709551616", b"9" * 400, b"00000000000%d", b"%d\x0b", b"0_1"):
        framed("content-length %r" % value[:30], "reject", "not 1 to 10 digits (RFC 9110, 8.6)", b"Content-Length: " + value)
    framed("content-length twice", "reject", "RFC 9112, 6.3 allows it, we need not", b"Content-Length: %d", b"Content-Length: %d")
    framed("two content-lengths", "reject", "RFC 9112, 6.3", b"Content-Length: 0", b"Content-Length: %d")
    framed("content-length and blank", "reject", "RFC 9112, 5.1", b"Content-Length : %d")
    framed("content-length folded", "reject", "obs-fold", b"Content-Length:\r\n %d")
    framed("content-length too large", "reject", "413", b"Content-Length: 9999999999")
    framed("content-length with zeros", "accept", "1*DIGIT, decimal for all", b"Content-Length: 000%d")
    framed("content-length in other case", "accept", "names know no case", b"CONTENT-length:\t%d ")
    for method in (b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"TRACE", b"CONNECT"):
        framed("body of a %s" % method.decode(), "reject", "no body is expected there, so readers differ",
               b"Content-Length: %d", line=method + b" / HTTP/1.1")
        framed("chunks of a %s" % method.decode(), "reject", "no body is expected there, so readers differ",
               b"Transfer-Encoding: chunked", chunked=True, line=method + b" / HTTP/1.1")


def coding_cases(cases):
    framed = cases.framed
    for value in (b"", b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, identity", b"identity, chunked",
                  b"chunked, chunked", b",chunked", b"chunked,", b", chunked", b"xchunked", b"chunkedx", b"chunked;q=1", b"chunked x",
                  b"\"chunked\"", b"'chunked'", b"chunked\x00", b"\x0bchunked", b"\x0cchunked", b"chunked\x0b", b"chunk ed",
                  b"chunke\xc4\x8f", b"\xefchunked", b"[chunked]", b"chunked#", b"compress", b"x-chunked", b"chunked\r", b"\nchunked"):
        framed("transfer-encoding %r" % value, "reject", "not exactly `chunked`", b"Transfer-Encoding: " + value, chunked=True)
        framed("transfer-encoding %r beside a length" % value, "reject", "CL.TE and TE.CL", b"Transfer-Encoding: " + value,
               b"Content-Length: %d")
    framed("transfer-encoding twice", "reject", "TE.TE", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", chunked=True)
    framed("chunked and identity", "reject", "TE.TE", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", chunked=True)
    framed("identity and chunked", "reject", "TE.TE", b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked", chunked=True)
    for name in (b"Transfer-Encoding ", b"Transfer-Encoding\t", b" Transfer-Encoding", b"Transfer_Encoding", b"Transfer-Encoding\x00"):
        framed("coding named %r" % name, "reject", "TE.TE", b"Content-Length: %d", name + b": chunked")
    framed("chunked in 1.0", "reject", "HTTP/1.0 has none", b"Transfer-Encoding: chunked", chunked=True, line=b"POST / HTTP/1.0")
    framed("chunked and a length", "reject", "CL.TE", b"Content-Length: %d", b"Transfer-Encoding: chunked", chunked=True)
    framed("a length and chunked", "reject", "TE.CL", b"Transfer-Encoding: chunked", b"Content-Length: 4", chunked=True)
    framed("chunked and a length of 0", "reject", "TE.CL", b"Transfer-Encoding: chunked", b"Content-Length: 0", chunked=True)
    framed("Chunked", "accept", "codings know no case (RFC 9112, 7)", b"Transfer-Encoding: ChunKed", chunked=True)
    framed("chunked among blanks", "accept", "OWS", b"Transfer-Encoding: \tchunked \t", chunked=True)
    framed("a coding that is none", "accept", "another field", b"X-Transfer-Encoding: chunked", b"Content-Length: %d")
    for coding in (b"gzip", b"deflate", b"br", b"identity, gzip", b"@"):
        framed("content-encoding %s" % coding.decode(), "reject", "415, and its body is not stored", b"Content-Encoding: " + coding,
               b"Content-Length: %d")


def chunk_cases(cases):
    body = cases.body

    def sized(name, reason, size):
        body(name, reason, lambda text: size.replace(b"%x", b"%x" % len(text)) + b"\r\n" + text + b"\r\n0\r\n\r\n")

    for size in (b"", b" %x", b"%x ", b"\t%x", b"%x\t", b"+%x", b"-%x", b"0x%x", b"%x_", b"%x;", b"%x;a", b"%x;a=b", b"%x;a=\"b\"", b"%x ;a",
                 b"%x\r", b"\r\n%x", b"%x\x00", b"g", b"%x,%x", b"%x.", b"0000000000000%x", b"fffffffff", b"ffffffffffffffff",
                 b"10000000000000000", b"1" + b"0" * 15 + b"%x", b"f" * 4000, b"%x;" + b"a" * 60000, b"7fffffffffffffff", b"80000000000000ff"):
        sized("chunk size %r" % size[:24], "one to eight hexadecimal digits, no extension", size)
    body("LF behind a size", "LF alone ends no line", lambda text: b"%x\n%s\r\n0\r\n\r\n" % (len(text), text))
    body("LF behind a chunk", "LF alone ends no line", lambda text: b"%x\r\n%s\n0\r\n\r\n" % (len(text), text))
    body("nothing behind a chunk", "RFC 9112, 7.1", lambda text: b"%x\r\n%s0\r\n\r\n" % (len(text), text))
    body("bare CR behind a chunk", "RFC 9112, 7.1", lambda text: b"%x\r\n%s\r0\r\n\r\n" % (len(text), text))
    body("more than its size", "RFC 9112, 7.1", lambda text: b"%x\r\n%sxx\r\n0\r\n\r\n" % (len(text), text))
    body("less than its size", "RFC 9112, 7.1", lambda text: b"%x\r\n%s\r\n0\r\n\r\n" % (len(text) + 1, text))
    body("LF behind the last size", "LF alone ends no line", lambda text: b"%x\r\n%s\r\n0\n\r\n" % (len(text), text))
    body("LF ends the trailers", "LF alone ends no line", lambda text: b"%x\r\n%s\r\n0\r\n\n" % (len(text), text))
    body("bare CR in the last line", "RFC 9112, 7.1", lambda text: b"%x\r\n%s\r\n0\r\r\n\r\n" % (len(text), text))
    body("last chunk with an extension", "no extensions", lambda text: b"%x\r\n%s\r\n0;a=b\r\n\r\n" % (len(text), text))
    body("last chunk of many zeros", "one to eight digits", lambda text: b"%x\r\n%s\r\n%s\r\n\r\n" % (len(text), text, b"0" * 9))
    body("a body without chunks", "RFC 9112, 7.1", lambda text: text)
    for name, trailer in (("a trailer", b"X: y"), ("a trailer of framing", b"Content-Length: 5"), ("a trailer of authorization", AUTHORIZATION),
                          ("a trailer of coding", b"Transfer-Encoding: chunked"), ("a trailer of 65,535 bytes", b"X: " + b"a" * 65535),
                          ("a trailer without end", b"X: " + b"a" * 200000), ("many trailers", b"X: y\r\n" * 2000 + b"X: z"),
                          ("a folded trailer", b"X: y\r\n z"), ("a trailer of NUL", b"X: \0"), ("a trailer without colon", b"X")):
        body(name, "no trailers", lambda text, trailer=trailer: b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(text), text, trailer))
    cases.accept("zeros before a size", "up to eight digits, all hexadecimal", lambda text: request(
        [HOST, b"Transfer-Encoding: chunked"], b"%08X\r\n%s\r\n00\r\n\r\n" % (len(text), text)))


def smuggling_cases(cases):
    """A whole request hidden so that one of the two framings makes it a request of its own."""
    hidden = post(report("smuggled-inside"))
    codings = (b"Transfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding:\x0bchunked",
               b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
               b"Transfer-Encoding:\r\n chunked", b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
               b" Transfer-Encoding: chunked", b"Transfer-Encoding\r\n: chunked", b"transfer-encoding: identity, chunked")
    for coding in codings:
        whole = b"0\r\n\r\n" + hidden
        cases.reject("CL.TE by %r" % coding, "both framings", lambda _: request([HOST, length(whole), coding], whole))
        size = b"%x\r\n" % len(hidden)
        cases.reject("TE.CL by %r" % coding, "both framings", lambda _: request(
            [HOST, length(size), coding], size + hidden + b"\r\n0\r\n\r\n"))
    whole = b"GET / HTTP/1.1\r\nX: " + hidden
    for method in (b"GET", b"HEAD", b"OPTIONS", b"DELETE"):
        cases.reject("CL.0 by %s" % method.decode(), "a body where none is expected", lambda _: request(
            [HOST, length(hidden)], hidden, line=method + b" / HTTP/1.1"))
    cases.reject("CL.0 by a path that is not there", "the body of a 404 is not read as requests", lambda _: request(
        [HOST, length(hidden)], hidden, line=b"POST /none HTTP/1.1"))
    cases.reject("CL.0 by a wrong authorization", "the body of a 401 is not read as requests", lambda _: (
        b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: wrong\r\n%s\r\n\r\n%s" % (length(hidden), hidden)))
    cases.reject("CL.0 by an expectation", "the body of a 417 is not read as requests", lambda _: request(
        [HOST, b"Expect: a-miracle", length(hidden)], hidden))
    cases.reject("CL.0 by a large body", "the body of a 413 is not read as requests", lambda _: request(
        [HOST, b"Content-Length: 2000000"], hidden))
    cases.reject("0.CL in the head", "a bare LF", lambda _: b"POST / HTTP/1.1\r\nHost: a\n\n" + hidden)


def cases():
    made = Cases()
    for group in (host_cases, field_cases, request_line_cases, length_cases, coding_cases, chunk_cases, smuggling_cases):
        group(made)
    return made.all
