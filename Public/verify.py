#!/usr/bin/env python3
"""Checks the public record of a vote: the second verifier, written apart from the first, in the standard library alone.

    python3 verify.py RECORD [--json] [--checkpoint FILE] [--receipt FILE]… [--choices JSON]
                             [--witness VKEY]… [--key VKEY]

RECORD is the address of a record, a folder or a bundle.tar.gz. Exit status: 0 all checks hold, 1 a check fails, 2 the
record cannot be read. Documentation/Record.md explains the formats, the checks and the failures,
Documentation/Counting.md the rules. Exactness comes before speed: a count by equal shares that raises the shares of a
large city thousands of times takes minutes here.
"""
import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
import tarfile
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from fractions import Fraction
from math import gcd

SAFE = 2**53 - 1
MAXIMUM_FILE = 64 << 20
MAXIMUM_FAILURES = 20
CHECKS = ["V%d" % n for n in range(1, 15)]
TITLES = {
    "V1": "the checkpoint is signed by the log's key, and by the witnesses asked for",
    "V2": "the root recomputed from all entries is the checkpoint's, and the tiles agree",
    "V3": "the log only grew since the earlier checkpoint",
    "V4": "every entry is canonical, of a known kind, and at its time",
    "V5": "the definition is the one that was frozen",
    "V6": "one live mark per credential; replacements and annulments follow the definition",
    "V7": "every live sealed ballot was opened, once, in the order of trackers",
    "V8": "every opened ballot is valid or counted as invalid for the right reason",
    "V9": "every batch of papers adds up",
    "V10": "marks and ballots balance at every place and in the whole",
    "V11": "no group of ballots is smaller than the definition allows",
    "V12": "the result recomputed from the ballots is the published one, byte for byte",
    "V13": "the receipts' ballots are in the record",
    "V14": "the certified checkpoint is a prefix of the log",
}
# Everything that can be wrong: the check that finds it, and its sentence.
FAULTS = {
    "key_malformed": ("V1", "the file “key” is not a verifier key"),
    "key_differs": ("V1", "the published key is not the one asked for"),
    "checkpoint_malformed": ("V1", "the checkpoint is not a signed checkpoint"),
    "checkpoint_origin": ("V1", "the checkpoint names another log than the key"),
    "checkpoint_unsigned": ("V1", "the checkpoint has no signature of the log's key"),
    "checkpoint_forged": ("V1", "the signature of the checkpoint is not the log's"),
    "cosignature_missing": ("V1", "a witness has not signed the checkpoint"),
    "cosignature_forged": ("V1", "the signature of a witness is not the witness's"),
    "bundle_missing": ("V2", "a file of entries is missing"),
    "bundle_malformed": ("V2", "a file of entries does not have the entries that the size asks for"),
    "tile_missing": ("V2", "a tile is missing"),
    "tile_differs": ("V2", "a tile does not have the hashes of the entries"),
    "root_differs": ("V2", "the entries do not have the root that is signed"),
    "earlier_malformed": ("V3", "the earlier checkpoint is not a signed checkpoint"),
    "earlier_forged": ("V3", "the earlier checkpoint is not signed by the log's key"),
    "earlier_origin": ("V3", "the earlier checkpoint is that of another log"),
    "earlier_larger": ("V3", "the log was longer before: entries were taken away"),
    "earlier_differs": ("V3", "the log does not begin as it did: entries were changed"),
    "entry_not_canonical": ("V4", "the entry is not canonical JSON"),
    "entry_unknown_kind": ("V4", "the entry is of no known kind"),
    "entry_malformed": ("V4", "the entry does not have the fields of its kind"),
    "entry_before_opening": ("V4", "the entry stands before the vote was opened"),
    "entry_after_closing": ("V4", "the entry stands after the vote was closed"),
    "entry_after_result": ("V4", "the entry stands after the result was published"),
    "entry_before_closing": ("V4", "the entry stands before the vote was closed"),
    "entry_before_result": ("V4", "the entry stands before the result was published"),
    "entry_twice": ("V4", "the entry may stand only once and stands again"),
    "closed_too_early": ("V4", "the vote was closed before its deadline, and nobody is on record for it"),
    "definition_missing": ("V5", "there is no definition.json"),
    "definition_malformed": ("V5", "definition.json is not a definition"),
    "definition_differs": ("V5", "definition.json is not the one that was frozen"),
    "definition_contradicted": ("V5", "the entry that opened the vote contradicts the definition"),
    "mark_twice": ("V6", "the credential was marked before"),
    "mark_channel": ("V6", "the definition does not offer this channel"),
    "sealed_without_mark": ("V6", "a ballot was sealed for a credential that was never marked"),
    "sealed_on_paper": ("V6", "a ballot was sealed for a mark on paper"),
    "sealed_after_annulment": ("V6", "a ballot was sealed after its mark was annulled"),
    "replaced_without_right": ("V6", "a ballot was replaced although the definition forbids it"),
    "annulled_without_mark": ("V6", "a mark was annulled that was never made"),
    "annulled_twice": ("V6", "the mark was annulled before"),
    "annulled_reason": ("V6", "the definition has no such reason for annulling a mark"),
    "annulled_against_policy": ("V6", "the mark was annulled for the other channel against the definition's policy"),
    "closing_counts": ("V6", "the account at closing is not that of the log"),
    "opened_count": ("V7", "the opened ballots are not as many as the live sealed ones"),
    "tracker_twice": ("V7", "the tracker stands at another ballot too"),
    "tracker_order": ("V7", "the ballot is not in its place by tracker or serial"),
    "choices_shape": ("V8", "the choices are not those of this type of ballot"),
    "choices_not_normal": ("V8", "the choices are not written in their one form"),
    "paper_invalid": ("V8", "a paper that is not valid was opened as if it were"),
    "batch_twice": ("V9", "the batch was declared or settled before"),
    "batch_undeclared": ("V9", "the batch was never declared"),
    "batch_entries": ("V9", "the batch was not entered twice independently before it was settled"),
    "batch_rows": ("V9", "the batch was entered with more rows than papers"),
    "batch_sum": ("V9", "papers are not counted + blank + invalid"),
    "batch_reason": ("V9", "there is no such reason for an invalid paper"),
    "batch_reopened": ("V9", "a batch is opened again that was not settled"),
    "batch_unsettled": ("V9", "the batch was not settled when the result was published"),
    "batch_opened": ("V9", "the opened papers are not as many as were counted"),
    "batch_file_differs": ("V9", "the published file is not the one that the entry names"),
    "batch_file_malformed": ("V9", "the published file is not this reading of the batch"),
    "batch_file_counts": ("V9", "the published file does not hold what the entry says"),
    "batch_file_opened": ("V9", "the opened papers are not those of the published file"),
    "balance_of_place": ("V10", "marks and ballots of the place do not balance"),
    "balance_of_whole": ("V10", "marks and ballots do not balance in the whole"),
    "group_too_small": ("V11", "a group could be joined with another and is too small"),
    "group_differs": ("V11", "the groups are not those that the definition makes of the marks"),
    "result_missing": ("V12", "there is no result.json"),
    "result_unannounced": ("V12", "there is a result.json, but no result stands in the log"),
    "result_hash": ("V12", "result.json is not the one that the log names"),
    "result_rule": ("V12", "the log names another rule than the definition"),
    "result_uncountable": ("V12", "the ballots cannot be counted by the definition's rule"),
    "result_differs": ("V12", "result.json is not what the ballots give"),
    "receipt_malformed": ("V13", "the file is not a receipt"),
    "receipt_forged": ("V13", "the receipt is not signed by the log's key"),
    "receipt_origin": ("V13", "the receipt is of another vote"),
    "receipt_not_included": ("V13", "the receipt's sealed ballot is not in the log"),
    "receipt_replaced": ("V13", "the receipt's ballot was replaced by a later one of the same person"),
    "receipt_annulled": ("V13", "the mark of the receipt's ballot was annulled"),
    "receipt_not_opened": ("V13", "the receipt's tracker is not among the opened ballots"),
    "receipt_choices": ("V13", "the receipt's tracker stands beside other choices"),
    "certified_too_large": ("V14", "the certified checkpoint is longer than the log was"),
    "certified_differs": ("V14", "the certified checkpoint is not a prefix of the log"),
}


class Unreadable(Exception):
    """The record cannot be read."""


class Wrong(Exception):
    """A value is not what the format asks for."""


# ---- JSON ------------------------------------------------------------------------------------------------------------

def _integer(text):
    if len(text) > 17 or abs(int(text)) > SAFE:
        raise Wrong("integer out of range")
    return int(text)


def _pairs(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Wrong("a name stands twice")
    return dict(pairs)


def _refuse(text):
    raise Wrong("not an integer: " + text)


def _depth(value, level=0):
    if isinstance(value, (list, dict)):
        if level >= 32:
            raise Wrong("nested too deep")
        for inner in value.values() if isinstance(value, dict) else value:
            _depth(inner, level + 1)


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _quoted(text):
    return '"' + re.sub(r'[\x00-\x1f"\\]', lambda m: ESCAPES.get(m[0], "\\u%04x" % ord(m[0])), text) + '"'


def _write(value):
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(_quoted(name) + ":" + _write(value[name]) for name in names) + "}"


def canonical(value):
    """RFC 8785 bytes."""
    return _write(value).encode("utf-8")


def parse(data, strict=True):
    """The value of canonical JSON; raises Wrong for anything else."""
    try:
        value = json.loads(data.decode("utf-8"), parse_int=_integer, parse_float=_refuse, parse_constant=_refuse,
                           object_pairs_hook=_pairs)
        _depth(value)
        if strict and canonical(value) != bytes(data):
            raise Wrong("not canonical")
    except (ValueError, RecursionError) as error:
        raise Wrong(str(error)) from None
    return value


class Fields:
    """The members of an object, taken one by one; what is left is refused."""

    def __init__(self, value):
        if not isinstance(value, dict):
            raise Wrong("not an object")
        self.left = dict(value)

    def value(self, name):
        if name not in self.left:
            raise Wrong("no " + name)
        return self.left.pop(name)

    def need(self, name, test):
        value = self.value(name)
        if not test(value):
            raise Wrong("wrong " + name)
        return value

    def text(self, name):
        return self.need(name, lambda v: isinstance(v, str))

    def text_or_null(self, name):
        return self.need(name, lambda v: v is None or isinstance(v, str))

    def name(self, name):
        return self.need(name, lambda v: isinstance(v, str) and v != "")

    def name_or_null(self, name):
        return self.need(name, lambda v: v is None or (isinstance(v, str) and v != ""))

    def integer(self, name):
        return self.need(name, is_integer)

    def count(self, name):
        return self.need(name, lambda v: is_integer(v) and v >= 0)

    def count_or_null(self, name):
        return self.need(name, lambda v: v is None or (is_integer(v) and v >= 0))

    def flag(self, name):
        return self.need(name, lambda v: isinstance(v, bool))

    def minute(self, name):
        return self.need(name, lambda v: is_integer(v) and v % 60 == 0)

    def hex(self, name, digits):
        return self.need(name, lambda v: is_hex(v, digits))

    def texts(self, name):
        return self.need(name, lambda v: isinstance(v, list) and all(isinstance(t, str) for t in v))

    def words(self, name):
        return self.need(name, lambda v: isinstance(v, dict) and all(isinstance(t, str) for t in v.values()))

    def channel(self, name="channel"):
        return self.need(name, lambda v: v in ("online", "kiosk", "paper"))

    def officers(self, least, most):
        return self.need("officers", lambda v: isinstance(v, list) and all(isinstance(t, str) and t for t in v)
                         and least <= len(v) <= most and len({nfc(t) for t in v}) == len(v))

    def end(self):
        if self.left:
            raise Wrong("unknown " + sorted(self.left)[0])


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_hex(value, digits):
    return isinstance(value, str) and len(value) == digits and re.fullmatch(r"[0-9a-f]*", value) is not None


def nfc(text):
    return unicodedata.normalize("NFC", text)


# ---- Ed25519 (RFC 8032), verification only ---------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def _add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return (w * x % P, y * z % P, x * y % P, w * z % P)


def _times(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _add(total, point)
        point = _add(point, point)
        n >>= 1
    return total


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    """Whether the signature of the message is the key's."""
    a = _point(key)
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - a[0], a[1], 1, P - a[3])
    x, y, z, _ = _add(_times(s, BASE), _times(k, minus))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ---- Notes, checkpoints, trees ---------------------------------------------------------------------------------------

def from_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_key_name(name):
    return name != "" and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


class Key:
    """A verifier key: <name>+<id>+<base64 of type and key>."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        raw = from_base64(parts[2]) if len(parts) == 3 else None
        if raw is None or len(raw) != 33 or raw[0] not in (1, 4) or not is_key_name(parts[0]):
            raise Wrong("not a key")
        self.vkey, self.name, self.kind, self.key = vkey, parts[0], raw[0], raw[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.id.hex() != parts[1]:
            raise Wrong("not a key")


class Note:
    """A signed note: its text and its signature lines."""

    def __init__(self, data):
        gap = data.rfind(b"\n\n")
        if len(data) > 1_000_000 or gap < 0 or not data.endswith(b"\n") or re.search(rb"[\x00-\x09\x0b-\x1f]", data):
            raise Wrong("not a note")
        try:
            self.text, tail = data[:gap + 1].decode(), data[gap + 2:-1].decode()
        except UnicodeDecodeError:
            raise Wrong("not a note") from None
        if gap + 2 >= len(data):
            raise Wrong("not a note")
        self.signatures = []
        for line in tail.split("\n"):
            parts = line[2:].split(" ")
            raw = from_base64(parts[1]) if line.startswith("— ") and len(parts) == 2 else None
            if raw is None or len(raw) <= 4 or not is_key_name(parts[0]) or len(self.signatures) == 100:
                raise Wrong("not a note")
            self.signatures.append((parts[0], raw[:4], raw[4:]))

    def verdict(self, key):
        """valid, forged or missing."""
        own = [s for name, keyid, s in self.signatures if name == key.name and keyid == key.id]
        for signature in own:
            message = self.text.encode()
            if key.kind == 4:
                if len(signature) != 72 or signature[0] > 127:
                    return "forged"
                time = int.from_bytes(signature[:8], "big")
                message, signature = b"cosignature/v1\ntime %d\n" % time + message, signature[8:]
            if not ed25519(key.key, message, signature):
                return "forged"
        return "valid" if own else "missing"


class Checkpoint:
    """Origin, size and root."""

    def __init__(self, text):
        lines = text.split("\n")
        root = from_base64(lines[2]) if len(lines) > 3 else None
        if root is None or len(root) != 32 or lines.pop() != "" or "" in lines or \
                not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) or int(lines[1]) > SAFE:
            raise Wrong("not a checkpoint")
        self.origin, self.size, self.root = lines[0], int(lines[1]), root


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Range:
    """The perfect subtrees of a growing tree."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, value):
        size = self.size
        while size & 1:
            value = node(self.hashes.pop(), value)
            size >>= 1
        self.hashes.append(value)
        self.size += 1

    def root(self):
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node(left, value)
        return value


def root_of(leaves):
    tree = Range()
    for value in leaves:
        tree.append(value)
    return tree.root()


def batch_file(data, batch, reading):
    """The lines of a file that says of itself to be this reading of the batch."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise Wrong("not UTF-8") from None
    if b"\r" in data or len(lines) < 3 or lines.pop() or lines[1] != "paper;choices":
        raise Wrong("not a batch")
    head, papers = lines[0].split(";"), []
    if head[:-1] != ["tilleul-batch-v1", batch, reading] or not is_hex(head[-1], 32):
        raise Wrong("another batch")
    for number, line in enumerate(lines[2:], 1):
        if not line.startswith("%d;" % number):
            raise Wrong("not in order")
        papers.append(line.split(";", 1)[1])
    return papers


def tile_path(kind, index, width=256):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s" % (kind, "/".join(groups)) + ("" if width == 256 else ".p/%d" % width)


# ---- Where the files are ---------------------------------------------------------------------------------------------

class Folder:
    def __init__(self, path):
        self.path = path

    def read(self, name):
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                data = file.read(MAXIMUM_FILE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable("%s: %s" % (name, error.strerror)) from None
        if len(data) > MAXIMUM_FILE:
            raise Unreadable(name + " is larger than any file of a record")
        return data


class Archive:
    """A bundle.tar.gz, read in memory; nothing is unpacked to the disk."""

    def __init__(self, path):
        self.files = {}
        try:
            with tarfile.open(path, "r:gz") as archive:
                total = 0
                for member in archive:
                    if member.isdir():
                        continue
                    parts = member.name.split("/")
                    total += member.size
                    if not member.isreg() or member.name.startswith("/") or ".." in parts or total > 16 << 30:
                        raise Unreadable("“%s” is refused: links, paths that lead out, or too much" % path)
                    self.files["/".join(p for p in parts if p != ".")] = archive.extractfile(member).read()
        except (tarfile.TarError, OSError, EOFError) as error:
            raise Unreadable("“%s” cannot be unpacked: %s" % (path, error)) from None
        if "checkpoint" not in self.files:
            tops = {name.split("/")[0] for name in self.files}
            if len(tops) == 1:
                self.files = {name.split("/", 1)[1]: data for name, data in self.files.items() if "/" in name}

    def read(self, name):
        return self.files.get(name)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


class Address:
    def __init__(self, address):
        self.base = address if address.endswith("/") else address + "/"
        self.opener = urllib.request.build_opener(NoRedirect)
        # A result that is published meanwhile may stand under the checkpoint or not: then both are fetched once more.
        self.kept = {name: self.fetch(name) for name in ("result.json", "checkpoint")}
        if self.kept["result.json"] is None and self.fetch("result.json") is not None:
            self.kept = {name: self.fetch(name) for name in ("result.json", "checkpoint")}

    def read(self, name):
        return self.kept[name] if name in self.kept else self.fetch(name)

    def fetch(self, name):
        try:
            with self.opener.open(self.base + name, timeout=60) as response:
                data = response.read(MAXIMUM_FILE + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise Unreadable("%s%s: the server answers %d" % (self.base, name, error.code)) from None
        except (OSError, ValueError) as error:
            raise Unreadable("%s%s: %s" % (self.base, name, error)) from None
        if len(data) > MAXIMUM_FILE:
            raise Unreadable(name + " is larger than any file of a record")
        return data


# ---- The definition and its ballots ----------------------------------------------------------------------------------

INVALID = ["duplicate", "identifying_mark", "illegible", "malformed_value", "missing", "not_official", "over_budget",
           "points_in_total", "points_per_project", "repeated_rank", "too_few", "too_many", "torn", "unknown_grade",
           "unknown_project", "unreadable", "wrong_district"]
ANNULMENT = ["error", "other_channel", "withdrawn"]


class Definition:
    def __init__(self, data):
        f = Fields(parse(data))
        f.need("format", lambda v: v == "tilleul-definition-v1")
        self.projects = []
        for item in f.need("projects", lambda v: isinstance(v, list)):
            p = Fields(item)
            self.projects.append({"number": p.count("number"), "id": p.text("id"), "title": p.words("title"),
                                  "cost": p.count("cost"), "district": p.text_or_null("district")})
            p.end()
        b = Fields(f.value("ballot"))
        self.type = b.need("type", lambda v: v in ("approval", "points", "ranking", "grades"))
        self.minimum, self.maximum = b.count("minimum"), b.count("maximum")
        self.limit = b.count_or_null("budget_limit")
        self.each, self.total = b.count("points_per_project"), b.count("points_in_total")
        self.grades = b.texts("grades")
        b.end()
        c = Fields(f.value("counting"))
        self.rule, self.tie = c.text("rule"), c.text("tie")
        self.threshold, self.step = c.count_or_null("threshold"), c.count_or_null("step")
        self.read_constraints(c.left.pop("constraints", None))
        c.end()
        f.need("invalid_reasons", lambda v: v == INVALID)
        f.need("annulment_reasons", lambda v: v == ANNULMENT)
        self.origin, self.budget, self.currency = f.text("origin"), f.count("budget"), f.text("currency")
        f.words("title"), f.texts("languages")
        eligibility, self.channels = f.texts("eligibility"), f.texts("channels")
        self.has_roll = "roll" in eligibility
        roll = f.texts("roll_fields") if "roll_fields" in f.left else None
        self.policy, self.revote = f.text("policy"), f.flag("revote")
        f.count("minimum_age")
        fields = f.left.pop("roll_fields", ["-"])
        if not isinstance(fields, list) or not fields or not all(isinstance(name, str) for name in fields) \
                or fields != sorted(fields):
            raise Wrong("roll_fields")
        self.opens, self.closes, self.small = f.integer("opens"), f.integer("closes"), f.count("small_cell")
        f.end()
        if eligibility != sorted(eligibility) or self.channels != sorted(self.channels) or \
                roll is not None and (not roll or roll != sorted(roll)):
            raise Wrong("not sorted")
        if len({nfc(p["id"]) for p in self.projects}) < len(self.projects) or \
                len({p["number"] for p in self.projects}) < len(self.projects):
            raise Wrong("a project stands twice")
        self.cost = {p["id"]: p["cost"] for p in self.projects}
        self.named = {p["number"]: p["id"] for p in self.projects}

    NO_CONSTRAINTS = {"threshold_share": None, "per_district": None, "exclusive": [], "envelopes": {},
                      "leftovers_to_city": False, "one_in_part": False}

    def read_constraints(self, value):
        """What is asked beside the rule; stands in a definition only where something is asked."""
        self.parameters = {"step": self.step, "threshold": self.threshold}
        if value is not None:
            self.parameters["constraints"] = value
            if value == self.NO_CONSTRAINTS:
                raise Wrong("constraints that ask nothing")
        c = Fields(self.NO_CONSTRAINTS if value is None else value)
        self.share, self.per_district = c.count_or_null("threshold_share"), c.count_or_null("per_district")
        self.exclusive = c.need("exclusive", lambda v: isinstance(v, list) and all(
            isinstance(group, list) and all(isinstance(name, str) for name in group) for group in v))
        self.envelopes = c.need("envelopes", lambda v: isinstance(v, dict) and all(
            is_integer(money) and money >= 0 for money in v.values()))
        self.leftovers, self.in_part = c.flag("leftovers_to_city"), c.flag("one_in_part")
        c.end()

    def limits(self):
        """Groups of projects of which at most so many are funded; those without a name exclude one another."""
        limits = []
        if self.per_district is not None:
            for district in sorted({p["district"] for p in self.projects} - {None}):
                limits.append({"name": district, "most": self.per_district,
                               "projects": {p["id"] for p in self.projects if p["district"] == district}})
        return limits + [{"name": None, "most": 1, "projects": set(group)} for group in self.exclusive]

    def least_support(self, voters):
        """The threshold in points; a share of the ballots, in hundredths of a per cent, is rounded up."""
        return self.threshold if self.share is None else -(-voters * self.share // 10_000)

    def read(self, choices):
        """('valid', choices), ('invalid', reason), ('not_normal', ) or ('wrong_shape', )."""
        listed = self.type in ("approval", "ranking")
        if listed and not (isinstance(choices, list) and all(isinstance(c, str) for c in choices)):
            return ("wrong_shape",)
        if not listed:
            test = is_integer if self.type == "points" else (lambda v: isinstance(v, str))
            if not (isinstance(choices, dict) and all(test(v) for v in choices.values())):
                return ("wrong_shape",)
        names = list(choices) if listed else sorted(choices, key=lambda n: n.encode("utf-16-be"))
        reasons, seen, repeated = [], set(), set()
        for name in names:
            if name not in self.cost:
                reasons.append("unknown_project")
            elif name in seen and name not in repeated:
                repeated.add(name)
                reasons.append("duplicate")
            seen.add(name)
        normal, chosen = choices, names
        if self.type == "approval":
            normal = sorted(choices)
        elif self.type == "points":
            good = [n for n in names if 0 <= choices[n] <= 9999]
            for name in names:
                if name not in good:
                    reasons.append("malformed_value")
                elif choices[name] > self.each:
                    reasons.append("points_per_project")
            if sum(choices[n] for n in good) > self.total:
                reasons.append("points_in_total")
            chosen = [n for n in good if choices[n] > 0]
            normal = {n: choices[n] for n in chosen}
        elif self.type == "grades":
            reasons += ["unknown_grade" for n in names if choices[n] not in self.grades]
            chosen = [n for n in names if choices[n] in self.grades]
        if 0 < len(chosen) < self.minimum:
            reasons.append("too_few")
        if len(chosen) > self.maximum:
            reasons.append("too_many")
        if self.limit is not None and sum(self.cost.get(n, 0) for n in chosen) > self.limit:
            reasons.append("over_budget")
        if reasons:
            return ("invalid", reasons[0])
        return ("valid", choices) if normal == choices else ("not_normal",)

    def read_paper(self, line):
        """What a line of a batch says of a paper: ('valid', choices), ('blank',) or ('invalid', reason)."""
        if len(line) > 20_000:
            raise Wrong("too long")
        if line == "-":
            return ("blank",)
        if line.startswith("!"):
            if line[1:] not in INVALID or line == "!unreadable":
                raise Wrong(line)
            return ("invalid", line[1:])
        pairs = []
        for piece in line.split(">" if self.type == "ranking" else ","):
            found = re.fullmatch({"points": "([0-9]{1,9}):([0-9]{1,4})", "grades": "([0-9]{1,9})=([A-Z])"}.get(
                self.type, "([0-9]{1,9})()"), piece)
            if not found or int(found[1]) not in self.named or str(int(found[1])) != found[1]:
                raise Wrong(piece)
            value = found[2]
            if self.type == "points" and str(int(value)) != value or \
                    self.type == "grades" and ord(value) - ord("A") >= len(self.grades):
                raise Wrong(piece)
            pairs.append((int(found[1]), value))
        if self.type != "ranking" and pairs != sorted(pairs):
            raise Wrong("not in order")
        names = [self.named[number] for number, _ in pairs]
        if len(set(names)) < len(names):
            return ("invalid", "duplicate")
        if self.type == "approval":
            choices = sorted(names)
        elif self.type == "ranking":
            choices = names
        elif self.type == "points":
            choices = {name: int(value) for name, (_, value) in zip(names, pairs)}
        else:
            choices = {name: self.grades[ord(value) - ord("A")] for name, (_, value) in zip(names, pairs)}
        reading = self.read(choices)
        if reading[0] == "not_normal" or not choices:
            raise Wrong("not in its one form")
        return reading


# ---- Counting: what is counted ---------------------------------------------------------------------------------------
#
# Every rule is written down as Documentation/Counting.md defines it, in whole numbers and exact fractions alone. Two
# things are done for speed: equal ballots are counted once with their number, and under equal shares a project is
# priced again only when its last price, below which it cannot fall in the same run, would make it the best.

MOST_MONEY = 1 << 52  # in cents; sums and points beyond it are refused, as no city has them
UNIT = 100            # cents


class Uncountable(Exception):
    """The definition's rule cannot count these ballots."""


class Count:
    """What is counted while the log is read: the lines of the account, and how often each different ballot was cast."""

    def __init__(self, definition):
        self.d = definition
        self.rows, self.ballots = {}, {}

    def row(self, channel, group):
        return self.rows.setdefault((group, channel or ""), {"valid": 0, "blank": 0, "invalid": {}})

    def valid(self, choices, channel, group, times=1):
        self.row(channel, group)["valid" if choices else "blank"] += times
        ballot = tuple(sorted(self.scores(choices)))
        self.ballots[ballot] = self.ballots.get(ballot, 0) + times

    def scores(self, choices):
        """What a ballot gives to the projects that it names: pairs of project and points."""
        if self.d.type == "approval":
            return [(name, 1) for name in choices]
        if self.d.type == "ranking":
            return [(name, len(choices) - place) for place, name in enumerate(choices)]
        if self.d.type == "points":
            return list(choices.items())
        # Grades count from the worst up, so that a project left out and one with the worst grade are the same.
        worst = len(self.d.grades) - 1
        points = ((name, worst - self.d.grades.index(label)) for name, label in choices.items())
        return [(name, value) for name, value in points if value > 0]

    def invalid(self, reason, channel, group, times=1):
        invalid = self.row(channel, group)["invalid"]
        invalid[reason] = invalid.get(reason, 0) + times

    def result(self, digest):
        """result.json as a value; raises Uncountable."""
        d = self.d
        election = Election(d, self.ballots)
        outcome = tally(election)
        counts = [{"channel": channel or None, "group": group, "valid": row["valid"], "blank": row["blank"],
                   "invalid": row["invalid"], "ballots": row["valid"] + row["blank"] + sum(row["invalid"].values())}
                  for (group, channel), row in sorted(self.rows.items())]
        return {
            "format": "tilleul-result-v1", "origin": d.origin, "definition": digest, "budget": d.budget,
            "currency": d.currency, "counts": counts, "parameters": d.parameters,
            "rule": d.rule, "tie": d.tie, "voters": election.voters, "support": election.support,
            "votes": election.votes, **outcome}


class Election:
    """Projects, money and ballots, as the rules look at them."""

    def __init__(self, definition, ballots):
        self.d = definition
        self.ids = [p["id"] for p in definition.projects]
        self.cost = definition.cost
        self.ballots = [(dict(ballot), number) for ballot, number in ballots.items()]
        self.voters = sum(ballots.values())
        self.support, self.votes = dict.fromkeys(self.ids, 0), dict.fromkeys(self.ids, 0)
        for ballot, number in self.ballots:
            for name, points in ballot.items():
                self.support[name] += points * number
                self.votes[name] += number
        # What the districts' envelopes leave of the budget is the city-wide one.
        self.envelopes, self.limits = definition.envelopes, definition.limits()
        self.city = definition.budget - sum(self.envelopes.values())
        if max([definition.budget, *self.cost.values(), *self.support.values()]) > MOST_MONEY or \
                self.voters > 1 << 40:
            raise Uncountable("too large")
        step, share = definition.step, definition.share
        known = all(name in self.cost for group in definition.exclusive for name in group)
        if self.city < 0 or step is not None and not 0 < step <= MOST_MONEY or share is not None and share > 10_000 \
                or not known:
            raise Uncountable("parameters")
        self.place = {name: place for place, name in enumerate(sorted(self.ids, key=self.tie_order()))}

    def tie_order(self):
        """The key by which projects are sorted that a rule cannot tell apart."""
        cost, votes, tie = self.cost, self.votes, self.d.tie

        def natural(name):
            return (0, int(name), name) if re.fullmatch("[0-9]+", name) else (1, 0, name)
        orders = {"lexico": lambda n: n, "natural": natural, "min_cost": lambda n: (cost[n], -votes[n], n),
                  "max_cost": lambda n: (-cost[n], -votes[n], n), "max_votes": lambda n: (-votes[n], cost[n], n),
                  "file": self.ids.index}
        if tie.startswith("draw:") and tie != "draw:":
            return lambda n: (hashlib.sha256(tie[5:].encode() + n.encode()).digest(), n)
        if tie not in orders:
            raise Uncountable(tie)
        return orders[tie]

    def in_tie_order(self, names):
        return sorted(names, key=self.place.get)

    def by_support(self, names):
        return sorted(names, key=lambda n: (-self.support[n], self.place[n]))


class Books:
    """The money of one envelope while a rule spends it, and the limits that hold beside money."""

    def __init__(self, election, district, money, names, taken):
        self.e, self.district, self.money, self.left, self.names = election, district, money, money, names
        self.order, self.taken = [], taken

    def copy(self):
        other = Books(self.e, self.district, self.money, self.names, [list(names) for names in self.taken])
        other.left, other.order = self.left, list(self.order)
        return other

    def fits(self, name):
        return self.e.cost[name] <= self.left

    def bar(self, name):
        """Why a project can no longer be funded, money apart; None when nothing bars it."""
        for limit, taken in zip(self.e.limits, self.taken):
            if name in limit["projects"] and len(taken) >= limit["most"]:
                if limit["name"] is None:
                    return {"code": "exclusive", "with": taken[0] if taken else ""}
                return {"code": "quota", "name": limit["name"], "most": limit["most"]}
        return None

    def select(self, name):
        self.left -= self.e.cost[name]
        self.order.append(name)
        for limit, taken in zip(self.e.limits, self.taken):
            if name in limit["projects"]:
                taken.append(name)


class Steps:
    """The decisions, in the order in which a rule took them."""

    def __init__(self, election):
        self.e, self.list = election, []

    def copy(self):
        other = Steps(self.e)
        other.list = list(self.list)
        return other

    def add(self, books, name, before, decision="selected", phase="rule", level=(), **more):
        step = {"round": len(self.list) + 1, "phase": phase, "project": name, "support": self.e.support[name],
                "cost": self.e.cost[name], "before": before, "after": books.left, "decision": decision,
                "envelope": books.district, **more}
        if level:
            step["tie"] = {"with": list(level), "broken_by": self.e.d.tie}
        self.list.append(step)

    def refuse(self, books, name, reason, **more):
        reason = {"code": reason} if isinstance(reason, str) else reason
        self.add(books, name, books.left, "refused", reason=reason, **more)


def tally(election):
    """What the rule decides: the members of result.json that a rule makes."""
    d = election.d
    if d.rule == "majority_judgment" and d.type != "grades" or d.rule == "phragmen" and d.type != "approval" or \
            d.rule != "majority_judgment" and d.type == "grades":
        raise Uncountable("%s does not read these ballots" % d.rule)
    rule = majority_judgment if d.rule == "majority_judgment" else phragmen if d.rule == "phragmen" else \
        greedy_rule if d.rule in GREEDY else equal_shares if d.rule in EQUAL_SHARES else None
    if rule is None:
        raise Uncountable(d.rule)
    steps, extras = Steps(election), {"shares": [], "comparisons": [], "gauges": {}}
    taken, order, cost, spare = [[] for _ in election.limits], [], 0, 0
    # Districts first, in the order of their names, so that what they leave can go to the city.
    own = {p["id"]: p["district"] if p["district"] in d.envelopes else None for p in d.projects}
    for district in [*sorted(d.envelopes), None]:
        money = election.city + (spare if d.leftovers else 0) if district is None else d.envelopes[district]
        books = Books(election, district, money, [n for n in election.ids if own[n] == district], taken)
        first = len(steps.list)
        books = rule(election, books, steps, extras)
        if d.in_part:
            fund_one_in_part(books, steps, first)
        taken = books.taken
        order += books.order
        cost += money - books.left
        spare += books.left
    return {"winners": sorted(order), "order": order, "cost": cost, "left": d.budget - cost, "steps": steps.list,
            **{name: value for name, value in extras.items() if value}}


def fund_one_in_part(books, steps, first):
    """Gives what is left to the best-placed supported project that lacked nothing but money."""
    lacking = ("does_not_fit", "after_stop", "supporters_short")
    for step in steps.list[first:]:
        name = step["project"]
        if books.left > 0 and step["decision"] == "refused" and step["reason"]["code"] in lacking and \
                step["support"] > 0 and books.bar(name) is None and not books.fits(name):
            amount = books.left
            books.select(name)
            books.left = 0
            steps.add(books, name, amount, "selected_in_part", "part", amount=amount)
            return


# ---- Counting: greedy rules and majority judgment --------------------------------------------------------------------

GREEDY = ("greedy_votes", "greedy_noskip", "greedy_threshold", "greedy_per_cost")


def greedy_rule(election, books, steps, extras):
    d = election.d
    if d.rule == "greedy_per_cost":
        def merit(name):
            # Supported and free is best of all; free and unsupported ranks with what nobody supports.
            support, cost = election.support[name], election.cost[name]
            return (support > 0, Fraction(0)) if cost == 0 else (False, Fraction(support, cost))
        ranked = sorted(books.names, key=lambda n: (tuple(-part for part in merit(n)), election.place[n]))
        fund(books, steps, ranked, merit)
    else:
        bounded = d.rule in ("greedy_threshold", "greedy_noskip")
        fund(books, steps, election.by_support(books.names), election.support.get,
             threshold=d.least_support(election.voters) if bounded else None, stops=d.rule == "greedy_noskip")
    return books


def fund(books, steps, ranking, merit, phase="rule", threshold=None, stops=False):
    """Walks a ranking and funds what fits; `stops` ends the count at the first project that does not."""
    stop, merits = None, [merit(name) for name in ranking]
    for place, name in enumerate(ranking):
        first = last = place
        while first > 0 and merits[first - 1] == merits[place]:
            first -= 1
        while last + 1 < len(ranking) and merits[last + 1] == merits[place]:
            last += 1
        level = [other for other in ranking[first:last + 1] if other != name]
        before, bar = books.left, books.bar(name)
        if bar is not None:
            steps.refuse(books, name, bar, phase=phase, level=level)
        elif threshold is not None and books.e.support[name] < threshold:
            steps.refuse(books, name, {"code": "below_threshold", "threshold": threshold}, phase=phase, level=level)
        elif stop is not None:
            steps.refuse(books, name, {"code": "after_stop", "at": stop}, phase=phase, level=level)
        elif books.fits(name):
            books.select(name)
            steps.add(books, name, before, phase=phase, level=level)
        else:
            stop = name if stops else None
            reason = "too_expensive" if books.e.cost[name] > books.money else "does_not_fit"
            steps.refuse(books, name, reason, phase=phase, level=level)


def majority_judgment(election, books, steps, extras):
    """Projects by majority value: the sequence of majority grades that striking one median after the other gives."""
    scale, n = len(election.d.grades), election.voters
    counts = {name: [0] * scale for name in election.ids}  # ballots per grade, worst first
    for ballot, number in election.ballots:
        for name, grade in ballot.items():
            counts[name][grade] += number
    for name in election.ids:
        counts[name][0] = n - sum(counts[name])

    def grade_at(name, position):
        """The grade at a position of all grades of a project, sorted from the worst."""
        for grade, number in enumerate(counts[name]):
            position -= number
            if position < 0:
                return grade
        return 0

    # Striking medians walks outward from the middle: one grade below, one above, and so on. Between two distances at
    # which any project's grade changes, every project repeats one pair; comparing those pairs compares the sequences.
    middle = (n - 1) // 2
    low, high = (middle - 1, middle + 1) if n % 2 else (middle, middle + 1)
    distances = {0}
    for name in election.ids:
        end = 0
        for number in counts[name]:
            end += number
            distances |= {low - end + 1, end - high}
    distances = sorted(k for k in distances if 0 <= k <= low)

    def value(name):
        return [grade_at(name, middle)] * (n % 2) + \
            [(grade_at(name, low - k), grade_at(name, high + k)) for k in distances]
    values = {name: value(name) for name in books.names}
    for name in books.names:
        grade = grade_at(name, max(0, middle))
        below, above = sum(counts[name][:grade]), sum(counts[name][grade + 1:])
        extras["gauges"][name] = {"grade": scale - 1 - grade, "above": above, "below": below,
                                  "sign": "+" if above > below else "-", "counts": counts[name][::-1]}
    ranking = sorted(election.in_tie_order(books.names), key=values.get, reverse=True)
    fund(books, steps, ranking, values.get)
    return books


# ---- Counting: equal shares ------------------------------------------------------------------------------------------

# cost, card: what a point is worth to a voter, the cost of the project or one. raised: shares rise by the step. whole:
# they start at whole units of currency. exhaustive: raising ends when nothing that voters support fits any more, else
# only before overspending. completed: then by support. compared: with greedy_votes, which stands if more prefer it.
EQUAL_SHARES = {
    "mes_cost": ["cost"], "mes_cost_u": ["cost", "completed"],
    "mes_card": ["card"], "mes_card_u": ["card", "completed"],
    "mes_cost_add1": ["cost", "raised", "exhaustive"], "mes_card_add1": ["card", "raised", "exhaustive"],
    "mes_cost_add1u": ["cost", "raised", "exhaustive", "completed"],
    "mes_card_add1u": ["card", "raised", "exhaustive", "completed"],
    "mes_cost_add1_int": ["cost", "raised", "whole"],
    "mes_cost_add1_int_e_u": ["cost", "raised", "whole", "exhaustive", "completed"],
    "mes_cost_add1_int_comparison": ["cost", "raised", "whole", "compared"],
}


class Shares:
    """One run of equal shares.

    Money and prices are whole numbers over one common denominator, which grows when a purchase asks for it: exact
    fractions without reducing millions of them.
    """

    def __init__(self, problem, share):
        self.p, self.share = problem, share
        self.denominator = share.denominator
        self.money = [share.numerator] * len(problem.numbers)
        self.purchases = []  # (project, projects that were level, payment)
        # What each project costs per point and unit of worth, at least: no price falls within a run.
        self.least = dict(problem.least)

    def price(self, name):
        """(numerator, points): the price of a point is numerator / (points · denominator) cents; None if too poor."""
        supporters = [s for s in self.p.supporters[name] if self.money[s[0]] > 0]
        rest = self.p.cost[name] * self.denominator
        points = sum(weight for _, _, weight in supporters)
        while points > 0:
            # Whoever has less than the price times their points pays all they have, and the others more.
            limits = {score: -(-rest * score // points) for score in self.p.scores[name]}
            poor = [s for s in supporters if self.money[s[0]] < limits[s[1]]]
            if not poor:
                return rest, points
            rest -= sum(self.money[ballot] * self.p.numbers[ballot] for ballot, _, _ in poor)
            points -= sum(weight for _, _, weight in poor)
            supporters = [s for s in supporters if self.money[s[0]] >= limits[s[1]]]
        return None

    def next(self, books):
        """The project to buy, its price, and the projects exactly level with it; None when none is affordable."""
        best, level, prices = None, [], {}
        for name in sorted(self.least, key=self.least.get):
            if best is not None and self.least[name] > best:
                break
            if books.bar(name) is not None:
                continue
            price = self.price(name)
            if price is None:
                del self.least[name]
                continue
            rate = Fraction(price[0], price[1] * self.denominator * self.p.worth[name])
            self.least[name], prices[name] = rate, price
            if best is None or rate < best:
                best, level = rate, [name]
            elif rate == best:
                level.append(name)
        if not level:
            return None
        first, *others = self.p.e.in_tie_order(level)
        return first, prices[first], others

    def buy(self, name, price, level):
        """Lets the supporters pay."""
        rest, points = price
        # Bring rest / points over the common denominator.
        factor = points // gcd(rest, points)
        per_point = rest * factor // points
        if factor > 1:
            self.denominator *= factor
            self.money = [money * factor for money in self.money]
        payers = spent = 0
        for ballot, score, _ in self.p.supporters[name]:
            held, number = self.money[ballot], self.p.numbers[ballot]
            if held > 0:
                payers += number
                spent += number if held <= per_point * score else 0
                self.money[ballot] = max(0, held - per_point * score)
        del self.least[name]
        self.purchases.append((name, level, {
            "payers": payers, "spent": spent, "price": per_point // self.denominator}))

    def held(self, name):
        """What the supporters of a project hold together, in cents, rounded down."""
        return sum(self.money[b] * self.p.numbers[b] for b, _, _ in self.p.supporters[name]) // self.denominator


class Problem:
    """What does not depend on the size of the shares."""

    def __init__(self, election, books, by_cost):
        self.e, self.cost = election, election.cost
        self.numbers = [number for _, number in election.ballots]
        supported = election.in_tie_order(n for n in books.names if election.support[n] > 0)
        self.candidates = [n for n in supported if self.cost[n] > 0]
        self.free = [n for n in supported if self.cost[n] == 0]
        # For each project its supporters: (ballot, points of one such ballot, points of all of them).
        self.supporters = {name: [] for name in supported}
        self.voters = 0
        for place, (ballot, number) in enumerate(election.ballots):
            here = [name for name in ballot if name in self.supporters]
            for name in here:
                self.supporters[name].append((place, ballot[name], ballot[name] * number))
            # With envelopes, those share an envelope who support a project of it.
            self.voters += number if here or not election.envelopes else 0
        # A point is worth that much to a voter, and costs at least this, when nobody is short of money.
        self.worth = {name: self.cost[name] if by_cost else 1 for name in self.candidates}
        self.least = {name: Fraction(self.cost[name], election.support[name] * self.worth[name])
                      for name in self.candidates}
        self.scores = {name: {score for _, score, _ in self.supporters[name]} for name in supported}

    def run(self, books, share):
        """Buys until nothing is affordable, or until the envelope is overspent: the run, and the books after it."""
        run, books = Shares(self, share), books.copy()
        for name in self.free:
            if books.bar(name) is None:
                books.select(name)
        while books.left >= 0:
            found = run.next(books)
            if found is None:
                break
            books.select(found[0])
            if books.left >= 0:
                run.buy(*found)
        return run, books


def equal_shares(election, before, steps, extras):
    d, options = election.d, EQUAL_SHARES[election.d.rule]
    problem = Problem(election, before, by_cost="cost" in options)
    share = Fraction(0)
    if problem.voters:
        share = Fraction(before.money, problem.voters)
        if "whole" in options:
            share = Fraction(before.money // UNIT // problem.voters * UNIT)
    run, books = problem.run(before, share)
    runs, stop = 1, None if "raised" in options else "once"

    def open_projects():
        return [n for n in problem.candidates if n not in books.order and books.bar(n) is None]
    while stop is None:
        if "exhaustive" in options and not any(books.fits(n) for n in open_projects()):
            stop = "exhaustive"
        elif not open_projects():
            stop = "complete"
        else:
            runs += 1
            raised = share + (UNIT if d.step is None else d.step)
            next_run, next_books = problem.run(before, raised)
            if next_books.left < 0:
                stop = "overspending"
            else:
                share, run, books = raised, next_run, next_books
    extras["shares"].append({"envelope": before.district, "per_voter": str(share), "runs": runs, "stop": stop})
    ranking = election.by_support(before.names)

    if "compared" in options:
        rival, rival_steps = before.copy(), steps.copy()
        fund(rival, rival_steps, ranking, election.support.get)
        prefer = {True: 0, False: 0}  # by whether more of a voter's projects are in the outcome of equal shares
        for ballot, number in election.ballots:
            mine, others = (sum(ballot.get(n, 0) > 0 for n in one.order) for one in (books, rival))
            if mine != others:
                prefer[mine > others] += number
        keeps_greedy = prefer[False] > prefer[True]
        extras["comparisons"].append({
            "envelope": before.district, "prefer_shares": prefer[True], "prefer_greedy": prefer[False],
            "kept_greedy": keeps_greedy, "rejected": sorted((books if keeps_greedy else rival).order)})
        if keeps_greedy:
            steps.list = rival_steps.list
            return rival

    after = before.copy()
    for name in books.order[:len(books.order) - len(run.purchases)]:
        after.select(name)
        steps.add(after, name, after.left)
    for name, level, payment in run.purchases:
        left = after.left
        after.select(name)
        steps.add(after, name, left, level=level, payment=payment)
    rest = [name for name in ranking if name not in books.order]
    if "completed" in options:
        fund(after, steps, rest, election.support.get, phase="completion")
    else:
        for name in rest:
            bar = after.bar(name)
            if bar is None and name not in problem.candidates:
                bar = "no_support"
            steps.refuse(after, name, bar or {"code": "supporters_short", "held": run.held(name)})
    return after


# ---- Counting: Phragmén ----------------------------------------------------------------------------------------------

def phragmen(election, books, steps, extras):
    """Money flows to every ballot at one rate; a project is bought when its supporters together hold its cost."""
    cost, support = election.cost, election.support
    supporters = {name: [] for name in books.names if support[name] > 0}
    for place, (ballot, number) in enumerate(election.ballots):
        for name in ballot:
            if name in supporters:
                supporters[name].append((place, number))
    last = [None] * len(election.ballots)  # the purchase that each ballot last paid for
    times = []                             # when each purchase was made

    def time(name):
        since = {}
        for place, number in supporters[name]:
            since[last[place]] = since.get(last[place], 0) + number
        waited = sum((times[purchase] * number for purchase, number in since.items() if purchase is not None),
                     Fraction(cost[name]))
        return waited / support[name]

    misfit = None

    def take(level):
        """Selects the first of projects that are level, unless one of them does not fit: that ends the count."""
        nonlocal misfit
        level = election.in_tie_order(level)
        misfit = next((name for name in level if not books.fits(name)), None)
        if misfit is None:
            before = books.left
            books.select(level[0])
            steps.add(books, level[0], before, level=level[1:])
        return level[0]

    open_projects = {name: Fraction(0) for name in supporters if cost[name] <= books.money}
    while misfit is None:
        open_projects = {name: least for name, least in open_projects.items() if books.bar(name) is None}
        best, level = None, []
        for name in sorted(open_projects, key=open_projects.get):
            if best is not None and open_projects[name] > best:
                break  # no project is bought earlier than it could have been before
            open_projects[name] = moment = time(name)
            if best is None or moment < best:
                best, level = moment, []
            if moment == best:
                level.append(name)
        if not level:
            break
        bought = take(level)
        if misfit is None:
            times.append(best)
            for place, _ in supporters[bought]:
                last[place] = len(times) - 1
            del open_projects[bought]
    unsupported = [n for n in books.names if n not in supporters and cost[n] <= books.money]
    while misfit is None:
        unsupported = [n for n in unsupported if n not in books.order and books.bar(n) is None]
        if not unsupported:
            break
        take(unsupported)
    for name in election.by_support(books.names):
        if name not in books.order:
            bar = books.bar(name)
            if bar is None:
                bar = "too_expensive" if cost[name] > books.money else "does_not_fit" if misfit in (None, name) else \
                    {"code": "after_stop", "at": misfit}
            steps.refuse(books, name, bar)
    return books


# ---- Groups ----------------------------------------------------------------------------------------------------------

def merge(cells, small):
    """The groups of cells {name: (channel, ballots)}: {cell name: (group name, channel, ballots)}."""
    found = {}
    for paper in (False, True):
        parts = [([name], {channel}, n) for name, (channel, n) in cells.items() if (channel == "paper") == paper and n]

        def order(part):
            return part[2], "+".join(sorted(part[0]))
        parts.sort(key=order)
        while len(parts) > 1 and parts[0][2] < small:
            one, other = parts[0], parts[1]
            parts[:2] = [(one[0] + other[0], one[1] | other[1], one[2] + other[2])]
            parts.sort(key=order)
        for names, channels, n in parts:
            for name in names:
                found[name] = ("+".join(sorted(names)), next(iter(channels)) if len(channels) == 1 else None, n)
    return found


# ---- Entries ---------------------------------------------------------------------------------------------------------

def read_entry(data):
    """The kind and the fields of an entry; raises Wrong, whose first argument is the failure."""
    try:
        value = parse(data)
    except Wrong as error:
        raise Wrong("entry_not_canonical", str(error)) from None
    try:
        f = Fields(value)
        kind = f.text("kind")
        if kind not in KINDS:
            raise Wrong("entry_unknown_kind", kind)
        entry = KINDS[kind](f)
        f.end()
    except Wrong as error:
        raise error if len(error.args) > 1 else Wrong("entry_malformed", str(error)) from None
    return kind, entry


def _batch_settled(f):
    invalid = f.need("invalid", lambda v: isinstance(v, dict) and all(is_integer(n) and n > 0 for n in v.values()))
    return f.name("batch"), f.count("counted"), f.count("blank"), invalid, f.hex("file", 64)


def _closed(f):
    at, lines, last = f.minute("at"), {}, None
    for item in f.need("account", lambda v: isinstance(v, list) and len(v) <= 1000):
        own = Fields(item)
        key = own.channel(), own.name_or_null("place")
        counts = own.count("marks"), own.count("annulled"), own.count("sealed")
        own.end()
        rank = key[0], key[1] or ""
        if last is not None and rank <= last:
            raise Wrong("account")
        last, lines[key] = rank, counts
    for place, name in enumerate(("marks", "annulled", "sealed")):
        f.need(name, lambda v: is_integer(v) and v == sum(c[place] for c in lines.values()))
    return at, lines


def _opened(f):
    channel = f.need("channel", lambda v: v in (None, "online", "kiosk", "paper"))
    group, choices = f.name("group"), f.value("choices")
    if "paper" in f.left:
        rank = (2, group, f.need("paper", lambda v: is_integer(v) and v > 0 and channel == "paper"))
    else:
        tracker = f.need("tracker", lambda v: v is None or (isinstance(v, str) and re.fullmatch(
            "[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", v)) if channel != "paper" else False)
        rank = (0,) if tracker is None else (1, tracker)
    if (rank == (0,)) != (choices is None):
        raise Wrong("choices")
    return channel, group, choices, rank


def _certified(f):
    at, checkpoint = f.minute("at"), Fields(f.value("checkpoint"))
    size, root = checkpoint.count("size"), checkpoint.hex("root", 64)
    checkpoint.end()
    return at, size, root, f.officers(2, 20)


KINDS = {
    "vote.opened": lambda f: (f.hex("definition", 64), f.minute("opens"), f.minute("closes"),
                              f.need("seal", lambda v: v is None or is_hex(v, 64))),
    "roll.committed": lambda f: (f.count("size"), f.hex("root", 64)),
    "mark.made": lambda f: (f.hex("credential", 32), f.channel(), f.name_or_null("place")),
    "ballot.sealed": lambda f: (f.hex("credential", 32), f.hex("envelope", 64)),
    "mark.annulled": lambda f: (f.hex("credential", 32), f.name("reason")),
    "batch.declared": lambda f: (f.name("batch"), f.name("place"), f.count("papers"), f.count("spoiled")),
    "batch.entered": lambda f: (f.name("batch"), f.need("entry", lambda v: v in ("A", "B", "scan")),
                                f.hex("file", 64), f.count("rows")),
    "batch.settled": _batch_settled,
    "discrepancy.recorded": lambda f: (f.name("place"), f.integer("count"), f.hex("explanation", 64),
                                       f.officers(2, 2)),
    "vote.closed": _closed,
    "ballot.opened": _opened,
    "result.published": lambda f: (f.hex("result", 64), f.name("rule"), f.name("software")),
    "vote.certified": _certified,
    "staff.acted": lambda f: (f.name("act"), f.name("role"), f.name_or_null("object")),
}


# ---- The checks ------------------------------------------------------------------------------------------------------

UNOPENED, OPEN, CLOSED, PUBLISHED, CERTIFIED = range(5)


class Audit:
    def __init__(self, source, key=None, earlier=None, witnesses=(), receipts=()):
        self.source, self.given, self.earlier, self.witnesses = source, key, earlier, witnesses
        self.receipts = receipts
        self.failures = {check: [] for check in CHECKS}
        self.idle, self.notes, self.figures = {}, {}, {check: {} for check in CHECKS}
        self.stage, self.deadline, self.early, self.rolls = UNOPENED, 0, False, 0
        self.definition = self.digest = self.opening = self.result = self.certified = None
        self.marks, self.account, self.made, self.envelopes, self.annulled = {}, {}, 0, 0, 0
        self.batches, self.discrepancies = {}, {}
        self.files, self.opened = [], {}
        self.last, self.groups, self.sealed, self.papers, self.unread = None, {}, 0, 0, 0
        self.tally = {"valid": 0, "blank": 0, "invalid": 0}
        self.cases = []

    def fail(self, fault, entry=None, detail=""):
        self.failures[FAULTS[fault][0]].append((fault, entry, str(detail)))

    def skip(self, check, reason):
        self.idle[check] = reason

    # V1

    def run(self):
        files = {}
        for name in ("key", "checkpoint"):
            files[name] = self.source.read(name)
            if files[name] is None:
                raise Unreadable("the record has no file “%s”" % name)
        key = None
        try:
            key = Key(re.sub(r"\n\Z", "", files["key"].decode()))
        except (Wrong, UnicodeDecodeError):
            self.fail("key_malformed")
        if self.given and key and self.given.vkey != key.vkey:
            self.fail("key_differs", None, key.name)
        self.key = self.given or key
        try:
            note = Note(files["checkpoint"])
            self.head = Checkpoint(note.text)
        except Wrong:
            self.fail("checkpoint_malformed")
            self.head = None
        if self.head is None or self.key is None:
            self.head = None
            for check in CHECKS[1:]:
                self.skip(check, "without a key and a checkpoint nothing can be read")
            return self.report()
        if self.head.origin != self.key.name:
            self.fail("checkpoint_origin", None, self.head.origin)
        faults = {"missing": "checkpoint_unsigned", "forged": "checkpoint_forged"}
        if note.verdict(self.key) in faults:
            self.fail(faults[note.verdict(self.key)])
        good = 0
        for witness in self.witnesses:
            verdict = note.verdict(witness)
            good += verdict == "valid"
            if verdict != "valid":
                self.fail("cosignature_" + verdict, None, witness.name)
        self.figures["V1"] = {"signatures": len(note.signatures), "witnesses": good}
        self.notes["V1"] = "key as given" if self.given else "key as published beside the record: " + self.key.vkey
        data = self.source.read("definition.json")
        if data is not None:
            self.digest = hashlib.sha256(data).hexdigest()
            try:
                self.definition = Definition(data)
            except Wrong as error:
                self.fail("definition_malformed", None, error)
        self.has_definition = data is not None
        self.count = Count(self.definition) if self.definition else None
        self.read_receipts()
        if not self.read_entries():
            for check in CHECKS[2:]:
                self.skip(check, "not all entries can be read")
            return self.report()
        self.finish()
        return self.report()

    # V2

    def tile(self, kind, index, width):
        data = self.source.read(tile_path(kind, index, width))
        if data is not None:
            return data, width == 256
        return (self.source.read(tile_path(kind, index)), True) if width < 256 else (None, False)

    def bundle(self, index, width):
        data, full = self.tile("entries", index, width)
        path = tile_path("entries", index, width)
        if data is None:
            return self.fail("bundle_missing", index * 256, path)
        entries, position = [], 0
        while position + 2 <= len(data):
            end = position + 2 + int.from_bytes(data[position:position + 2], "big")
            if end > len(data):
                break
            entries.append(data[position + 2:end])
            position = end
        if position != len(data) or len(entries) != (256 if full else width):
            return self.fail("bundle_malformed", index * 256, path)
        return entries[:width]

    def compare(self, level, index, hashes):
        data, full = self.tile(str(level), index, len(hashes))
        path, own = tile_path(str(level), index, len(hashes)), b"".join(hashes)
        if data is None:
            self.fail("tile_missing", None, path)
        elif len(data) != (8192 if full else len(own)) or data[:len(own)] != own:
            self.fail("tile_differs", None, path)

    def read_entries(self):
        self.leaves, size = [], self.head.size
        for index in range((size + 255) // 256):
            entries = self.bundle(index, min(256, size - index * 256))
            if entries is None:
                return False
            for entry in entries:
                self.leaves.append(leaf(entry))
                self.visit(entry, len(self.leaves) - 1)
        level, hashes, tiles = 0, self.leaves, 0
        while hashes:
            for start in range(0, len(hashes), 256):
                self.compare(level, start // 256, hashes[start:start + 256])
                tiles += 1
            hashes = [root_of(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
            level += 1
        if root_of(self.leaves) != self.head.root:
            self.fail("root_differs")
        self.figures["V2"] = {"entries": size, "tiles": tiles}
        return True

    # V4, V6, V7, V8 and what others need

    def visit(self, data, index):
        try:
            kind, entry = read_entry(data)
        except Wrong as error:
            self.fail(error.args[0], index, error.args[1])
            return
        stage = self.stage
        if kind in ("mark.made", "ballot.sealed", "mark.annulled"):
            if stage != OPEN:
                self.fail("entry_before_opening" if stage < OPEN else "entry_after_closing", index, kind)
        elif kind == "ballot.opened":
            if stage != CLOSED:
                self.fail("entry_before_closing" if stage < CLOSED else "entry_after_result", index, kind)
        elif kind.startswith("batch.") or kind == "discrepancy.recorded":
            if not OPEN <= stage <= CLOSED:
                self.fail("entry_before_opening" if stage < OPEN else "entry_after_result", index, kind)
        getattr(self, kind.replace(".", "_"))(index, *entry)

    def vote_opened(self, index, definition, opens, closes, seal):
        if self.stage > UNOPENED:
            self.fail("entry_twice", index, "vote.opened")
        self.stage, self.deadline = max(self.stage, OPEN), closes
        self.opening = self.opening or (definition, opens, closes, seal, index)

    def roll_committed(self, index, size, root):
        if self.stage > UNOPENED:
            self.fail("entry_after_closing", index, "roll.committed")
        if self.rolls:
            self.fail("entry_twice", index, "roll.committed")
        self.rolls += 1

    def staff_acted(self, index, act, role, thing):
        self.early = self.early or act == "close_early"
        if act == "batch_reopened" and thing is not None:
            # Its entries stay, and it must be settled again.
            own = self.batches.get(thing)
            if own is None or not own["settled"]:
                self.fail("batch_reopened", index, thing)
            else:
                own["settled"] = None

    def mark_made(self, index, credential, channel, place):
        self.made += 1
        line = self.account.setdefault((channel, place), [0, 0, 0])
        line[0] += 1
        if self.definition and channel not in self.definition.channels:
            self.fail("mark_channel", index, channel)
        if credential in self.marks:
            self.fail("mark_twice", index)
        else:
            self.marks[credential] = [line, channel, False, False]

    def ballot_sealed(self, index, credential, envelope):
        self.envelopes += 1
        for case in self.cases:
            if case["credential"] == credential:
                if case["envelope"] == envelope:
                    case.update(sealed=index, replaced=None)
                elif case["sealed"] is not None:
                    case["replaced"] = index
        mark = self.marks.get(credential)
        if mark is None:
            self.fail("sealed_without_mark", index)
            return
        if mark[1] == "paper":
            self.fail("sealed_on_paper", index)
        if mark[2]:
            self.fail("sealed_after_annulment", index)
        elif mark[3]:
            if self.definition and not self.definition.revote:
                self.fail("replaced_without_right", index)
        else:
            mark[3] = True
            mark[0][2] += 1

    def mark_annulled(self, index, credential, reason):
        for case in self.cases:
            if case["credential"] == credential:
                case["annulled"] = index
        mark = self.marks.get(credential)
        if mark is None:
            self.fail("annulled_without_mark", index)
            return
        if mark[2]:
            self.fail("annulled_twice", index)
            return
        mark[2] = True
        self.annulled += 1
        mark[0][1] += 1
        mark[0][2] -= mark[3]
        if not self.definition:
            return
        if reason not in ANNULMENT:
            self.fail("annulled_reason", index, reason)
        elif reason == "other_channel":
            allowed = {"paper_prevails": mark[1] != "paper", "online_prevails": mark[1] == "paper"}
            if not allowed.get(self.definition.policy, False):
                self.fail("annulled_against_policy", index, self.definition.policy)

    def batch_declared(self, index, batch, place, papers, spoiled):
        if batch in self.batches:
            self.fail("batch_twice", index, batch)
        else:
            self.batches[batch] = {"place": place, "papers": papers, "index": index, "entered": [], "settled": None}

    def batch_entered(self, index, batch, letter, file, rows):
        self.files.append((index, batch, letter, file, rows, None))
        own = self.batches.get(batch)
        if own is None:
            self.fail("batch_undeclared", index, batch)
            return
        if own["settled"] or letter in own["entered"]:
            self.fail("batch_entries", index, batch)
        if rows > own["papers"]:
            self.fail("batch_rows", index, batch)
        own["entered"].append(letter)

    def batch_settled(self, index, batch, counted, blank, invalid, file):
        papers = counted + blank + sum(invalid.values())
        self.files.append((index, batch, "settled", file, papers, (counted, blank, invalid)))
        own = self.batches.get(batch)
        if own is None:
            self.fail("batch_undeclared", index, batch)
            return
        if own["settled"]:
            self.fail("batch_twice", index, batch)
            return
        if len(set(own["entered"])) < 2:
            self.fail("batch_entries", index, batch)
        if counted + blank + sum(invalid.values()) != own["papers"]:
            self.fail("batch_sum", index, batch)
        for reason in invalid:
            if reason not in INVALID:
                self.fail("batch_reason", index, reason)
        own["settled"] = counted, blank, invalid

    def discrepancy_recorded(self, index, place, count, explanation, officers):
        self.discrepancies[place] = self.discrepancies.get(place, 0) + count

    def vote_closed(self, index, at, lines):
        if self.stage != OPEN:
            self.fail("entry_before_opening" if self.stage < OPEN else "entry_twice", index, "vote.closed")
        if at < self.deadline and not self.early:
            self.fail("closed_too_early", index)
        self.stage = max(self.stage, CLOSED)
        stated = {key: list(counts) for key, counts in lines.items() if any(counts)}
        if stated != {key: counts for key, counts in self.account.items() if any(counts)}:
            self.fail("closing_counts", index)

    def ballot_opened(self, index, channel, group, choices, rank):
        if self.last is not None and (rank < self.last or (rank == self.last and rank != (0,))):
            self.fail("tracker_twice" if rank == self.last else "tracker_order", index)
        self.last = rank
        if rank[0] == 2:
            self.papers += 1
        else:
            self.sealed += 1
        self.groups[(group, channel)] = self.groups.get((group, channel), 0) + 1
        if choices is None:
            reading = ("invalid", "unreadable")
        else:
            reading = self.definition.read(choices) if self.definition else ("unknown",)
        if reading[0] == "valid":
            self.tally["valid" if choices else "blank"] += 1
            self.count.valid(choices, channel, group)
        elif reading[0] == "invalid":
            self.tally["invalid"] += 1
            if rank[0] == 2:
                self.fail("paper_invalid", index, reading[1])
            if self.count:
                self.count.invalid(reading[1], channel, group)
        elif reading[0] != "unknown":
            self.fail("choices_" + ("shape" if reading[0] == "wrong_shape" else "not_normal"), index)
        if rank[0] == 2:
            self.opened.setdefault(group, []).append((rank[2], choices if reading[0] == "valid" else None))
        for case in self.cases:
            if rank == (1, case["tracker"]):
                case["opened"], case["found"] = index, choices if reading[0] == "valid" else None

    def result_published(self, index, digest, rule, software):
        if self.stage != CLOSED:
            self.fail("entry_before_closing" if self.stage < CLOSED else "entry_twice", index, "result.published")
        self.stage = max(self.stage, PUBLISHED)
        self.result = self.result or (digest, rule, index)

    def vote_certified(self, index, at, size, root, officers):
        if self.stage != PUBLISHED:
            self.fail("entry_before_result" if self.stage < PUBLISHED else "entry_twice", index, "vote.certified")
        self.stage = max(self.stage, CERTIFIED)
        self.certified = self.certified or (size, root, index)

    # V3, V5 and V7 to V14, once everything was read

    def finish(self):
        self.check_earlier()
        self.figures["V4"] = {"entries": self.head.size}
        self.notes["V4"] = ("not opened yet", "open", "closed", "result published", "certified")[self.stage]
        self.check_definition()
        again = self.envelopes - sum(mark[3] for mark in self.marks.values())
        self.figures["V6"] = {"marks": self.made, "annulled": self.annulled, "envelopes": self.envelopes,
                              "replaced": again}
        live, published = sum(line[2] for line in self.account.values()), self.stage >= PUBLISHED
        if self.sealed > live or (published and self.sealed != live):
            self.fail("opened_count", None, "%d live envelopes, %d opened ballots" % (live, self.sealed))
        elif not published:
            self.skip("V7", "ballots are being opened" if self.groups else "no ballot is opened yet")
        self.figures["V7"] = {"live": live, "opened": self.sealed}
        if not self.groups:
            self.skip("V8", "no ballots" if published else "no ballot is opened yet")
        elif not self.definition:
            self.skip("V8", "without the definition no ballot can be checked")
        self.figures["V8"] = self.tally
        self.check_batches(published)
        self.check_files(published)
        self.check_balance(published)
        self.check_groups(published)
        self.check_result()
        self.check_receipts(published)
        if self.certified is None:
            self.skip("V14", "the result is not certified")
        else:
            size, root, index = self.certified
            self.figures["V14"] = {"certified": size}
            if size > index:
                self.fail("certified_too_large", index, size)
            elif root_of(self.leaves[:size]).hex() != root:
                self.fail("certified_differs", index, size)

    def check_earlier(self):
        if self.earlier is None:
            self.skip("V3", "no earlier checkpoint was given")
            return
        try:
            note = Note(self.earlier)
            old = Checkpoint(note.text)
        except Wrong:
            self.fail("earlier_malformed")
            return
        if old.origin != self.head.origin:
            self.fail("earlier_origin", None, old.origin)
            return
        if note.verdict(self.key) != "valid":
            self.fail("earlier_forged")
        self.figures["V3"] = {"earlier": old.size, "now": self.head.size}
        if old.size > self.head.size:
            self.fail("earlier_larger")
        elif root_of(self.leaves[:old.size]) != old.root:
            self.fail("earlier_differs")

    def check_definition(self):
        if self.opening is None:
            self.skip("V5", "the vote is not opened yet")
            return
        digest, opens, closes, seal, index = self.opening
        if not self.has_definition:
            self.fail("definition_missing", index)
            return
        if digest != self.digest:
            self.fail("definition_differs", index, self.digest)
        d = self.definition
        if d is None:
            return
        self.figures["V5"], self.notes["V5"] = {"projects": len(d.projects)}, "SHA-256 " + self.digest
        if (d.origin, d.opens, d.closes) != (self.head.origin, opens, closes) or \
                (seal is None) != (d.channels == ["paper"]) or d.has_roll != (self.rolls > 0):
            self.fail("definition_contradicted", index)

    def check_batches(self, published):
        if not self.batches and not self.papers and not self.failures["V9"]:
            self.skip("V9", "no papers")
            return
        if published:
            for name, batch in self.batches.items():
                if batch["settled"] is None:
                    self.fail("batch_unsettled", batch["index"], name)
            counted = sum(batch["settled"][0] for batch in self.batches.values() if batch["settled"])
            if counted != self.papers:
                self.fail("batch_opened", None, "%d counted, %d opened" % (counted, self.papers))
        self.figures["V9"] = {"batches": len(self.batches),
                              "papers": sum(batch["papers"] for batch in self.batches.values())}

    def check_files(self, published):
        """Those that are shown; a file that is missing proves nothing."""
        if not self.files:
            return
        last, found = {batch: index for index, batch, reading, *_ in self.files if reading == "settled"}, 0
        for index, batch, reading, digest, papers, outcome in self.files:
            data = self.source.read("files/" + digest)
            if data is None:
                continue
            found, words = found + 1, "%s, %s" % (batch, reading)
            if hashlib.sha256(data).hexdigest() != digest:
                self.fail("batch_file_differs", index, words)
                continue
            try:
                lines = batch_file(data, batch, reading)
            except Wrong:
                self.fail("batch_file_malformed", index, words)
                continue
            if len(lines) != papers:
                self.fail("batch_file_counts", index, words)
            if reading == "scan" or not self.definition:
                continue
            try:
                read = [self.definition.read_paper(line) for line in lines]
            except Wrong:
                self.fail("batch_file_malformed", index, words)
                continue
            if outcome is None:
                continue
            ballots = [(number, own[1]) for number, own in enumerate(read, 1) if own[0] == "valid"]
            invalid = [own[1] for own in read if own[0] == "invalid"]
            counts = len(ballots), read.count(("blank",)), {reason: invalid.count(reason) for reason in invalid}
            if counts != outcome:
                self.fail("batch_file_counts", index, words)
            opened = self.opened.get("paper:" + batch)
            if published and last[batch] == index and opened is not None and opened != ballots:
                self.fail("batch_file_opened", index, words)
        self.figures["V9"]["files"] = found

    def check_balance(self, published):
        if self.stage < CLOSED:
            self.skip("V10", "the vote is not closed yet")
            return
        marks, ballots, paper = 0, 0, {}
        for (channel, place), (made, annulled, sealed) in self.account.items():
            live = made - annulled
            marks += live
            if channel == "paper":
                paper.setdefault(place or "", [0, 0])[0] += live
            else:
                ballots += sealed
                if live != sealed:
                    self.fail("balance_of_place", None, "%s %s: %d marks, %d ballots" % (
                        channel, place or "", live, sealed))
        if published:
            found = [(b["place"], b["settled"][0] + b["settled"][1] + sum(b["settled"][2].values()))
                     for b in self.batches.values() if b["settled"]]
            for place, number in found + list(self.discrepancies.items()):
                paper.setdefault(place, [0, 0])[1] += number
                ballots += number
            for place, (one, other) in sorted(paper.items()):
                if one != other:
                    self.fail("balance_of_place", None, "paper %s: %d marks, %d papers" % (place, one, other))
            if marks != ballots:
                self.fail("balance_of_whole", None, "%d marks, %d ballots" % (marks, ballots))
        self.figures["V10"] = {"live_marks": marks, "ballots": ballots,
                               "discrepancies": sum(map(abs, self.discrepancies.values()))}

    def check_groups(self, published):
        self.found = None
        if not published or not self.definition:
            self.skip("V11", "the ballots are not all opened yet" if not published else
                      "without the definition no size is known")
            return
        cells = {channel + (":" + place if place is not None else ""): (channel, line[2])
                 for (channel, place), line in self.account.items() if channel != "paper"}
        for name, batch in self.batches.items():
            cells["paper:" + name] = ("paper", batch["settled"][0] if batch["settled"] else 0)
        small = self.definition.small
        self.found = merge(cells, small)
        expected = {(group, channel): n for group, channel, n in self.found.values()}
        for key in sorted(set(expected) | set(self.groups), key=lambda k: (k[0], k[1] or "")):
            size = self.groups.get(key)
            if size != expected.get(key):
                tiny = size is not None and size < small and len(self.groups) > 1
                self.fail("group_too_small" if tiny else "group_differs", None, "%s: %s opened, %s expected" % (
                    key[0], size, expected.get(key)))
        tiny = [group for (group, _), n in sorted(expected.items(), key=lambda e: e[0][0]) if n < small]
        if not self.groups:
            self.skip("V11", "no ballots")
        elif tiny:
            self.notes["V11"] = "“%s” is small, and there is nothing it could be joined with" % tiny[0]
        self.figures["V11"] = {"groups": len(self.groups), "smallest": min(self.groups.values(), default=0),
                               "small_cell": small}

    def check_result(self):
        data, d = self.source.read("result.json"), self.definition
        if self.result is None:
            if data is None:
                self.skip("V12", "no result is published yet")
            else:
                self.fail("result_unannounced")
            return
        if d is None or self.found is None:
            self.skip("V12", "without the definition nothing can be counted")
            return
        digest, rule, index = self.result
        if rule != d.rule:
            self.fail("result_rule", index, rule)
        for name, batch in self.batches.items():
            if batch["settled"]:
                group = self.found.get("paper:" + name, ("paper:" + name,))[0]
                _, blank, invalid = batch["settled"]
                if blank:
                    self.count.valid([] if d.type in ("approval", "ranking") else {}, "paper", group, blank)
                for reason, times in invalid.items():
                    self.count.invalid(reason, "paper", group, times)
        if data is None:
            self.fail("result_missing", index)
            return
        if hashlib.sha256(data).hexdigest() != digest:
            self.fail("result_hash", index)
        try:
            result = self.count.result(self.digest)
        except Uncountable as error:
            self.fail("result_uncountable", None, error)
            return
        if canonical(result) != data:
            self.fail("result_differs", None, self.difference(result, data))
        self.figures["V12"] = {"projects": len(d.projects), "winners": len(result["winners"]), "cost": result["cost"]}

    @staticmethod
    def difference(own, data):
        """Which members of the two results differ."""
        try:
            published = parse(data)
        except Wrong:
            return "it is not canonical JSON"
        if not isinstance(published, dict):
            return "it is not an object"
        names = sorted(name for name in own if name not in published or published[name] != own[name])
        return ", ".join(names) or "further members"

    # V13

    def read_receipts(self):
        for number, (data, choices) in enumerate(self.receipts):
            try:
                note = Note(data)
                lines = note.text.split("\n")
                if len(lines) != 5 or lines[4] or not is_hex(lines[1], 32) or not is_hex(lines[2], 64) or \
                        not re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", lines[3]):
                    raise Wrong("not a receipt")
            except Wrong:
                self.fail("receipt_malformed", None, "receipt %d" % (number + 1))
                continue
            if lines[0] != self.head.origin:
                self.fail("receipt_origin", None, lines[0])
            elif note.verdict(self.key) != "valid":
                self.fail("receipt_forged", None, lines[3])
            else:
                self.cases.append({"credential": lines[1], "envelope": lines[2], "tracker": lines[3],
                                   "choices": choices, "sealed": None, "replaced": None, "annulled": None,
                                   "opened": None, "found": None})

    def check_receipts(self, published):
        if not self.receipts:
            self.skip("V13", "no receipt was given")
            return
        notes = []
        for case in self.cases:
            if case["sealed"] is None:
                self.fail("receipt_not_included", None, case["tracker"])
            elif case["replaced"] is not None:
                self.fail("receipt_replaced", case["replaced"], case["tracker"])
            elif case["annulled"] is not None:
                self.fail("receipt_annulled", case["annulled"], case["tracker"])
            elif case["found"] is None:
                if published:
                    self.fail("receipt_not_opened", None, case["tracker"])
            else:
                if case["choices"] is not None and case["choices"] != case["found"]:
                    self.fail("receipt_choices", case["opened"], case["tracker"])
                notes.append("%s at entry %d: %s" % (case["tracker"], case["opened"], _write(case["found"])))
        self.figures["V13"] = {"receipts": len(self.receipts), "opened": len(notes),
                               "included": sum(case["sealed"] is not None for case in self.cases)}
        self.notes["V13"] = "; ".join(notes)

    # The report

    def report(self):
        checks = []
        for check in CHECKS:
            failures = self.failures[check]
            outcome = "failed" if failures else "not_applicable" if check in self.idle else "ok"
            checks.append({
                "id": check, "title": TITLES[check], "outcome": outcome, "figures": self.figures[check],
                "note": self.idle.get(check) or self.notes.get(check, ""), "failure_count": len(failures),
                "failures": [{"fault": fault, "entry": entry, "sentence": FAULTS[fault][1], "detail": detail}
                             for fault, entry, detail in failures[:MAXIMUM_FAILURES]]})
        head = self.head
        return {"format": "tilleul-verdict-v1", "origin": head.origin if head else "", "size": head.size if head else 0,
                "root": head.root.hex() if head else hashlib.sha256(b"").hexdigest(),
                "holds": not any(self.failures.values()), "checks": checks}


def show(report):
    print("%s, %d entries, root %s" % (report["origin"] or "unreadable log", report["size"], report["root"]))
    for check in report["checks"]:
        remarks = ", ".join("%s %d" % figure for figure in check["figures"].items())
        remarks = "; ".join(part for part in (remarks, check["note"]) if part)
        outcome = {"ok": "ok", "failed": "FAILED", "not_applicable": "–"}[check["outcome"]]
        print("%-4s %-6s %s%s" % (check["id"], outcome, check["title"], " (%s)" % remarks if remarks else ""))
        for failure in check["failures"]:
            place = "" if failure["entry"] is None else "entry %d: " % failure["entry"]
            detail = " (%s)" % failure["detail"] if failure["detail"] else ""
            print(" " * 12 + place + failure["sentence"] + detail)
        if check["failure_count"] > len(check["failures"]):
            print(" " * 12 + "and %d more" % (check["failure_count"] - len(check["failures"])))
    failed = [check["id"] for check in report["checks"] if check["outcome"] == "failed"]
    print("The record does not hold: %s." % ", ".join(failed) if failed else "The record holds.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", metavar="RECORD")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--checkpoint", metavar="FILE", help="an earlier checkpoint of the same log")
    parser.add_argument("--receipt", metavar="FILE", action="append", default=[], help="a receipt to look for")
    parser.add_argument("--choices", metavar="JSON", help="what the owner of the only receipt chose")
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[], help="a witness who must have signed")
    parser.add_argument("--key", metavar="VKEY", help="the key of the log, from a place that you trust")
    options = parser.parse_args()

    def data(path):
        with open(path, "rb") as file:
            return file.read(1_000_000)
    try:
        place = options.record
        if place.startswith(("http://", "https://")):
            source = Address(place)
        else:
            source = Folder(place) if os.path.isdir(place) else Archive(place)
        choices = parse(options.choices.encode(), strict=False) if options.choices else None
        if choices is not None and len(options.receipt) != 1:
            raise Unreadable("--choices needs exactly one --receipt")
        report = Audit(
            source, Key(options.key) if options.key else None, data(options.checkpoint) if options.checkpoint else None,
            [Key(text) for text in options.witness], [(data(path), choices) for path in options.receipt]).run()
    except (Unreadable, Wrong, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(canonical(report).decode())
    else:
        show(report)
    return 0 if report["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
