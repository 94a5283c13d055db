"""Figures of four voices, on examples one can count."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.codecs.catalog import codec
from engine.codecs.chorale import CHORALE, FIRST_PITCH, HOLD, LOWEST, REST, STEPS
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import voices
from engine.evaluation.voices import accuracy, measure, nearest, pca, texture
from engine.models.auto_bach import AutoBach, Options


def window(*chords: tuple[int, int, int, int]) -> np.ndarray:
    """A chord per bar, and the last one held to the end."""
    tokens = np.zeros((4, STEPS), np.uint8)
    for bar, chord in enumerate(chords):
        tokens[:, 16 * bar] = [pitch - low + FIRST_PITCH for pitch, low in zip(chord, LOWEST, strict=True)]
    return tokens


C, F, G = (72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 43)


def many(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([window(*[(C, F, G)[i] for i in rng.integers(0, 3, 4)]) for _ in range(n)])


def test_a_note_comes_back_where_it_began_or_not_at_all() -> None:
    truth = window(C, F, G, C)[None]
    late = truth.copy()
    late[0, 0, 17], late[0, 0, 16] = late[0, 0, 16], HOLD
    tokens, onsets = accuracy(late, truth)
    assert onsets == pytest.approx((3 / 4 + 3) / 4) and tokens == pytest.approx((62 / 64 + 3) / 4)
    assert accuracy(np.zeros_like(truth), truth) == (60 / 64, 0.0)
    assert accuracy(truth, truth) == (1.0, 1.0)


def test_the_nearest_is_found_in_any_key() -> None:
    known = np.array([window(C, C, C, C), window(C, F, G, C), window(F, F, G, G)])
    up = np.where(known[1] >= FIRST_PITCH, known[1] + 3, known[1])
    assert nearest(up, known, CHORALE) == (1, 1.0)
    up[0, 0] += 1
    up[3, 16] = REST
    index, share = nearest(up, known, CHORALE)
    assert index == 1 and share == pytest.approx(14 / 15), "a note less, and one of the fifteen is another"
    assert nearest(np.full((4, STEPS), REST, np.uint8), known, CHORALE)[1] == 0.0


def test_the_nearest_melody_and_the_nearest_roll() -> None:
    tunes = np.array([[12, 0, 14, 0] * 8, [12, 0, 0, 0] * 8, [20, 19, 18, 17] * 8], np.uint8)
    assert nearest(np.where(tunes[1] > 1, tunes[1] + 5, tunes[1]), tunes, codec("melody")) == (0, 1.0)
    assert nearest(tunes[2] + 2, tunes, codec("melody")) == (2, 1.0)
    rolls = np.zeros((2, 64, 88), np.uint8)
    rolls[0, :8, 40] = rolls[1, :4, 40] = rolls[1, 4:8, 44] = 1
    asked = rolls[1].copy()
    asked[4:6, 44] = 0
    asked[4:6, 50] = 1
    assert nearest(asked, rolls, codec("roll")) == (1, 0.75)


def test_components_give_back_what_they_can_hold() -> None:
    train, held = many(60, 1), many(10, 2)
    assert accuracy(pca(train, held, 12, CHORALE.vocabulary), held) == (1.0, 1.0)
    before = torch.random.get_rng_state()
    poor = accuracy(pca(train, held, 1, CHORALE.vocabulary), held)
    assert poor[1] < 0.9 and torch.equal(before, torch.random.get_rng_state())


def test_a_texture_is_counted() -> None:
    plain = texture(np.array([window(C, F, G, C)]))
    assert plain["voice_crossings"] == plain["out_of_scale"] == plain["leaps"] == plain["silence"] == 0.0
    assert plain["chords"] == 1.0 and plain["notes_per_step"] == pytest.approx(16 / 64)
    crossed = texture(np.array([window((64, 67, 60, 48), C, C, C)]))
    assert crossed["voice_crossings"] == 0.25
    odd = texture(np.array([window(C, C, C, (73, 67, 64, 48))]))
    assert odd["out_of_scale"] == pytest.approx(1 / 16)
    bare = texture(np.array([window((72, 60, 60, 48), C, C, C)]))
    assert bare["chords"] == 0.75
    silent = window(C, C, C, C)
    silent[1, 48] = REST
    assert texture(silent[None])["silence"] == pytest.approx(1 / 16)


def test_a_network_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "DRAWN", 12)
    monkeypatch.setattr(voices, "COMPARED", 4)
    train, held = many(40, 1), many(12, 2)
    sides = [Split(w, np.arange(len(w), dtype=np.int32), tuple("x" * len(w))) for w in (train, held)]
    torch.manual_seed(1)
    network = AutoBach(Options(hidden="12"))
    network.prepare(lambda n: torch.from_numpy(train.astype(np.int64)))
    network.eval().settle(torch.from_numpy(train.astype(np.int64)))
    told: list[float] = []
    figures, curves = measure(
        network, Dataset(*sides, 0), CHORALE, lambda done, total, text="": told.append(done / total)
    )
    assert curves == {} and told == sorted(told) and told[-1] < 1
    assert {"soprano_onset_accuracy", "bass_token_accuracy", "copies", "real_voice_crossings"} <= set(figures)
    assert figures["token_over_pca"] == figures["token_accuracy"] - figures["pca_token_accuracy"]
    assert figures["always_hold_accuracy"] == pytest.approx(60 / 64)
    assert figures["onset_accuracy"] > 0.8 and 0.7 < figures["nearest_share_held_out"] < 1
    assert all(0 <= value <= 1 for name, value in figures.items() if "over" not in name and "per_step" not in name)
