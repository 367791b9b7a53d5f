"""Step-up: a fresh code for exactly what is shown, before an act that moves units is approved.

A page that asks for it shows the content and carries a challenge: signed, naming the person, the
session, the action and the hash of the content as shown. The answer is accepted once, within a
short time, for exactly that hash and action. The code is taken from the same counter as sign-in, so
that no code serves twice anywhere. What the act is does not matter here::

    # showing
    context["step_up"] = challenge(request, action="registry.transfer", seen=proposal.content_hash)

    # deciding: raises before the service is called
    confirmed = confirm(request, action="registry.transfer", seen=proposal.content_hash)
    approve(id=proposal.id, by=confirmed.user, seen=confirmed.seen, at=platform_now())
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from hutan.kernel.ids import new_id
from hutan.web.conf import sign_in_limits
from hutan.web.models import StepUp
from hutan.web.moments import real_now
from hutan.web.signin.place import place_of
from hutan.web.signin.refusals import StepUpExpired, StepUpForOther, StepUpUsed
from hutan.web.signin.services import check_code
from hutan.web.signin.sessions import row_key
from hutan.web.signin.state import user_of

CHALLENGE_FIELD, CODE_FIELD = "step_up", "code"
_SALT = "hutan.web.step_up"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Proof that a person gave a fresh code for one content and action."""

    id: UUID
    user: UUID
    action: str
    seen: str
    at: datetime


def challenge(request: HttpRequest, *, action: str, seen: str) -> str:
    """Return the value of the hidden field ``step_up`` for a page that shows ``seen``.

    ``seen`` is the SHA-256, in hexadecimal, of the canonical content shown.
    """
    return signing.dumps(
        {
            "id": str(new_id()),
            "user": str(request.user.pk),
            "session": _session(request),
            "action": action,
            "seen": seen,
        },
        salt=_SALT,
    )


def confirm(request: HttpRequest, *, action: str, seen: str) -> Confirmed:
    """Accept the posted code for what stands now, or raise the refusal, before anything is done.

    ``seen`` is the hash of the content as it stands at this moment. Raises, in this order,
    ``StepUpExpired``, ``StepUpForOther``, ``StepUpUsed``, then what ``check_code`` refuses. The
    confirmation is committed by itself: an act refused afterwards does not free the code again.
    """
    given = request.POST.get(CHALLENGE_FIELD, ""), request.POST.get(CODE_FIELD, "")
    return confirm_given(request, *given, action=action, seen=seen)


def confirm_given(
    request: HttpRequest, challenge: str, code: str, *, action: str, seen: str
) -> Confirmed:
    """Accept a challenge and a code that did not come from a form; all else as ``confirm``."""
    at, user = real_now(), user_of(request)
    shown = _read(challenge)
    wanted = {
        "user": str(user),
        "session": _session(request),
        "action": action,
        "seen": seen,
    }
    if {name: shown.get(name) for name in wanted} != wanted:
        raise StepUpForOther()
    id = UUID(shown["id"])
    if StepUp.objects.filter(challenge=id).exists():
        raise StepUpUsed()
    factor = check_code(
        user=user,
        code=code,
        place=place_of(request),
        at=at,
    )
    assert factor.step is not None
    try:
        # Durable: inside a caller's transaction a later refusal would bring the code back.
        with transaction.atomic(durable=True):
            StepUp.objects.create(
                challenge=id,
                user_id=user,
                action=action,
                seen=seen,
                step=factor.step,
                at=at,
            )
    except IntegrityError:
        raise StepUpUsed() from None
    return Confirmed(id=id, user=user, action=action, seen=seen, at=at)


def _read(value: str) -> dict[str, str]:
    try:
        return dict(signing.loads(value, salt=_SALT, max_age=sign_in_limits().step_up))
    except signing.SignatureExpired:
        raise StepUpExpired() from None
    except signing.BadSignature:
        raise StepUpForOther() from None


def _session(request: HttpRequest) -> str:
    # The hash, not the key: the challenge stands in the page.
    return row_key(request.session.session_key or "")
