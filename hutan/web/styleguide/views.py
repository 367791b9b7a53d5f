"""The style guide and its sample documents. No address leads here in production."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hutan.web.documents.samples import SAMPLES
from hutan.web.language import active, bi
from hutan.web.middleware.gate import public
from hutan.web.styleguide.sample import content


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every component with sample content."""
    messages.success(request, str(bi("样例：已提交复核。", "Sample: sent for approval.")))
    messages.warning(request, str(bi("样例：今日最后时段。", "Sample: last window of the day.")))
    return render(request, "web/styleguide.html", content())


@public
@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """Set a sample document."""
    if name not in SAMPLES:
        raise Http404
    pdf = SAMPLES[name](active())
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )
