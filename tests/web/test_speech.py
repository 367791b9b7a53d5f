"""What pages really say: no sentence of the other language; a title, a language, landmarks.

``test_templates`` reads the templates; here the pages of the town are opened, so that texts from
Python, the rulebook and the services are read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.transparency.conftest import log_settings as log_settings
from tests.web.people import sign_in
from tests.web.places import EVERYBODY, PAGES, Page
from tests.web.town import Town

pytestmark = pytest.mark.django_db

# Four words in a row are a sentence; names of formats and programs are shorter.
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+(?:[ ,]+[A-Za-z][a-z]+){3,}")
CHINESE = re.compile(r"[\u3400-\u9fff]")
SILENT = {"script", "style", "code", "pre", "svg", "option"}
VOID = {"meta", "link", "input", "br", "img", "hr", "path", "wbr"}
FRAME = {"h2", "h3", "label", "legend", "button", "th", "dt", "summary", "caption"}
"""Where an English page speaks for itself; what records say (names, reasons) stays as it is."""
NAMED_IN_ENGLISH = {
    # Titles of foreign reports are cited as they are.
    "ICAP Status Report",
}
LOOKERS = ("nobody", "account_representative", "registry_clerk", "bureau_officer")


@dataclass
class Spoken(HTMLParser):
    """Reads a page: its texts with the elements around them and the language they are in."""

    texts: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element and what its attributes say aloud."""
        given = dict(attrs)
        self.elements.append((tag, given))
        language = given.get("lang") or (self.open[-1][1] if self.open else "")
        names = (*(name for name, _ in self.open), tag)
        for spoken in ("aria-label", "title", "placeholder", "alt"):
            if given.get(spoken):
                self.texts.append((str(given[spoken]), (*names, "label"), language))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open in it."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if data.strip() and self.open:
            self.texts.append((data.strip(), tuple(one for one, _ in self.open), self.open[-1][1]))


def read(page: str) -> Spoken:
    """Read a page."""
    spoken = Spoken()
    spoken.feed(page)
    return spoken


def foreign(spoken: Spoken, language: str) -> list[str]:
    """Return what a page says in the other language without saying that it is."""
    found = []
    for text, around, marked in spoken.texts:
        if SILENT & set(around):
            continue
        if language == "zh" and marked.startswith("zh"):
            plain = text
            for name in NAMED_IN_ENGLISH:
                plain = plain.replace(name, "")
            found += ENGLISH.findall(plain)
        own = "label" in around or bool(FRAME & set(around[-2:]))
        row_head = "tbody" in around and around[-1] in ("th", "a", "span")
        if language == "en" and marked == "en" and own and not row_head and CHINESE.search(text):
            found.append(text)
    return found


def flaws(spoken: Spoken) -> list[str]:
    """Return what a page lacks of what every page has."""
    tags = [tag for tag, _ in spoken.elements]
    titles = [text for text, around, _ in spoken.texts if around[-1] == "title"]
    wrong = []
    if not titles or len(titles[0].split("·")[0].strip()) < 1:
        wrong.append("no title")
    if not next((given.get("lang") for tag, given in spoken.elements if tag == "html"), None):
        wrong.append("no language")
    wrong += [f"{tags.count(one)} {one}" for one in ("main", "header", "footer", "h1")
              if (tags.count(one) < 1 if one == "header" else tags.count(one) != 1)]  # fmt: skip
    wrong += [f"a {tag} without a name" for tag, given in spoken.elements
              if tag in ("nav", "aside") and not given.get("aria-label")]  # fmt: skip
    ids = [given["id"] for _, given in spoken.elements if given.get("id")]
    wrong += [f"id {one} twice" for one in sorted({str(one) for one in ids if ids.count(one) > 1})]
    return wrong


def seen_by(looker: str) -> list[Page]:
    """Return the pages that this one is the first to open."""
    return [
        page
        for page in PAGES
        if page.answer == 200
        and next((one for one in LOOKERS if one in page.allowed), "") == looker
        and (looker != "nobody" or page.allowed == EVERYBODY)
    ]


@pytest.fixture
def town(db: None) -> Town:
    return Town.with_everything()


@pytest.mark.parametrize("looker", LOOKERS)
def test_pages_speak_one_language_and_have_their_landmarks(
    town: Town, client: Client, looker: str
) -> None:
    """Every page of the table that answers with a page, as the first who may open it."""
    if looker != "nobody":
        sign_in(client, town.people[looker])
    wrong, looked = [], 0
    for language in ("zh", "en"):
        client.cookies["language"] = language
        for page in seen_by(looker):
            answer = client.get(page.path(town))
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            looked += 1
            spoken = read(answer.content.decode())
            wrong += [
                (page.route, language, flaw)
                for flaw in (*foreign(spoken, language), *flaws(spoken))
            ]
    assert wrong == []
    assert looked >= 2


@pytest.mark.parametrize(
    ("page", "language", "found"),
    [
        ('<html lang="zh-Hans"><p>This is not said here.</p></html>', "zh", True),
        ('<html lang="zh-Hans"><p lang="en">This is not said here.</p></html>', "zh", False),
        ('<html lang="zh-Hans"><code>this is not said here</code></html>', "zh", False),
        ('<html lang="zh-Hans"><p>见 RFC 9162 和 Ed25519。</p></html>', "zh", False),
        ('<html lang="en"><label>名称</label></html>', "en", True),
        ('<html lang="en"><a title="打开">x</a></html>', "en", True),
        ('<html lang="en"><label lang="zh-Hans">名称</label></html>', "en", False),
    ],
)
def test_the_test_hears_what_it_listens_for(page: str, language: str, found: bool) -> None:
    assert bool(foreign(read(page), language)) is found


def test_the_test_sees_what_is_missing() -> None:
    bare = read('<html><head></head><body><nav></nav><i id="a"></i><i id="a"></i></body></html>')
    assert flaws(bare) == [
        "no title", "no language", "0 main", "0 header", "0 footer", "0 h1",
        "a nav without a name", "id a twice",
    ]  # fmt: skip
