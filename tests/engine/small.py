"""Options of networks that train in a second, one entry per row of the registry."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, dict[str, Any]] = {
    "melody_vae": {
        "latent": 8, "width": 48, "decoder_width": 48, "blocks": 1, "embedding": 8, "plan": 8, "features": 24,
        "mixers": 1, "couplings": 2, "flow_width": 16, "dropout": 0.0,
    },
}  # fmt: skip
