"""Options of networks that train in a second, one entry per row of the registry."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

_VAE = {"latent": 8, "width": 48, "blocks": 1, "embedding": 8, "features": 24, "mixers": 1, "dropout": 0.0}
_VRAE = {"hidden": 32, "embedding": 8}
_PHRASES = {
    "latent": 8,
    "width": 16,
    "phrase_width": 16,
    "conductor_width": 24,
    "decoder_width": 24,
    "embedding": 8,
    "notes": 4,
    "score": 6,
    "plan": 6,
    "care": 1,
}

SMALL: dict[str, dict[str, Any]] = {
    "cycle_gan": {"width": 8, "blocks": 1, "critic_width": 4},
    "label_gan": {"chance": 8, "width": 16, "blocks": 1, "critic_blocks": 1},
    "melody_vae": {**_VAE, "decoder_width": 48, "plan": 8, "couplings": 2, "flow_width": 16},
    "music_vae": {"latent": 8, "width": 24, "decoder_width": 24, "embedding": 8, "notes": 4, "plan": 4, "care": 2},
    "music_vae_hierarchical": _PHRASES,
    "music_vae_16": _PHRASES,
    "vae": _VAE,
    "autoencoder": _VAE,
    "vrae": _VRAE,
    "vrae_20": _VRAE,
    "vq_vae": {
        "book": 8,
        "size": 8,
        "width": 16,
        "embedding": 8,
        "blocks": 1,
        "features": 16,
        "state": 24,
        "prior": 16,
    },
    "sparse_ae": {"units": 16, "width": 48, "embedding": 8, "mixers": 1, "memory": 16, "dropout": 0.0},
    "denoising_ae": {"units": 16, "width": 48, "embedding": 8, "features": 24, "dropout": 0.0},
    "contractive_ae": {"units": 24, "memory": 16},
    "auto_bach": {"hidden": "24"},
    "mini_bach": {"hidden": 96, "step": 48, "dropout": 0.0},
    "encoder_decoder": {"reader": 24, "writer": 32, "embedding": 16, "question": 8, "dropout": 0.0},
    "encoder_decoder_chorale": {
        "reader": 16,
        "writer": 32,
        "embedding": 12,
        "chord": 32,
        "question": 8,
        "dropout": 0.0,
    },
    "auto_bach_stacked": {"hidden": "32,16,8"},
    "deep_belief_network": {"hidden": "24,12,8", "chains": 16, "contrast_steps": 2, "pretrain_steps": 5},
    "c_rbm": {"maps": 8, "width": 5, "bars": 2, "chains": 8, "contrast_steps": 2, "batch": 16},
    "rbm": {"hidden": 24, "chains": 16, "contrast_steps": 2},
    "orderless_nade": {"width": 24, "dilations": "1,4", "dropout": 0.0},
    "deephear": {"layers": "32,16,8,4", "pretrain_steps": 3},
    "bidirectional_rnn": {"width": 24, "embedding": 8, "meeting": 24, "dropout": 0.0},
    "anticipation_rnn": {"width": 24, "embedding": 8, "foresight": 16, "dropout": 0.0, "forget": 0.0},
    "rl_tuner": {"width": 24, "embedding": 8, "episodes": 64},
    "nade": {"hidden": 12, "batch": 2},
    "rnn_nade": {"memory": 16, "hidden": 12, "batch": 2},
    "rnn_rbm": {"memory": 16, "hidden": 12, "batch": 2, "rounds": 3},
    "info_gan": {"latent": 6, "width": 8, "critic_width": 8, "track_steps": 3, "care": 2, "batch": 16},
    "gan": {"latent": 8, "width": 8, "critic_width": 8, "track_steps": 3, "care": 2, "batch": 16},
    "midinet": {"noise_size": 8, "width": 16, "batch": 4},
    "conditional_gan": {"luck": 8, "narrow": 8, "width": 16, "features": 16, "batch": 16},
    "c_rnn_gan": {"width": 24, "ears": 16, "inner": 16, "length": 24, "pretrain_steps": 5, "answers": 2, "batch": 8},
    "celtic_lstm": {"width": 24, "embedding": 12, "dropout": 0.0},
    "dilated_conv": {"width": 16, "layers": 3, "embedding": 12, "dropout": 0.0},
    "transformer": {"width": 16, "layers": 2, "heads": 2, "inner": 32, "embedding": 12, "dropout": 0.0},
}

# options with which a verb is done in a moment, where its own defaults take long
QUICK: dict[str, dict[str, Any]] = {
    "teach": {"episodes": 64},
    "rewrite": {"rounds": 3},
    "shape": {"rounds": 10},
}


def quickest(work: Callable[[], object], limit: float) -> float:
    """Seconds of this process that some work takes at best: whatever else the machine does can only make it slower, so
    it is tried again and again while it takes longer than the limit.
    """
    taken = math.inf
    for _ in range(100):
        begun = time.process_time()
        work()
        taken = min(taken, time.process_time() - begun)
        if taken < limit:
            break
    return taken
