"""Unified social credit codes (统一社会信用代码): every part checked, every fault named.

A code of the wrong length or with wrong characters has no parts to check; otherwise all parts are
checked, so that one answer names all of them. Letters are upper case, as they are printed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal, refuse

FILE = Path(__file__).parent / "law" / "credit_codes.toml"
LENGTH = 18


class CodeLengthWrong(Refusal):
    """The code does not have 18 characters."""

    code = "RUL-201"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "统一社会信用代码应为 18 位，实为 {length} 位。"
    en = "A unified social credit code has 18 characters, this one has {length}."
    cure_zh = "请对照营业执照或登记证书重新录入。"
    cure_en = "Copy it again from the licence or certificate."


class CodeCharactersWrong(Refusal):
    """A character that the code never uses."""

    code = "RUL-202"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "第 {places} 位的字符（{characters}）不属于统一社会信用代码字符集。"
    en = "The characters at {places} ({characters}) are never used in such a code."
    cure_zh = "只使用数字和大写字母，且不含 I、O、S、V、Z。"
    cure_en = "Use digits and capital letters, without I, O, S, V and Z."


class DepartmentUnknown(Refusal):
    """The first character names no registering department."""

    code = "RUL-203"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "第 1 位（登记管理部门）{character} 不是已知部门；已知：{known}。"
    en = "Character 1 (registering department), {character}, is none of {known}."
    cure_zh = "请核对第 1 位。"
    cure_en = "Check character 1."


class KindUnknown(Refusal):
    """The second character names no kind of body of its department."""

    code = "RUL-204"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "第 2 位（机构类别）{character} 不属于该登记管理部门；可为：{known}。"
    en = "Character 2 (kind of body), {character}, is none of its department's: {known}."
    cure_zh = "请核对第 2 位。"
    cure_en = "Check character 2."


class DivisionUnknown(Refusal):
    """Characters 3 to 8 are no administrative division."""

    code = "RUL-205"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "第 3 至 8 位（登记管理机关行政区划）{division} 不是行政区划代码。"
    en = "Characters 3 to 8 (division of the registrar), {division}, are no division code."
    cure_zh = "请核对第 3 至 8 位：应为六位数字，前两位为省级代码。"
    cure_en = "Check characters 3 to 8: six digits that begin with a province."


class OrganisationCheckWrong(Refusal):
    """The check character inside the organisation code does not fit."""

    code = "RUL-206"
    basis = "GB 11714-1997"
    field = "credit_code"
    zh = "第 17 位（组织机构代码校验码）应为 {expected}，实为 {found}。"
    en = "Character 17 (check of the organisation code) should be {expected}, it is {found}."
    cure_zh = "请核对第 9 至 17 位。"
    cure_en = "Check characters 9 to 17."


class CheckWrong(Refusal):
    """The last character does not fit the others."""

    code = "RUL-207"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "第 18 位（校验码）应为 {expected}，实为 {found}。"
    en = "Character 18 (check character) should be {expected}, it is {found}."
    cure_zh = "请核对全部 18 位。"
    cure_en = "Check all 18 characters."


@dataclass(frozen=True)
class CreditCode:
    """The parts of a good code, with what they stand for in Chinese."""

    code: str
    department: str
    kind: str
    province: str
    division: str
    organisation: str

    def to_record(self) -> dict[str, Json]:
        """Return the parts as plain JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class _Standard:
    """The tables of the standard."""

    alphabet: str
    weights: Sequence[int]
    modulus: int
    organisation_alphabet: str
    organisation_weights: Sequence[int]
    organisation_modulus: int
    organisation_checks: str
    departments: Mapping[str, Any]
    provinces: Mapping[str, str]


def read_credit_code(code: str) -> CreditCode:
    """Return the parts of a code, or refuse it with every fault it has."""
    refuse(_faults(code))
    department = _standard().departments[code[0]]
    return CreditCode(
        code=code,
        department=department["zh"],
        kind=department["kinds"][code[1]],
        province=_standard().provinces[code[2:4]],
        division=code[2:8],
        organisation=code[8:17],
    )


def credit_code_faults(code: str) -> tuple[Refusal, ...]:
    """Return every fault of a code, in the order of its parts; none for a good one."""
    return tuple(_faults(code))


def check_character(code: str) -> str:
    """Return the 18th character that belongs to the first 17, which must be of the alphabet."""
    standard = _standard()
    total = _weighed(code[:17], standard.alphabet, standard.weights)
    return standard.alphabet[-total % standard.modulus]


def organisation_check(body: str) -> str:
    """Return the ninth character of an organisation code that belongs to its first eight."""
    standard = _standard()
    total = _weighed(body[:8], standard.organisation_alphabet, standard.organisation_weights)
    return standard.organisation_checks[-total % standard.organisation_modulus]


def _faults(code: str) -> Iterator[Refusal]:
    standard = _standard()
    if len(code) != LENGTH:
        yield CodeLengthWrong(length=len(code))
        return
    wrong = [place for place, one in enumerate(code, start=1) if one not in standard.alphabet]
    if wrong:
        shown = " ".join(ascii(code[place - 1]) for place in wrong)
        yield CodeCharactersWrong(places=", ".join(map(str, wrong)), characters=shown)
        return
    department = standard.departments.get(code[0])
    if department is None:
        yield DepartmentUnknown(character=code[0], known=", ".join(standard.departments))
    elif code[1] not in department["kinds"]:
        yield KindUnknown(character=code[1], known=", ".join(department["kinds"]))
    if not (code[2:8].isdigit() and code[2:4] in standard.provinces):
        yield DivisionUnknown(division=code[2:8])
    expected = organisation_check(code[8:16])
    if code[16] != expected:
        yield OrganisationCheckWrong(expected=expected, found=code[16])
    expected = check_character(code)
    if code[17] != expected:
        yield CheckWrong(expected=expected, found=code[17])


def _weighed(text: str, alphabet: str, weights: Sequence[int]) -> int:
    return sum(alphabet.index(one) * weight for one, weight in zip(text, weights, strict=True))


@cache
def _standard() -> _Standard:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    del content["document"], content["organisation_document"]
    return _Standard(**content)
