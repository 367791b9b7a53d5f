"""Chinese first, English one click away, on every page and back to the same page."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from hutan.web.language import Bilingual, bi

PUBLIC = ["/", "/how-it-works", "/accessibility", "/verify", "/clauses/M21.1", "/api", "/sign-in",
          "/styleguide", "/nowhere"]  # fmt: skip


def say(template: str, language: str, **context: object) -> str:
    """Render a template in one language."""
    with translation.override(language):
        return Template(template).render(Context(context))


def test_the_tag_says_one_of_two_texts() -> None:
    """Chinese unless the reader chose English."""
    template = '{% bi "配额" "Allowance" %}'
    assert say(template, "zh-hans") == "配额"
    assert say(template, "en") == "Allowance"


def test_the_tag_fills_in_facts_and_escapes_them() -> None:
    """A name cannot become markup, nor a text that comes from a variable."""
    filled = say('{% bi "您好 {name}" "Hello {name}" name=name %}', "en", name="<b>&</b>")
    assert filled == "Hello &lt;b&gt;&amp;&lt;/b&gt;"
    assert say("{% bi text text %}", "en", text="<i>") == "&lt;i&gt;"
    assert say("{% bi text text n=1 %}", "en", text="<i>{n}") == "&lt;i&gt;1"


def test_the_block_renders_one_part_only() -> None:
    """The other language costs nothing and cannot leak."""
    template = "{% bi_block %}中<b>{{ x }}</b>{% english %}E{{ x }}{% end_bi %}!"
    assert say(template, "zh-hans", x=1) == "中<b>1</b>!"
    assert say(template, "en", x=1) == "E1!"


def test_a_bilingual_value_speaks_when_it_is_printed() -> None:
    """In Python both texts are one value."""
    both = bi("第 {n} 页", "Page {n}").format(n=3)
    assert both == Bilingual("第 3 页", "Page 3")
    assert say("{{ both }}", "en", both=both) == "Page 3"
    assert say("{{ both }}", "zh-hans", both=both) == "第 3 页"


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_speaks_both_languages(db: None, client: Client, path: str) -> None:
    """The html element names the language; the other one is one link away and comes back here."""
    chinese = client.get(path)
    assert '<html lang="zh-Hans">' in chinese.content.decode()
    assert chinese.headers["Content-Language"] == "zh-Hans"
    link = re.search(r'href="(/language/en\?[^"]+)"', chinese.content.decode())
    assert link is not None
    switched = client.get(link[1])
    assert (switched.status_code, switched.headers["Location"]) == (302, path)
    english = client.get(path)
    assert '<html lang="en">' in english.content.decode()
    assert "Cookie" in english.headers["Vary"]


def test_a_browsers_own_preference_does_not_decide(db: None, client: Client) -> None:
    """Chinese comes first for everybody."""
    page = client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="zh-Hans">' in page.content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
)
def test_the_way_back_never_leaves_the_site(client: Client, elsewhere: str) -> None:
    """An address of another site leads home."""
    answer = client.get(f"/language/en?to={quote(elsewhere, safe='')}")
    assert answer.headers["Location"] == "/"


def test_the_choice_is_kept_with_the_query(client: Client) -> None:
    """The page one was on comes back with everything after the question mark."""
    answer = client.get("/language/en?to=" + quote("/verify?code=A&x=1", safe=""))
    assert answer.headers["Location"] == "/verify?code=A&x=1"
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("en", "Lax", True)


def test_an_unknown_language_is_no_page(db: None, client: Client) -> None:
    """There are two."""
    assert client.get("/language/fr").status_code == 404


def test_djangos_own_sentences_follow(db: None, client: Client) -> None:
    """An empty field is complained about in the reader's language."""
    assert "必填" in client.post("/sign-in", {}).content.decode()
    client.cookies["language"] = "en"
    assert "This field is required." in client.post("/sign-in", {}).content.decode()
