"""The scripts of installers/ are run from their own folder: it is on the path here as well."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT / "installers") not in sys.path:
    sys.path.append(str(ROOT / "installers"))
