"""How often one source may do one thing: counted in the database, so that all processes agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from hutan.kernel.moments import aware
from hutan.web.models import RequestCount
from hutan.web.refusals import TooManyRequests


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` times in ``seconds``, counted in fixed spans."""

    name: str
    count: int
    seconds: int


SIGN_IN = Limit("sign_in", 30, 60)
VERIFY = Limit("verify", 60, 60)
API = Limit("api", 1200, 60)
API_UNKNOWN = Limit("api_unknown", 60, 60)


def count_request(limit: Limit, source: str, *, at: datetime) -> None:
    """Count one more; raise ``TooManyRequests`` once the limit is passed. One statement."""
    seconds = int(aware(at).timestamp())
    span = seconds // limit.seconds
    bucket = sha256(f"{limit.name}|{source}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO web_requestcount (bucket, span, count) VALUES (%s, %s, 1)
            ON CONFLICT (bucket, span) DO UPDATE SET count = web_requestcount.count + 1
            RETURNING count
            """,
            [bucket, span],
        )
        (count,) = cursor.fetchone()
    if count > limit.count:
        raise TooManyRequests(seconds=(span + 1) * limit.seconds - seconds)


def forget_requests(*, before: datetime) -> int:
    """Delete counts of spans that are long over; the clockwork calls it."""
    shortest = min(limit.seconds for limit in (SIGN_IN, VERIFY, API, API_UNKNOWN))
    oldest = int((aware(before) - timedelta(hours=1)).timestamp()) // shortest
    deleted, _ = RequestCount.objects.filter(span__lt=oldest).delete()
    return deleted


def network_of(request: HttpRequest) -> str:
    """Return the address a request came from, as our own proxies report it.

    An address in ``X-Forwarded-For`` counts only as far as our own proxies wrote it.
    """
    address = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part
    ]
    if settings.HUTAN_PROXIES and len(forwarded) >= settings.HUTAN_PROXIES:
        address = forwarded[-settings.HUTAN_PROXIES]
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def source_of(request: HttpRequest) -> str:
    """Return what stands for one customer line: an IPv4 address, or the /64 of an IPv6 one."""
    address = network_of(request)
    if ":" in address:
        return str(ip_network(f"{address}/64", strict=False))
    return address
