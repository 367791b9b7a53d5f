"""The API with all its operations. A context's operations are a router in a file of their own."""

from __future__ import annotations

from hutan.web.api.frame import build_api
from hutan.web.api.general import router as general

api = build_api()
api.add_router("", general, tags=["Platform"])
