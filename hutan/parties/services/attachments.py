"""Files that belong to acts: kept under the hash of their content, sealed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.moments import aware
from hutan.parties.domain.files import file_refusal, media_type
from hutan.parties.models import Attachment
from hutan.runtime.sealing import seal


@transaction.atomic
def attach(*, name: str, content: bytes, by: UUID, at: datetime) -> str:
    """Keep a file and return its SHA-256, by which acts name it. The same content is kept once.

    Raises ``FileEmpty``, ``FileTooLarge`` or ``FileTypeWrong``.
    """
    if (refusal := file_refusal(name, content)) is not None:
        raise refusal
    sha256 = hashlib.sha256(content).hexdigest()
    Attachment.objects.bulk_create(
        [
            Attachment(
                sha256=sha256,
                name=name,
                media_type=media_type(content),
                size=len(content),
                sealed=seal(content, context=f"parties.attachment:{sha256}"),
                attached_by_id=by,
                attached_at=aware(at),
            )
        ],
        ignore_conflicts=True,
    )
    return sha256
