"""Certificates and statements as PDF: archivable, complete, the same bytes for the same input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from hutan.kernel.moments import SHANGHAI
from hutan.web.documents import render as rendering
from hutan.web.documents.kinds import Certificate, Statement, StatementColumn
from hutan.web.documents.render import render
from hutan.web.documents.samples import ADDRESS, AT, CODE, SAMPLES, sample_statement
from hutan.web.refusals import GlyphsMissing

needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="no poppler on this machine: it reads the PDF back"
)


def certificate(**changes: object) -> Certificate:
    """Return a small certificate."""
    whole = Certificate(
        language="zh", title="注销证明", stamp="样例", statement="兹证明如下。",
        figure_name="数量", figure="1 吨", facts=[("注销人", "样例单位甲")], code=CODE,
        address=ADDRESS, issued_at=AT,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields by name


def read(pdf: bytes, folder: Path, *options: str) -> str:
    """Return the text of a PDF."""
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_document_can_be_archived_and_read_aloud(name: str, language: str) -> None:
    """It says of itself that it is PDF/A-2a and PDF/UA-1: typst refuses to write it otherwise."""
    pdf = SAMPLES[name](language)  # type: ignore[arg-type]  # the two languages
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert len(pdf) < 400_000


def test_the_same_input_gives_the_same_bytes() -> None:
    """So that a digest on record is that of the file anybody can have made again."""
    assert certificate().pdf() == certificate().pdf()
    assert certificate().pdf() != certificate(figure="2 吨").pdf()


@needs_poppler
def test_a_long_table_repeats_its_head(tmp_path: Path) -> None:
    """Each page has head, page number and code; the totals stand once; no row is lost."""
    whole = read(sample_statement("zh", rows=300), tmp_path, "-layout")
    pages = whole.split("\f")[:-1]
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        flat = "".join(page.split())
        assert f"第{number}页，共{len(pages)}页" in flat
        assert CODE in flat
        if "样例单位乙" in flat:
            assert "变动（吨）" in flat
    assert "".join(whole.split()).count("合计") == 1
    assert sum(line.count("样例单位乙") for line in whole.splitlines()) == 299


@needs_poppler
def test_texts_are_data_and_never_markup(tmp_path: Path) -> None:
    """What a user typed is printed as he typed it."""
    typed = '#strong[x] $a^2$ *b* _c_ @d <e> \\ "f" #read("/etc/passwd") // ~'
    text = read(certificate(facts=[("用途", typed)]).pdf(), tmp_path)
    assert "".join(typed.split()) in "".join(text.split())


@needs_poppler
def test_rare_characters_are_set(tmp_path: Path) -> None:
    """Names of people and firms: beyond the basic plane as well."""
    name = "喆堃淼㵘𬭚𫠊"
    assert name in read(certificate(facts=[("注销人", name)]).pdf(), tmp_path)


@pytest.mark.parametrize(
    ("text", "named"),
    [("\U0003ffff", "U+3FFFF"), ("甲\U0002a6df乙", "U+2A6DF"), ("\ue000", "U+E000")],
)
def test_a_character_without_a_glyph_is_refused(text: str, named: str) -> None:
    """Never an empty box on an official document; the refusal names the character."""
    with pytest.raises(GlyphsMissing) as refused:
        certificate(facts=[("注销人", text)]).pdf()
    assert refused.value.facts == {"characters": named}


def test_other_failures_are_bugs() -> None:
    """A layout without its data is no refusal."""
    with pytest.raises(Exception, match="language"):
        render("certificate", {}, at=AT)


def test_a_row_that_does_not_fit_is_a_mistake() -> None:
    """Before anything is set."""
    statement = Statement(
        language="zh", title="对账单", stamp="样例", facts=[],
        columns=[StatementColumn("一"), StatementColumn("二", "figure")],
        rows=[["1", "2"], ["3"]], totals=["", ""], code=CODE, address=ADDRESS, issued_at=AT,
    )  # fmt: skip
    with pytest.raises(ValueError, match="does not fit"):
        statement.pdf()


def test_the_moment_of_issue_is_the_files() -> None:
    """Not the moment at which it happens to be made."""
    pdf = certificate(issued_at=datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI)).pdf()
    assert b"2025-06-30T09:00:00+00:00" in pdf


def test_an_operator_can_add_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure that the refusal names: a folder of his own."""
    shutil.copy(
        "hutan/web/documents/fonts/noto-sans-sc-2.004/NotoSansSC-Regular.ttf", tmp_path / "a.ttf"
    )
    monkeypatch.setenv("HUTAN_FONTS", str(tmp_path))
    rendering._fonts.cache_clear()
    try:
        paths = {font.path for font in rendering._fonts().fonts()}
        assert str(tmp_path / "a.ttf") in paths
    finally:
        monkeypatch.undo()
        rendering._fonts.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_an_ordinary_user_without_a_home_or_network_can_set_documents(tmp_path: Path) -> None:
    """Nothing is written beside the file and nothing is fetched."""
    script = (
        "import sys; sys.path.insert(0, '.');"
        "from hutan.web.documents.samples import sample_certificate;"
        "sys.stdout.buffer.write(sample_certificate('zh'))"
    )
    command = [sys.executable, "-c", script]
    if shutil.which("unshare"):
        command = ["unshare", "--net", *command]
    done = subprocess.run(
        command, user=None if command[0] == "unshare" else 65534, capture_output=True, check=False,
        env={"DJANGO_SETTINGS_MODULE": "hutan.config.settings", "HOME": "/nonexistent",
             "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout.startswith(b"%PDF")


def test_the_style_guide_serves_the_samples(db: None, client: Client) -> None:
    """In the reader's language; others are no page."""
    answer = client.get("/styleguide/certificate.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content == SAMPLES["certificate"]("zh")
    client.cookies["language"] = "en"
    assert client.get("/styleguide/certificate.pdf").content == SAMPLES["certificate"]("en")
    assert client.get("/styleguide/other.pdf").status_code == 404


def test_fonts_are_named_by_their_licence() -> None:
    """The reserved name of the OFL is Adobe's “Source”; the file keeps its own name."""
    described = json.loads(Path("hutan/web/documents/fonts/manifest.json").read_text("utf-8"))
    licence = Path("hutan/web/documents/fonts/noto-sans-sc-2.004/LICENSE").read_text("utf-8")
    assert "Reserved Font Name 'Source'" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert described["noto-sans-sc-2.004"]["licence"] == "OFL-1.1"
