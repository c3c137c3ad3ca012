"""Texts that break programs, and what the formats may make of them: told here a second time, by Python's tables."""
import functools
import json
import re
import unicodedata

from corpora import corpus

BIDI = {0x61c, 0x200e, 0x200f, *range(0x202a, 0x202f), *range(0x2066, 0x206a)}
# Format characters that are seen, or that shape what is seen.
SEEN_FORMAT = {*range(0x600, 0x606), 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd, *range(0x13430, 0x13439)}
# What the public list lacks.
MORE = ["\\", "\\n", "\\\\n", "'=1", "'", "\"", ",", ";", "|", "\\|", "||", "`|`", "a\\tb\tc", "=1+1", "+1", "-1", "@SUM(A1)",
        "\tx", "\rx", "\nx", "x\n", "x\r\n", "a\nb", "\"a\nb\",c", "\u0085", "\u009b31m", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x07",
        "\x7f", "\u202ecba", "\u2066a\u2069", "\u2028", "\u2029", "\ufeffa", "a\u0300" * 40, "\u4e2d\u6587" * 30, "\U0001f469\u200d\U0001f52c",
        "\uffff", "\U0010ffff", "\ud7ff", "\ue000", "null", "true", "{}", "[]", "0", "-", "total", "</td></tr></table><script>alert(1)</script>",
        "<!--", "-->", "]]>", "&amp;", "&#x3c;", "\" onclick=\"x", "' onclick='x", "{{7*7}}", "${7*7}", "%s%n", "%0a", "!x", "*", "[a-z]", "~",
        "#", "# h", "- x", "1. x", "    x", "> x", "![x](y)", "[x](javascript:y)", "<https://x>", "https://x", "www.x.com", "***", "---", "=== "]


def naughty_texts():
    """The public list, all control characters, and ours; none twice, so that an id names one."""
    with open(corpus("blns/blns.json"), encoding="utf-8") as file:
        public = json.load(file)
    controls = ["a%cb" % code for code in (*range(0x20), *range(0x7f, 0xa0))]
    return len(public), list(dict.fromkeys(public + controls + MORE))


@functools.cache
def is_unseen(letter):
    """What must never come out raw: it acts on a terminal, a log or its neighbours."""
    category = unicodedata.category(letter)
    return category in ("Cc", "Zl", "Zp") or ord(letter) in BIDI or (category == "Cf" and ord(letter) not in SEEN_FORMAT)


@functools.cache
def visible(text):
    names = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(names.get(letter, "\\u{%02x}" % ord(letter)) if is_unseen(letter) else letter for letter in text)


def guarded(text, spelled):
    return ("'" if text[:1] in tuple("=+-@\t\r") else "") + spelled


@functools.cache
def columns_of(letter):
    category = unicodedata.category(letter)
    is_shaping = category in ("Mn", "Me") or (category == "Cf" and ord(letter) not in SEEN_FORMAT)
    if ord(letter) >= 0x300 and (is_shaping or 0x1160 <= ord(letter) <= 0x11ff):
        return 0
    # Of unassigned ones some versions of Python say that they are wide.
    return 2 if category != "Cn" and unicodedata.east_asian_width(letter) in "WF" else 1


def width(text):
    """Columns of a terminal, by the East Asian widths and categories of Unicode."""
    return sum(map(columns_of, text))


def raw_in(output, allowed="\n"):
    """The first thing that must not be there, or None."""
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return str(error)
    return next((ascii(letter) for letter in sorted(set(text) - set(allowed)) if is_unseen(letter)), None)


ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|([nrt\\]))|\\")


def turned_back(field):
    """Undoes the escapes of tsv; raises KeyError at one that is none."""
    def meant(found):
        code, name = found.groups()
        return chr(int(code, 16)) if code else {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[name]
    return ESCAPE.sub(meant, field)
