"""Each example of ``docs/commands.md`` runs as it stands there and prints what stands there."""

from __future__ import annotations

import pytest

from tests.cli.asking import examples, run

DOCUMENTED = {
    "codes check", "calendar working-days", "calendar add", "registry delay", "compliance assess",
    "rules show", "rules explain", "rules diff", "rules list", "rules governs",
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "given", "printed"), examples(DOCUMENTED), ids=lambda one: str(one)[:40]
)
def test_the_example_prints_what_the_document_says(
    arguments: list[str], given: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    result = run(*arguments, given=given)
    assert result.exception is None
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines == printed.splitlines()


def test_every_command_of_this_part_has_an_example() -> None:
    shown = {" ".join(arguments[:2]) for arguments, _, _ in examples(DOCUMENTED)}
    assert shown == DOCUMENTED
