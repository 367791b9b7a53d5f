"""The entry point for web servers that speak WSGI: ``hutan.config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from hutan.config.checks import refuse_unsafe
from hutan.runtime.lifeline import follow_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutan.config.settings")
# The database may come up later than a web server of one's own; `hutan serve` asks it too.
refuse_unsafe(database=False)
application = get_wsgi_application()
follow_parent()
