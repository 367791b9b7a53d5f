"""Two languages on every page: Chinese first, English one click away.

The reader's choice is kept in a cookie; nobody's browser decides it for him. Both texts always
stand side by side in the code, so that neither can be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation

from hutan.kernel.refusals import Language

COOKIE = "language"
COOKIE_AGE = 365 * 24 * 3600
CODES: dict[Language, str] = {"zh": "zh-hans", "en": "en"}
HTML_CODES: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in both languages; printed, it speaks the language of the present request."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the text in one language."""
        return self.zh if language == "zh" else self.en

    def format(self, **facts: object) -> Bilingual:
        """Return the text with its facts filled in."""
        return Bilingual(self.zh.format(**facts), self.en.format(**facts))

    def __str__(self) -> str:
        return self.text(active())


def bi(zh: str, en: str) -> Bilingual:
    """Return the two texts as one."""
    return Bilingual(zh, en)


def active() -> Language:
    """Return the language in which the present request is answered."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def chosen(cookie: str | None) -> Language:
    """Return the language a cookie asks for; anything but English is Chinese."""
    return "en" if cookie == "en" else "zh"
