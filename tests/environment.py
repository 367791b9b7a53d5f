"""Says that these are tests before Django's settings are read (loaded by ``-p`` in pyproject)."""

import os

os.environ["HUTAN_ENV"] = "test"
