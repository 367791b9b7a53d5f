"""Designed pages for everything that does not go as asked, in both languages, with a way on.

Each failure has a title, a sentence, and what to do next; 500 adds the reference under which the
log knows it. The page needs neither the session nor the database.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from hutan.kernel.refusals import Refusal, Refusals
from hutan.web.language import CODES, COOKIE, HTML_CODES, Bilingual, bi, chosen
from hutan.web.middleware.gate import public
from hutan.web.middleware.reference import current_reference
from hutan.web.problems import is_api, problem
from hutan.web.refusals import status_of

log = logging.getLogger("hutan.web")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failure page says."""

    title: Bilingual
    sentence: Bilingual
    next: Bilingual


FAILURES: dict[int, Failure] = {
    400: Failure(
        bi("请求无法理解", "The request could not be understood"),
        bi(
            "浏览器送来的内容不完整或格式不对。",
            "What the browser sent is incomplete or malformed.",
        ),
        bi("请返回上一页重新操作。", "Go back and try once more."),
    ),
    401: Failure(
        bi("需要登录", "Please sign in"),
        bi("登录已失效，或尚未登录。", "You are not signed in, or no longer."),
        bi("请重新登录后继续。", "Sign in again to go on."),
    ),
    403: Failure(
        bi("无权查看", "Not yours to see"),
        bi("您现任的岗位不能打开这一页面。", "None of your posts opens this page."),
        bi(
            "请由有权岗位的人员办理，或请本单位安全管理员核对您的岗位。",
            "Ask a colleague who holds the post, or have your security administrator check yours.",
        ),
    ),
    404: Failure(
        bi("没有找到页面", "Page not found"),
        bi(
            "此地址没有内容，或内容已移动，或您无权查看。",
            "Nothing is at this address, or it has moved, or it is not yours to see.",
        ),
        bi("请核对地址，或从首页查找。", "Check the address, or start from the home page."),
    ),
    405: Failure(
        bi("不支持这种操作", "This cannot be done here"),
        bi("该地址不接受这种请求方式。", "The address does not take this kind of request."),
        bi("请从页面上的按钮或链接操作。", "Use the buttons and links of the page."),
    ),
    409: Failure(
        bi("未能办理", "Not done"),
        bi("所请求的事项与规则不符。", "What was asked is against a rule."),
        bi("请按下列说明处理。", "Please follow what is said below."),
    ),
    413: Failure(
        bi("内容过大", "Too large"),
        bi("提交的内容超过允许的大小。", "What was sent is larger than allowed."),
        bi("请减小文件或分批提交。", "Make the file smaller, or send it in parts."),
    ),
    422: Failure(
        bi("内容有误", "Something is not right"),
        bi("提交的内容不符合要求。", "What was sent does not meet the requirements."),
        bi("请按下列说明改正。", "Please correct what is listed below."),
    ),
    429: Failure(
        bi("请求过于频繁", "Too many requests"),
        bi("短时间内的请求超过了限额。", "More was asked in a short time than the limit allows."),
        bi("请稍候片刻再试。", "Wait a little and try again."),
    ),
    500: Failure(
        bi("系统出错", "Something went wrong here"),
        bi(
            "这是平台的错误，不是您的。未完成的操作没有生效。",
            "This is our fault, not yours. Nothing that was under way has taken effect.",
        ),
        bi(
            "请稍后再试；再次出错时，请将下面的编号告知管理员。",
            "Try again later; if it happens again, tell the administrator the reference below.",
        ),
    ),
    503: Failure(
        bi("暂时无法服务", "Not available for the moment"),
        bi("平台正在维护或数据库暂不可用。", "The platform or its database is being restarted."),
        bi("请过一分钟再试；您的数据没有丢失。", "Try again in a minute; nothing is lost."),
    ),
}
CSRF = Failure(
    bi("页面已过期", "The page is out of date"),
    bi(
        "为防止他人冒用您的登录，平台没有接受这次提交。",
        "To protect your sign-in from misuse, this submission was not accepted.",
    ),
    bi(
        "请返回上一页、刷新后重新提交；浏览器须允许本站的 Cookie。",
        "Go back, reload and send it again; your browser must accept our cookies.",
    ),
)


def failure_page(
    request: HttpRequest,
    status: int,
    *,
    refusals: tuple[Refusal, ...] = (),
    failure: Failure | None = None,
) -> HttpResponse:
    """Return the page of a failure in the reader's language; in the API its JSON."""
    if is_api(request):
        return problem(status, refusals)
    language = chosen(request.COOKIES.get(COOKIE))
    # Where all middleware has run and the program is sound, the page stands in its usual frame.
    framed = status < 500 and hasattr(request, "user")
    with translation.override(CODES[language]):
        html = render_to_string(
            "web/failure.html",
            {
                "failure": failure or FAILURES.get(status, FAILURES[500]),
                "refusals": refusals,
                "status": status,
                "phrase": HTTPStatus(status).phrase,
                "reference": current_reference(),
                "language": language,
                "html_language": HTML_CODES[language],
                "other_language": "en" if language == "zh" else "zh",
                "here": request.get_full_path() if request.method == "GET" else "/",
                "bare": not framed,
            },
            request=request if framed else None,
        )
    return HttpResponse(html, status=status)


def refusal_page(request: HttpRequest, refused: Refusal | Refusals) -> HttpResponse:
    """Return the page of refusals that no form shows beside its fields."""
    found = tuple(refused) if isinstance(refused, Refusals) else (refused,)
    return failure_page(request, status_of(refused), refusals=found)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refuses: 400."""
    return failure_page(request, 400)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for what the viewer may not see: 403."""
    return failure_page(request, 403)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for what does not exist: 404."""
    return failure_page(request, 404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request in which the program failed: 500 with its reference."""
    log.error(
        "reference %s: %s %s failed",
        current_reference(), request.method, request.path, exc_info=True,
    )  # fmt: skip
    return failure_page(request, 500)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a submission without a valid token of its page: 403 in its own words."""
    return failure_page(request, 403, failure=CSRF)
