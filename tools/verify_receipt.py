#!/usr/bin/env python3
"""Check a receipt of the Hutan log offline: 离线核验沪碳存证凭据。

    python3 verify_receipt.py RECEIPT.json --key "hutan.example/log+0123abcd+AY..."

This one file needs Python 3.9 or later and nothing else, and shares no code with the platform. It
takes the log's public key (as ``hutan log key`` prints it; get it from a place you trust) and a
receipt, and proves from the receipt alone that the record in it is in the log. It leaves with 0 if
everything is proved, with 1 and the exact reason if not, with 2 if it was called wrongly.

What it checks is written in docs/log-format.md. Sources: RFC 9162 section 2.1 (tree), RFC 8785
(canonical JSON), RFC 8032 (Ed25519), C2SP signed-note and tlog-checkpoint, GM/T 0004-2012 (SM3),
GM/T 0003-2012 (SM2).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable
from operator import xor
from typing import Any, NoReturn


class NotProved(Exception):
    """Why nothing is proved, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


# --- the receipt -------------------------------------------------------------------------------


def check(receipt: Any, keys: list[Key], witnesses: list[Key]) -> list[tuple[str, str]]:
    """Return what is proved, sentence by sentence in Chinese and English; or raise NotProved."""
    fields = ("format", "entry", "movement", "checkpoint")
    if not isinstance(receipt, dict) or set(receipt) != set(fields):
        fail("文件不是凭据：字段不符", "the file is no receipt: its fields are wrong")
    if receipt["format"] != "hutan-receipt/1":
        fail("凭据格式不是 hutan-receipt/1", "the receipt's format is not hutan-receipt/1")
    note = read_note(receipt["checkpoint"])
    origin, size, root = read_head(note[0])
    signer = check_signed(note, keys, origin)
    said = [
        (
            f"检查点（{origin}，共 {size} 条）由密钥 {signer.title} 签名。",
            f"The checkpoint ({origin}, {size} entries) is signed by key {signer.title}.",
        )
    ]
    for witness in witnesses:
        check_signed(note, [witness], None)
        said.append(
            (f"见证人 {witness.name} 也签了该检查点。", f"Witness {witness.name} co-signed it.")
        )
    text, index, path = placed(receipt["entry"], "entry")
    entry = read_record(
        text, "hutan-entry/1", ("act", "at", "body", "format", "kind", "movements", "salt")
    )
    check_inclusion(signer.hash, text, index, size, path, root, "entry")
    said.append(
        (
            f"行为 {entry['act']}（{entry['kind']}，{entry['at']}）是第 {index} 条（从 0 计）。",
            f"Act {entry['act']} ({entry['kind']}, {entry['at']}) is entry {index}, from 0.",
        )
    )
    if receipt["movement"] is not None:
        said.append(check_movement(receipt["movement"], entry, signer.hash))
    return said


def check_movement(given: Any, entry: dict[str, Any], hash_: Hash) -> tuple[str, str]:
    """Check that a movement is one of the entry's own."""
    text, index, path = placed(given, "movement")
    movement = read_record(text, "hutan-movement/1", ("act", "body", "format", "number", "salt"))
    if movement["act"] != entry["act"]:
        fail("变动属于另一行为", "the movement belongs to another act")
    if movement["number"] != index:
        fail("变动的序号与其位置不符", "the movement's number is not its place")
    tree = entry["movements"]
    if not isinstance(tree, dict) or set(tree) != {"count", "root"}:
        fail("该行为没有变动", "the act has no movements")
    root = unhex(tree["root"], "movements.root")
    check_inclusion(hash_, text, index, tree["count"], path, root, "movement")
    own = movement["body"].get("id")
    return (
        f"变动 {own} 是该行为 {tree['count']} 笔变动中的第 {index} 笔（从 0 计）。",
        f"Movement {own} is number {index}, from 0, of the act's {tree['count']}.",
    )


def placed(given: Any, name: str) -> tuple[str, int, list[bytes]]:
    """Take a record, its index and its path out of a receipt."""
    if not isinstance(given, dict) or set(given) != {"index", "path", "record"}:
        fail(f"{name} 的字段不符", f"the fields of {name} are wrong")
    text, index, path = given["record"], given["index"], given["path"]
    if not isinstance(text, str) or type(index) is not int or not isinstance(path, list):
        fail(f"{name} 的字段类型不符", f"a field of {name} is of the wrong type")
    return text, index, [unhex(each, f"{name}.path[{at}]") for at, each in enumerate(path)]


def read_record(text: str, format_: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Read a canonical record: the text must be exactly what RFC 8785 writes for its content."""
    record = parse_json(text, format_)
    if not isinstance(record, dict) or record.get("format") != format_:
        fail(f"记录的格式不是 {format_}", f"the record's format is not {format_}")
    if write_json(record) != text:
        fail("记录不是规范形式（RFC 8785）", "the record is not in canonical form (RFC 8785)")
    if set(record) != set(names) or not isinstance(record["body"], dict):
        fail("记录的字段不符", "the record's fields are wrong")
    return record


# --- the tree (RFC 9162, section 2.1.3.2) ------------------------------------------------------

Hash = Callable[[bytes], bytes]


def check_inclusion(
    hash_: Hash, text: str, index: int, size: Any, path: list[bytes], root: bytes, name: str
) -> None:
    """Follow the path from the leaf that holds ``text`` to ``root``."""
    if type(size) is not int or not 0 <= index < size:
        fail(f"{name} 的序号 {index} 不在树中", f"index {index} of {name} is not within its tree")
    node, last, computed = index, size - 1, hash_(b"\x00" + text.encode())
    for sibling in path:
        if last == 0:
            fail(f"{name} 的证明过长", f"the proof of {name} has superfluous hashes")
        if node & 1 or node == last:
            computed = hash_(b"\x01" + sibling + computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = hash_(b"\x01" + computed + sibling)
        node, last = node >> 1, last >> 1
    if last:
        fail(f"{name} 的证明过短", f"the proof of {name} lacks hashes")
    if computed != root:
        fail(
            f"{name} 的记录、位置或证明被改动：算得的根与签名的根不符",
            f"record, place or proof of {name} was changed: the computed root is another",
        )


# --- notes and keys (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----------------------

Signature = tuple[str, bytes, bytes]
SM2_TYPE = b"\xffoid/1.2.156.10197.1.501"


class Key:
    """A public key: its name, what kind it is, and how it verifies."""

    def __init__(self, text: str) -> None:
        parts = text.strip().split("+", 2)
        raw = unbase64(parts[2]) if len(parts) == 3 else None
        if raw is None:
            fail("公钥文本不合格式", "the public key's text is not in form")
        self.name, self.title = parts[0], "+".join(parts[:2])
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.id.hex() != parts[1]:
            fail("公钥的标识与内容不符", "the public key's id does not belong to it")
        for prefix, size, hash_, verify, timed in KINDS:
            if raw.startswith(prefix) and len(raw) == len(prefix) + size:
                self.public, self.hash = raw[len(prefix) :], hash_
                self._verify, self._timed = verify, timed
                return
        fail("不认识的公钥类型", "the public key is of an unknown type")

    def verifies(self, text: str, signature: bytes) -> bool:
        """Tell whether a note's signature is this key's."""
        if not self._timed:
            return self._verify(self.public, text.encode(), signature)
        time = int.from_bytes(signature[:8], "big")
        return self._verify(
            self.public, f"cosignature/v1\ntime {time}\n{text}".encode(), signature[8:]
        )


def read_note(raw: Any) -> tuple[str, list[Signature]]:
    """Return a signed note's text and signatures."""
    wrong = ("检查点不是签名文本", "the checkpoint is not a signed note")
    if not isinstance(raw, str) or any(c < " " and c != "\n" for c in raw):
        fail(*wrong)
    text, blank, block = raw.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        fail(*wrong)
    signatures = []
    for line in block[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        signature = unbase64(match[2]) if match else None
        if match is None or signature is None or len(signature) <= 4:
            fail(*wrong)
        signatures.append((match[1], signature[:4], signature[4:]))
    return text + "\n", signatures


def read_head(text: str) -> tuple[str, int, bytes]:
    """Return a checkpoint's origin, size and root."""
    lines = text.split("\n")
    root = unbase64(lines[2]) if len(lines) >= 4 else None
    if root is None or len(root) != 32 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        fail("检查点不合格式", "the checkpoint is not in form")
    return lines[0], int(lines[1]), root


def check_signed(note: tuple[str, list[Signature]], keys: list[Key], origin: str | None) -> Key:
    """Return the key that signed; each signature by one of ``keys`` must verify."""
    text, signatures = note
    signers = []
    for name, id_, signature in signatures:
        for key in keys:
            if (name, id_) == (key.name, key.id):
                if not key.verifies(text, signature):
                    fail(f"密钥 {key.title} 的签名不成立", f"the signature by {key.title} is wrong")
                signers.append(key)
    if not signers:
        names = ", ".join(key.title for key in keys)
        fail(
            f"没有受信任密钥（{names}）的签名", f"there is no signature by a trusted key ({names})"
        )
    if origin not in (None, signers[0].name):
        fail("检查点属于另一存证", "the checkpoint is of another log")
    return signers[0]


# --- JSON (RFC 8785), hexadecimal, base64 ------------------------------------------------------


def parse_json(text: str, name: str) -> Any:
    """Read JSON without fractions and without doubled keys."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) != len(items):
            raise ValueError("doubled key")
        return dict(items)

    def no_fraction(number: str) -> NoReturn:
        raise ValueError(number)

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=no_fraction, parse_constant=no_fraction
        )
        write_json(value).encode()  # half a surrogate pair has no UTF-8 and no hash
        return value
    except (ValueError, RecursionError):
        fail(f"{name} 不是可读的 JSON", f"{name} is not readable JSON")


def write_json(value: Any) -> str:
    """Write canonical JSON: sorted keys, no spaces, no superfluous escapes."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{write_json(key)}:{write_json(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def unhex(text: Any, name: str) -> bytes:
    """Read a hash written as 64 lower-case hexadecimal digits."""
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]{64}", text):
        fail(f"{name} 不是 64 位十六进制散列值", f"{name} is not a hash of 64 hexadecimal digits")
    return bytes.fromhex(text)


def unbase64(text: str) -> bytes | None:
    """Read base64 in its one proper writing."""
    try:
        raw = base64.b64decode(text.encode(), validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def fail(zh: str, en: str) -> NoReturn:
    """Say that nothing is proved, and why."""
    raise NotProved(zh, en)


# --- Ed25519 (RFC 8032, section 5.1.7) ---------------------------------------------------------

ED_P = 2**255 - 19
ED_L = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, ED_P - 2, ED_P) % ED_P
EdPoint = tuple[int, int, int, int]


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether s * B = R + h * A."""
    if len(signature) != 64:
        return False
    a, r, s = ed_point(public), ed_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ED_L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % ED_L
    base = ed_point((4 * pow(5, ED_P - 2, ED_P) % ED_P).to_bytes(32, "little"))
    assert base is not None
    left, right = ed_multiply(s, base), ed_add(r, ed_multiply(h, a))
    return all((left[i] * right[2] - right[i] * left[2]) % ED_P == 0 for i in (0, 1))


def ed_point(raw: bytes) -> EdPoint | None:
    """Decode a point, or return None if there is none of that writing."""
    number = int.from_bytes(raw, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= ED_P:
        return None
    square = (y * y - 1) * pow(ED_D * y * y + 1, ED_P - 2, ED_P) % ED_P
    x = pow(square, (ED_P + 3) // 8, ED_P)
    if (x * x - square) % ED_P:
        x = x * pow(2, (ED_P - 1) // 4, ED_P) % ED_P
    if (x * x - square) % ED_P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = ED_P - x
    return x, y, 1, x * y % ED_P


def ed_add(one: EdPoint, two: EdPoint) -> EdPoint:
    """Add two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]), (one[1] + one[0]) * (two[1] + two[0])
    c, d = 2 * one[3] * two[3] * ED_D, 2 * one[2] * two[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % ED_P, g * h % ED_P, f * g % ED_P, e * h % ED_P


def ed_multiply(scalar: int, point: EdPoint) -> EdPoint:
    """Multiply a point."""
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = ed_add(found, point)
        point, scalar = ed_add(point, point), scalar >> 1
    return found


# --- SM3 (GM/T 0004-2012) ----------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of data."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """Return the SM3 of data: from hashlib where it is offered, else computed here."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return sm3_here(data)


def sm3_here(data: bytes) -> bytes:
    """Return the SM3 of data, computed step by step as the standard writes it."""
    state = [
        0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D,
        0xB0FB0E4E,
    ]  # fmt: skip
    padding = b"\x80" + b"\x00" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    whole = data + padding
    for at in range(0, len(whole), 64):
        state = [*map(xor, state, sm3_block(state, whole[at : at + 64]))]
    return b"".join(word.to_bytes(4, "big") for word in state)


def sm3_block(state: list[int], block: bytes) -> list[int]:
    """Compress one block of 64 bytes."""
    w = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ left(w[j - 3], 15)
        w.append(x ^ left(x, 15) ^ left(x, 23) ^ left(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        constant = left(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32)
        ss1 = left((left(a, 12) + e + constant) & 0xFFFFFFFF, 7)
        ss2 = ss1 ^ left(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
        d, c, b, a = c, left(b, 9), a, tt1
        h, g, f, e = g, left(f, 19), e, tt2 ^ left(tt2, 9) ^ left(tt2, 17)
    return [a, b, c, d, e, f, g, h]


def left(word: int, bits: int) -> int:
    """Rotate a word of 32 bits."""
    return (word << bits | word >> 32 - bits) & 0xFFFFFFFF


# --- SM2 (GM/T 0003.2-2012, curve of GM/T 0003.5-2012) -----------------------------------------

SM_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SmPoint = tuple[int, int]


def sm2_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether r = e + x of (s * G + (r + s) * public)."""
    if len(signature) != 64 or public[0] != 4:
        return False
    point = (int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big"))
    x, y = point
    if x >= SM_P or y >= SM_P or (y * y - x * x * x + 3 * x - SM_B) % SM_P:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % SM_N
    if not (0 < r < SM_N and 0 < s < SM_N and t):
        return False
    found = sm_add(sm_multiply(s, SM_G), sm_multiply(t, point))
    user = b"1234567812345678"
    numbers = (SM_P - 3, SM_B, *SM_G)
    curve = b"".join(number.to_bytes(32, "big") for number in numbers)
    z = sm3((8 * len(user)).to_bytes(2, "big") + user + curve + public[1:])
    e = int.from_bytes(sm3(z + message), "big")
    return found is not None and (e + found[0] - r) % SM_N == 0


def sm_add(one: SmPoint | None, two: SmPoint | None) -> SmPoint | None:
    """Add two points; None is infinity."""
    if one is None or two is None:
        return two if one is None else one
    if one[0] == two[0] and (one[1] + two[1]) % SM_P == 0:
        return None
    if one == two:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], SM_P - 2, SM_P)
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], SM_P - 2, SM_P)
    x = (slope * slope - one[0] - two[0]) % SM_P
    return x, (slope * (one[0] - x) - one[1]) % SM_P


def sm_multiply(scalar: int, point: SmPoint | None) -> SmPoint | None:
    """Multiply a point."""
    found: SmPoint | None = None
    while scalar:
        if scalar & 1:
            found = sm_add(found, point)
        point, scalar = sm_add(point, point), scalar >> 1
    return found


KINDS = (
    (b"\x01", 32, sha256, ed25519_verify, False),
    (b"\x04", 32, sha256, ed25519_verify, True),
    (SM2_TYPE, 65, sm3, sm2_verify, False),
    (SM2_TYPE + b"/cosignature-v1", 65, sm3, sm2_verify, True),
)


# --- the command -------------------------------------------------------------------------------


def main() -> int:
    """Read the arguments, say what is proved or why not, return the exit code."""
    parser = argparse.ArgumentParser(description="离线核验沪碳存证凭据 / check a receipt offline")
    parser.add_argument("receipt", help="凭据文件 / the receipt (JSON)")
    parser.add_argument("--key", action="append", default=[], help="存证公钥 / the log's key")
    parser.add_argument(
        "--key-file", action="append", default=[], help="公钥文件 / keys, one a line"
    )
    parser.add_argument("--witness", action="append", default=[], help="见证人公钥 / must co-sign")
    arguments = parser.parse_args()
    try:
        texts = list(arguments.key)
        for name in arguments.key_file:
            with open(name, encoding="utf-8") as file:
                texts += [line for line in file.read().split("\n") if line.strip()]
        with open(arguments.receipt, encoding="utf-8") as file:
            raw = file.read()
    except (OSError, UnicodeDecodeError) as error:
        parser.error(str(error))
    if not texts:
        parser.error("请给出存证公钥 / give the log's public key: --key or --key-file")
    try:
        keys, witnesses = [Key(text) for text in texts], [Key(text) for text in arguments.witness]
        said = check(parse_json(raw, arguments.receipt), keys, witnesses)
    except NotProved as why:
        print(shown(f"未能证明：{why.zh}。"), file=sys.stderr)
        print(shown(f"Not proved: {why.en}."), file=sys.stderr)
        return 1
    print(shown("已证明：" + "".join(zh for zh, _ in said)))
    print(shown("Proved: " + " ".join(en for _, en in said)))
    return 0


def shown(sentence: str) -> str:
    """Keep what a record says from steering the terminal."""
    return "".join(c if c.isprintable() else "?" for c in sentence)


if __name__ == "__main__":
    sys.exit(main())
