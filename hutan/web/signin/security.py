"""My security: authenticator, recovery codes, password, open sessions, what happened lately."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hutan.parties.models import User
from hutan.web.language import bi
from hutan.web.models import SignInEvent
from hutan.web.moments import real_now
from hutan.web.signin import services
from hutan.web.signin.forms import ChangePasswordForm, CodeForm
from hutan.web.signin.place import place_of
from hutan.web.signin.queries import security_of
from hutan.web.signin.refusals import PasswordsDiffer
from hutan.web.signin.sessions import SessionStore
from hutan.web.signin.state import user_of

Kind = SignInEvent.Kind
EVENT_NAMES = {
    Kind.SIGNED_IN: (bi("登录", "Signed in"), "good"),
    Kind.SIGNED_OUT: (bi("退出", "Signed out"), "neutral"),
    Kind.WRONG_PASSWORD: (bi("密码错误", "Wrong password"), "watch"),
    Kind.WRONG_CODE: (bi("验证码错误", "Wrong code"), "watch"),
    Kind.CODE_REPLAYED: (bi("重复使用验证码", "Code used twice"), "watch"),
    Kind.LOCKED: (bi("已锁定", "Locked"), "bad"),
    Kind.RECOVERY_CODE_USED: (bi("使用恢复码", "Recovery code used"), "watch"),
    Kind.ENROLLED: (bi("绑定验证器", "Authenticator set up"), "good"),
    Kind.SECOND_FACTOR_RESET: (bi("解除验证器", "Authenticator removed"), "watch"),
    Kind.RECOVERY_CODES_RENEWED: (bi("更换恢复码", "Recovery codes replaced"), "neutral"),
    Kind.PASSWORD_CHANGED: (bi("修改密码", "Password changed"), "neutral"),
    Kind.SESSION_ENDED: (bi("终止会话", "Session ended"), "neutral"),
}


@require_GET
def my_security(request: HttpRequest) -> HttpResponse:
    """Show all of it."""
    assert isinstance(request.session, SessionStore)
    known = security_of(user_of(request), this_session=request.session.handle, at=real_now())
    events = [(*EVENT_NAMES[Kind(event.kind)], event) for event in known.events]
    return render(request, "web/signin/security.html", {"security": known, "events": events})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the password; other sessions end, this one goes on."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST":
        with form.refusals():
            new = form.cleaned("new_password")
            if new != form.cleaned("repeated"):
                raise PasswordsDiffer()
            services.change_password(
                user=user_of(request), old=form.cleaned("old_password"), new=new,
                place=place_of(request), at=real_now(),
            )  # fmt: skip
        if form.is_accepted:
            update_session_auth_hash(request, User.objects.get(id=user_of(request)))
            messages.success(
                request,
                str(bi("密码已修改，其他会话已终止。", "Password changed; other sessions ended.")),
            )
            return redirect("my_security")
    return render(request, "web/signin/password_change.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "POST"])
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes against a fresh code, and show the new ones once."""
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        user, place, at = user_of(request), place_of(request), real_now()
        with form.refusals():
            services.check_code(user=user, code=form.cleaned("code"), place=place, at=at)
            codes = services.renew_recovery_codes(user=user, place=place, at=at)
        if form.is_accepted:
            return render(request, "web/signin/recovery_codes.html", {"codes": codes})
    return render(request, "web/signin/recovery_renew.html", {"form": form}, status=form.status)


@require_POST
def end_session(request: HttpRequest, handle: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    services.end_session(
        user=user_of(request), handle=handle, place=place_of(request), at=real_now()
    )
    messages.success(request, str(bi("会话已终止。", "The session has been ended.")))
    return redirect("my_security")


@require_http_methods(["GET", "POST"])
def replace_second_factor(request: HttpRequest) -> HttpResponse:
    """Take the authenticator away against a fresh code; the next sign-in sets up a new one."""
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        user, place, at = user_of(request), place_of(request), real_now()
        with form.refusals():
            services.check_code(user=user, code=form.cleaned("code"), place=place, at=at)
            services.reset_second_factor(user=user, place=place, at=at)
        if form.is_accepted:
            request.session.flush()
            return redirect("sign_in")
    return render(request, "web/signin/replace.html", {"form": form}, status=form.status)
