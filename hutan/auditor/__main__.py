"""``python -m hutan.auditor DIR``: the auditor with nothing but Python."""

import sys

from hutan.auditor.command import main

if __name__ == "__main__":
    sys.exit(main())
