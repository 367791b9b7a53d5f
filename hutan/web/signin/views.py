"""Sign-in in two steps. The session is nobody's until the second factor has been shown."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from django.contrib.auth import login as start_session
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hutan.parties.models import User
from hutan.runtime.sealing import SealBroken, seal, unseal
from hutan.web.conf import secure_cookies, sign_in_limits
from hutan.web.limits import SIGN_IN, count_request, source_of
from hutan.web.middleware.gate import public
from hutan.web.moments import real_now
from hutan.web.qr import qr_svg
from hutan.web.signin import services, totp
from hutan.web.signin.forms import CodeForm, PasswordForm, RecoveryForm
from hutan.web.signin.locks import DEVICE_AGE, DEVICE_COOKIE, device_mark
from hutan.web.signin.place import place_of
from hutan.web.signin.queries import (
    demonstration_code,
    demonstration_code_of,
    is_enrolled,
)
from hutan.web.signin.refusals import SignInExpired
from hutan.web.signin.sessions import AGENT, NETWORK
from hutan.web.signin.state import FIRST_STEP, LOGIN, SECOND_FACTOR_AT, has_second_factor, user_of

ISSUER = "沪碳 Hutan"
_PENDING = "pending_factor"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password; nothing is signed in by them alone."""
    if has_second_factor(request):
        return redirect(_onward(request))
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        at = real_now()
        with form.refusals():
            count_request(SIGN_IN, source_of(request), at=at)
            user = services.check_password(
                login=form.cleaned("login"),
                password=form.cleaned("password"),
                place=place_of(request),
                at=at,
            )
        if form.is_accepted:
            request.session.flush()
            request.session.cycle_key()
            request.session[FIRST_STEP] = {"user": str(user.pk), "at": at.isoformat()}
            route = "sign_in_code" if is_enrolled(user.pk) else "sign_in_enrol"
            return redirect(_with_next(route, request))
    context = {"form": form, "ended": "ended" in request.GET, "step": 1}
    return render(request, "web/signin/password.html", context, status=form.status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor and sign in."""
    if has_second_factor(request):
        return redirect(_onward(request))
    try:
        user = _first_step(request)
    except SignInExpired as lapsed:
        return _start_again(request, lapsed)
    by_recovery = "recovery" in request.GET
    form = (RecoveryForm if by_recovery else CodeForm)(request.POST or None)
    if request.method == "POST":
        at = real_now()
        check = services.check_recovery_code if by_recovery else services.check_code
        with form.refusals():
            count_request(SIGN_IN, source_of(request), at=at)
            check(user=user.pk, code=form.cleaned("code"), place=place_of(request), at=at)
        if form.is_accepted:
            return _signed_in(request, user, at)
    context = {
        "form": form,
        "by_recovery": by_recovery,
        "other_way": _with_next("sign_in_code", request, recovery=not by_recovery),
        "demonstration_code": demonstration_code(user.pk, at=real_now()),
        "step": 2,
    }
    return render(request, "web/signin/code.html", context, status=form.status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_enrol(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator at the first sign-in, and show the recovery codes once."""
    if has_second_factor(request):
        return redirect(_onward(request))
    try:
        user = _first_step(request)
    except SignInExpired as lapsed:
        return _start_again(request, lapsed)
    if is_enrolled(user.pk):
        return redirect(_with_next("sign_in_code", request))
    secret = _pending_secret(request, user.pk)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        at = real_now()
        with form.refusals():
            count_request(SIGN_IN, source_of(request), at=at)
            codes = services.enrol(
                user=user.pk, secret=secret, code=form.cleaned("code"),
                place=place_of(request), at=at,
            )  # fmt: skip
        if form.is_accepted:
            onward = _signed_in(request, user, at)
            shown = {"codes": codes, "onward": onward.headers["Location"]}
            page = render(request, "web/signin/recovery_codes.html", shown)
            page.cookies = onward.cookies
            return page
    context = {
        "form": form,
        "qr": qr_svg(totp.address(secret, login=user.login, issuer=ISSUER)),
        "secret": totp.readable(secret),
        "demonstration_code": demonstration_code_of(secret, at=real_now()),
        "step": 2,
    }
    return render(request, "web/signin/enrol.html", context, status=form.status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated:
        kind = services.Kind.SIGNED_OUT
        services.note(user_of(request), kind, place_of(request), real_now())
    logout(request)
    return redirect("home")


def _signed_in(request: HttpRequest, user: User, at: datetime) -> HttpResponse:
    place = place_of(request)
    # A fresh session under a fresh key: nothing of the steps before goes on.
    request.session.flush()
    start_session(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[SECOND_FACTOR_AT] = at.isoformat()
    request.session[LOGIN] = user.login
    request.session[NETWORK] = place.network
    request.session[AGENT] = place.agent
    services.note(user.pk, services.Kind.SIGNED_IN, place, at)
    response = redirect(_onward(request))
    response.set_cookie(
        DEVICE_COOKIE,
        device_mark(user.login),
        max_age=DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=secure_cookies(),
    )
    return response


def _first_step(request: HttpRequest) -> User:
    step = request.session.get(FIRST_STEP)
    longest = sign_in_limits().second_step
    if not step or real_now() - datetime.fromisoformat(step["at"]) > longest:
        raise SignInExpired()
    user = User.objects.filter(id=UUID(step["user"]), is_active=True).first()
    if user is None:
        raise SignInExpired()
    return user


def _start_again(request: HttpRequest, lapsed: SignInExpired) -> HttpResponse:
    request.session.flush()
    form = PasswordForm()
    form.refuse(lapsed)
    return render(request, "web/signin/password.html", {"form": form, "step": 1}, status=401)


def _pending_secret(request: HttpRequest, user: UUID) -> bytes:
    context = f"web.new_second_factor:{user}"
    if kept := request.session.get(_PENDING):
        try:
            return unseal(base64.b64decode(kept), context=context)
        except SealBroken:
            del request.session[_PENDING]
    secret = totp.new_secret()
    request.session[_PENDING] = base64.b64encode(seal(secret, context=context)).decode()
    return secret


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    # No host is allowed at all: only paths on this site pass.
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _onward(request: HttpRequest) -> str:
    return _next(request) or reverse("start")


def _with_next(route: str, request: HttpRequest, *, recovery: bool = False) -> str:
    query = {"next": _next(request)} if _next(request) else {}
    if recovery:
        query["recovery"] = "1"
    return reverse(route) + (f"?{urlencode(query)}" if query else "")
