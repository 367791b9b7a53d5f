"""Operations about the platform itself: health, clock, refusals, documents, one's own keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from ninja import Field, Path, Router, Schema

from hutan.kernel.moments import in_shanghai
from hutan.kernel.refusals import known_refusals
from hutan.web import permissions
from hutan.web.api import keys
from hutan.web.api.frame import WriteRequest, answers, open_to_all, summary, viewer_in
from hutan.web.conf import is_demonstration
from hutan.web.documents.codes import checked_code
from hutan.web.language import Bilingual
from hutan.web.moments import platform_now, real_now
from hutan.web.refusals import NoSuchDocument, NotFound
from hutan.web.rights import MANAGE_KEYS
from hutan.web.seams import seams

router = Router()


class Health(Schema):
    """The platform answers and reaches its database."""

    status: str = Field(examples=["ok"])


class Clock(Schema):
    """The platform's clock. A demonstration's may be moved."""

    now: datetime = Field(description="The moment that counts for deadlines, Shanghai time.")
    demonstration: bool


class KnownRefusal(Schema):
    """A refusal the platform can give; braces name the facts of a case."""

    code: str
    zh: str
    en: str
    cure_zh: str
    cure_en: str
    clause: str
    basis: str


class DocumentFact(Schema):
    """One line of a document."""

    zh: str
    en: str
    value: str


class Document(Schema):
    """What is on record under a document's verification code."""

    code: str
    title_zh: str
    title_en: str
    issued_at: datetime
    facts: list[DocumentFact]
    sha256: str
    stands: bool
    standing_zh: str
    standing_en: str


class Key(Schema):
    """A key without its secret."""

    id: UUID
    organisation: UUID
    name: str
    public_part: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@router.get(
    "/health", auth=open_to_all, response=answers(Health, 503), **summary("平台是否正常", "Health")
)
def health(request: HttpRequest) -> dict[str, str]:
    """Answer if the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok"}


@router.get(
    "/clock",
    auth=open_to_all,
    response=answers(Clock),
    **summary("平台时钟", "The platform's clock"),
)
def clock(request: HttpRequest) -> dict[str, object]:
    """Return the moment that counts for deadlines."""
    return {"now": in_shanghai(platform_now()), "demonstration": is_demonstration()}


@router.get(
    "/refusals",
    auth=open_to_all,
    response=answers(list[KnownRefusal]),
    **summary("平台可能作出的全部拒绝", "Every refusal the platform can give"),
)
def refusals(request: HttpRequest) -> list[type]:
    """Return the list by code, so that programs can prepare for each."""
    return list(known_refusals())


@router.get(
    "/documents/{code}",
    auth=open_to_all,
    response=answers(Document, 404),
    **summary("按核验码核验文件", "Check a document by its code"),
)
def document(
    request: HttpRequest,
    code: Annotated[str, Path(description="The 16 characters printed on it.")],
) -> dict[str, object]:
    """Return what is on record, or refuse the code."""
    checked = checked_code(code)
    found = seams().document(checked)
    if found is None:
        raise NoSuchDocument(given=checked)
    return {
        "code": found.code,
        "title_zh": found.title.zh,
        "title_en": found.title.en,
        "issued_at": in_shanghai(found.issued_at),
        "facts": [
            {
                "zh": name.zh,
                "en": name.en,
                "value": value.zh if isinstance(value, Bilingual) else value,
            }
            for name, value in found.facts
        ],
        "sha256": found.sha256,
        "stands": found.stands,
        "standing_zh": found.standing.zh,
        "standing_en": found.standing.en,
    }


@router.get("/me", response=answers(Key), **summary("当前使用的密钥", "The key you ask with"))
def me(request: HttpRequest) -> keys.KeyRecord:
    """Return the key, its organisation and its scopes."""
    return _own(request)


@router.get(
    "/keys", response=answers(list[Key]), **summary("本单位的密钥", "Your organisation's keys")
)
def list_keys(request: HttpRequest) -> list[keys.KeyRecord]:
    """Return all keys of the organisation. Scope: ``api_keys.manage``."""
    own = _own(request)
    permissions.require(viewer_in(request), MANAGE_KEYS, own)
    return keys.keys_of(own.organisation)


@router.post(
    "/keys/{key_id}/revocation",
    response=answers(Key, 404),
    **summary("立即吊销密钥", "Revoke a key at once"),
)
def revoke(request: HttpRequest, key_id: UUID, payload: WriteRequest) -> keys.KeyRecord:
    """Revoke one of the organisation's keys, also the one you ask with. A retry is harmless.

    Scope: ``api_keys.manage``.
    """
    viewer = viewer_in(request)
    permissions.require(viewer, MANAGE_KEYS, _own(request))
    found = keys.key(key_id)
    if found is None or not permissions.may(viewer, MANAGE_KEYS, found):
        raise NotFound(what=str(key_id))
    return keys.revoke_key(id=key_id, at=real_now())


def _own(request: HttpRequest) -> keys.KeyRecord:
    viewer = viewer_in(request)
    assert isinstance(viewer, keys.KeyViewer)
    return viewer.key
