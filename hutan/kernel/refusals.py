"""Refusals: what the platform answers when it will not do as asked.

A refusal is part of the interface. Each reason is one class with a stable code, a sentence and a
cure in Chinese and English, the clause it rests on, and the facts of the case. Anything else that
goes wrong is a bug and is not caught here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import ClassVar, Literal

from hutan.kernel.canonical import Json, canonical_bytes
from hutan.kernel.clauses import is_clause

Language = Literal["zh", "en"]
Fact = Json

_known: dict[str, type[Refusal]] = {}
_SAID = {"zh", "en"}


def said(zh: str, en: str) -> Fact:
    """Return a fact that is itself words: each sentence takes those of its language."""
    return {"zh": zh, "en": en}


class Refusal(Exception):
    """One reason, declared as a subclass:

    .. code-block:: python

        class AccountFrozen(Refusal):
            code = "REG-120"
            clause = "M12.1"
            zh = "账户 {account} 已被冻结（{order}），不能转出。"
            en = "Account {account} is frozen ({order}); nothing can leave it."
            cure_zh = "请向作出冻结决定的机关申请解除。"
            cure_en = "Ask the authority that ordered the freeze to lift it."

    ``AccountFrozen(account=..., order=...)`` is then raised or returned. ``basis`` names the rule
    behind a refusal that no clause of the law carries (a document number, or a register's own
    rule); one of ``clause`` and ``basis`` is required. ``field`` names the form field beside which
    it is shown.
    """

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    cure_zh: ClassVar[str]
    cure_en: ClassVar[str]
    clause: ClassVar[str] = ""
    basis: ClassVar[str] = ""
    field: ClassVar[str] = ""
    _wanted: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        for name in ("code", "zh", "en", "cure_zh", "cure_en"):
            if not getattr(cls, name, ""):
                raise TypeError(f"{cls.__name__} has no {name}")
        if not (cls.clause or cls.basis):
            raise TypeError(f"{cls.__name__} names neither clause nor basis")
        if cls.clause and not is_clause(cls.clause):
            raise TypeError(f"{cls.__name__}: {cls.clause!r} is not a clause id")
        if placeholders(cls.zh) != placeholders(cls.en):
            raise TypeError(f"{cls.__name__}: the two languages name different facts")
        cls._wanted = frozenset().union(*map(placeholders, (cls.zh, cls.cure_zh, cls.cure_en)))
        other = _known.setdefault(cls.code, cls)
        if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.code} is already {other.__qualname__}")
        _known[cls.code] = cls

    def __init__(self, **facts: Fact) -> None:
        if missing := self._wanted - facts.keys():
            raise TypeError(f"{type(self).__name__} lacks {', '.join(sorted(missing))}")
        canonical_bytes(facts)
        self.facts: dict[str, Fact] = facts
        super().__init__(facts)

    def sentence(self, language: Language = "zh") -> str:
        """Say what is refused and why."""
        return (self.zh if language == "zh" else self.en).format(**self._facts_in(language))

    def cure(self, language: Language = "zh") -> str:
        """Say what the person can do now."""
        template = self.cure_zh if language == "zh" else self.cure_en
        return template.format(**self._facts_in(language))

    def _facts_in(self, language: Language) -> dict[str, Fact]:
        return {
            name: fact[language] if isinstance(fact, dict) and fact.keys() == _SAID else fact
            for name, fact in self.facts.items()
        }

    def to_record(self) -> dict[str, Json]:
        """Return the refusal as the API, the commands and the log write it."""
        return {
            "code": self.code,
            "zh": self.sentence("zh"),
            "en": self.sentence("en"),
            "cure_zh": self.cure("zh"),
            "cure_en": self.cure("en"),
            "clause": self.clause,
            "basis": self.basis,
            "field": self.field,
            "facts": self.facts,
        }

    def __str__(self) -> str:
        return f"{self.code} {self.sentence('en')}"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.facts == self.facts

    __hash__ = Exception.__hash__


class Refusals(Exception):
    """Several refusals of one request, in the order in which they were checked. Never empty."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        if not self.refusals:
            raise ValueError("nothing was refused")
        super().__init__(self.refusals)

    def __iter__(self) -> Iterator[Refusal]:
        return iter(self.refusals)

    def __str__(self) -> str:
        return "; ".join(str(refusal) for refusal in self.refusals)


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise what was found: nothing for none, the one, or all of them together."""
    found = tuple(refusals)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def known_refusals() -> list[type[Refusal]]:
    """Return every declared refusal, by code: the source of ``docs/refusals.md``."""
    return [_known[code] for code in sorted(_known)]


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the facts that a sentence speaks of."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def summary(refusal: type[Refusal]) -> str:
    """Return the first line of a refusal's own docstring, or nothing."""
    own = refusal.__dict__.get("__doc__") or ""
    return inspect.cleandoc(own).partition("\n")[0]
