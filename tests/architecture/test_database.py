"""What the database holds: keys point down the stack, history is written once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

ROOT = Path(__file__).resolve().parents[2]

APPEND_ONLY = {
    "clock_city",
    "clock_move",
    "compliance_carriedover",
    "compliance_closing",
    "compliance_departure",
    "compliance_preallocation",
    "compliance_proof",
    "ledger_asset",
    "ledger_refusal",
    "ledger_transfer",
    "parties_attachment",
    "parties_decision",
    "parties_proposalversion",
    "registry_accountevent",
    "registry_attempt",
    "registry_blockmovement",
    "registry_document",
    "registry_succession",
    "transparency_checkpoint",
    "transparency_cosignature",
    "transparency_entry",
    "transparency_leaf",
    "transparency_log",
    "transparency_movement",
    "transparency_movementnode",
    "transparency_node",
    "transparency_subject",
    "web_signinevent",
    "web_stepup",
}
"""Every table whose rows are written once. The next test tells when one is missing here."""


def test_the_list_of_append_only_tables_is_complete(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname NOT LIKE 'django\\_%%'"
            " AND has_table_privilege(oid, 'INSERT')"
            " AND NOT has_table_privilege(oid, 'DELETE')"
            " AND NOT has_any_column_privilege(oid, 'UPDATE')"
        )
        written_once = {name for (name,) in cursor.fetchall()}
    assert sorted(written_once - APPEND_ONLY) == [], "append-only, but not in the list"
    assert sorted(APPEND_ONLY - written_once) == [], "in the list, but not append-only"


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_serving_role_cannot_rewrite_history(db: None, table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 LIMIT 1",
            [table],
        )
        (column,) = cursor.fetchone()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(change.format(table, column, column))


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_serving_role_cannot_switch_its_guards_off(db: None, table: str) -> None:
    for change in ("DISABLE TRIGGER ALL", "OWNER TO CURRENT_USER"):
        with (
            pytest.raises(ProgrammingError, match="must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"ALTER TABLE {table} {change}")


def layers() -> dict[str, int]:
    """Return each package's height in the stack; the highest layer has the largest number."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    stack = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    return {
        name.strip(): height
        for height, layer in enumerate(reversed(stack))
        for name in layer.split("|")
    }


def package_of(module: str) -> str:
    """Return our package's name, or nothing for somebody else's."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "hutan" else ""


def test_foreign_keys_point_down_the_stack() -> None:
    height = layers()
    upward = []
    for model in apps.get_models(include_auto_created=True):
        ours = package_of(model.__module__)
        for field in model._meta.get_fields() if ours else ():
            target = field.remote_field.model if field.is_relation and field.remote_field else None
            theirs = package_of(target.__module__) if isinstance(target, type) else ""
            # Reverse relations are the same key, seen from the other end.
            if not theirs or theirs == ours or not getattr(field, "concrete", False):
                continue
            if height[theirs] >= height[ours]:
                upward.append(f"{model.__name__}.{field.name} -> {target}")
    assert upward == []


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_has_no_complaint() -> None:
    assert run_checks() == []
