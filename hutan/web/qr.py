"""QR codes as plain SVG: one path, no style, no script."""

from __future__ import annotations

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M

_QUIET = 4


def qr_path(text: str) -> tuple[int, str]:
    """Return the side, in modules with the quiet zone, and the path of the dark modules."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    runs = []
    for y, row in enumerate(code.get_matrix()):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + _QUIET} {y + _QUIET}h{length}v1h-{length}z")
            x += length or 1
    return len(code.get_matrix()) + 2 * _QUIET, "".join(runs)


def qr_file(text: str) -> str:
    """Return the code as a stand-alone SVG file, for documents."""
    side, path = qr_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def qr_svg(text: str) -> SafeString:
    """Return the code for a page. It holds nothing but numbers we made, so it is safe."""
    return mark_safe(qr_file(text).replace("<svg ", '<svg class="qr" aria-hidden="true" '))  # noqa: S308
