"""The API with all its operations. A context's operations are a router in a file of their own."""

from __future__ import annotations

from hutan.web.api.accounts import router as accounts
from hutan.web.api.acts import router as acts
from hutan.web.api.compliance import router as compliance
from hutan.web.api.frame import build_api
from hutan.web.api.general import router as general
from hutan.web.api.published import router as published

api = build_api()
api.add_router("", general, tags=["Platform"])
api.add_router("", published, tags=["Published"])
api.add_router("", accounts, tags=["Registry"])
api.add_router("", acts, tags=["Acts"])
api.add_router("", compliance, tags=["Compliance"])
