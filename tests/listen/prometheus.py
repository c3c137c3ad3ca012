"""A strict reader of Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats)."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
SAMPLE = re.compile(r"^(%s)(?:\{(.*)\})? (\S+)$" % NAME)
VALUE = re.compile(r"^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")


class Malformed(Exception):
    pass


def labels_of(text):
    labels, position = {}, 0
    while position < len(text):
        found = LABEL.match(text, position)
        if not found or found.group(1) in labels:
            raise Malformed("labels: " + text)
        labels[found.group(1)] = re.sub(r'\\(.)', lambda m: "\n" if m.group(1) == "n" else m.group(1), found.group(2))
        position = found.end()
        if position < len(text):
            if text[position] != "," or position + 1 == len(text):
                raise Malformed("labels: " + text)
            position += 1
    return labels


def check_histogram(name, samples):
    """Of one set of labels: cumulative, complete, and summed."""
    buckets = [(float(labels["le"].replace("+Inf", "inf")), value) for suffix, labels, value in samples
               if suffix == "_bucket"]
    bounds, counts = [bound for bound, _ in buckets], [count for _, count in buckets]
    if bounds != sorted(set(bounds)) or bounds[-1] != float("inf"):
        raise Malformed("%s: bounds %s" % (name, bounds))
    if counts != sorted(counts):
        raise Malformed("%s: not cumulative: %s" % (name, counts))
    rest = {suffix: value for suffix, _, value in samples if suffix != "_bucket"}
    if set(rest) != {"_sum", "_count"} or rest["_count"] != counts[-1]:
        raise Malformed("%s: %s beside %s" % (name, rest, counts[-1]))


def parse(text):
    """{family: (type, [(suffix, labels, value)])}; raises Malformed."""
    if not text.endswith("\n"):
        raise Malformed("no line break at the end")
    families, current, helped = {}, None, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            found = re.match(r"^# HELP (%s) (\S.*)$" % NAME, line)
            if not found or found.group(1) in families or re.search(r"\\(?![\\n])", found.group(2)):
                raise Malformed(line)
            helped = found.group(1)
        elif line.startswith("# TYPE "):
            found = re.match(r"^# TYPE (%s) (\w+)$" % NAME, line)
            if not found or found.group(1) != helped or found.group(1) in families or found.group(2) not in TYPES:
                raise Malformed(line)
            current = found.group(1)
            families[current] = (found.group(2), [])
        else:
            found = SAMPLE.match(line)
            if not found or current is None or not VALUE.match(found.group(3)):
                raise Malformed(line)
            suffix = found.group(1)[len(current):] if found.group(1).startswith(current) else None
            allowed = ("_bucket", "_sum", "_count") if families[current][0] == "histogram" else ("",)
            if suffix not in allowed:
                raise Malformed("%s within %s" % (line, current))
            if families[current][0] == "counter" and not current.endswith("_total"):
                raise Malformed("counter " + current)
            labels = labels_of(found.group(2) or "")
            if any((s, l) == (suffix, labels) for s, l, _ in families[current][1]):
                raise Malformed("twice: " + line)
            families[current][1].append((suffix, labels, float(found.group(3))))
    for name, (kind, samples) in families.items():
        if kind == "histogram":
            check_histogram(name, samples)
    return families


def self_test():
    """What the reader must refuse."""
    good = '# HELP a_total b\n# TYPE a_total counter\na_total{c="d\\"\\\\\\n"} 1\n'
    parse(good)
    bad = (good[:-1], good.replace("# HELP a_total b\n", ""), good.replace("} 1", "}  1"), good.replace(" 1\n", " x\n"),
           good.replace("counter", "count"), good.replace("c=", "9="), good.replace('"} ', '",} '), good + good,
           good.replace("a_total{", "b_total{"), good.replace('\\"', '"'), good + 'a_total{c="d\\"\\\\\\n"} 2\n',
           "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
           "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
           "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n")
    for text in bad:
        try:
            parse(text)
        except Malformed:
            continue
        raise AssertionError("accepted: %r" % text)
    return len(bad)
