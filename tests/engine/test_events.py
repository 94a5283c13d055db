"""Figures of tune writers, on tunes of which the answer is known by hand."""

from __future__ import annotations

import numpy as np
import torch

from engine.codecs import tune
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import events
from engine.evaluation.ngrams import KINDS, NGrams, events_of
from engine.evaluation.tune_copies import lines, longest
from engine.evaluation.words import WORDS
from engine.models.celtic_lstm import CelticLSTM, Options
from tests.engine.made_up import corpus


def line(*pitches: int, length: int = 12) -> np.ndarray:
    notes = [(length * n, length * n + length, pitch) for n, pitch in enumerate(pitches)]
    return tune.encode(notes, 0, -(-len(pitches) * length // 96))[0]


class TestCounting:
    def test_chances_are_one_in_all(self) -> None:
        grams = NGrams([[1, 2, 3, 1, 2, 4], [1, 2, 3]], 3)
        for order in (1, 2, 3):
            for context in ((1, 2), (7, 1), (8, 9)):
                seen = sum(grams._chance(context[3 - order :], event) for event in (1, 2, 3, 4))
                unseen = (KINDS - 4) * grams._chance(context[3 - order :], 99)
                assert abs(seen + unseen - 1) < 1e-9

    def test_pairs_by_hand(self) -> None:
        grams = NGrams([[1, 2, 1, 3]], 2)
        single = (1 + 3 / KINDS) / (4 + 3)  # of 2: seen once among four, three kinds seen
        assert np.isclose(grams._chance((1,), 2), (1 + 2 * single) / (2 + 2))
        assert np.isclose(grams.nats([[2]], 1)[0], -np.log(single))

    def test_heads_are_no_events(self) -> None:
        (found,) = events_of(line(60, 62, 64, 65)[None])
        assert len(found) == 4 + 1 + 1 + 1  # notes, the rest that fills the bar, bar line, end


class TestCopies:
    def test_the_longest_run_in_any_key(self) -> None:
        theirs = np.stack([line(60, 62, 64, 65, 67, 69, 71, 72), line(72, 71, 60, 62, 64, 60, 62, 64)])
        mine = line(67, 62, 64, 66, 67, 69, 60, 60)
        assert longest(mine, lines(theirs)) == (5, 0)
        assert longest(line(60, 60, 60, 60), lines(theirs))[0] == 0

    def test_a_run_does_not_go_on_into_another_tune(self) -> None:
        theirs = np.stack([line(60, 62, 64, 65), line(67, 69, 71, 72)])
        assert longest(line(60, 62, 64, 65, 67, 69, 71, 72), lines(theirs))[0] == 4

    def test_against_every_pair_of_places(self) -> None:
        rng = np.random.default_rng(2)
        tunes = [line(*rng.integers(60, 63, 24)) for _ in range(4)]
        mine, rest = lines(tunes[0][None]).codes, [lines(t[None]).codes for t in tunes[1:]]
        best = 0
        for other in rest:
            for i in range(len(mine)):
                for j in range(len(other)):
                    k = 0
                    while max(i, j) + k < 24 and mine[i + k] == other[j + k] != -1:
                        k += 1
                    best = max(best, k)
        assert longest(tunes[0], lines(np.stack(tunes[1:])))[0] == best + 1


class TestTunes:
    def test_bars_that_add_up(self) -> None:
        good, bad = line(*range(60, 76)), line(*range(60, 76))
        bad[4, 1] += 1
        assert events.adding_up(good[None]) == 1.0 and events.adding_up(bad[None]) == 0.5

    def test_repeats_and_key(self) -> None:
        assert events.repeats(line(*([60, 62, 64, 65] * 6))[None]) > 0.7
        assert events.repeats(line(60, 62, 65, 61, 67, 60, 70, 66)[None]) == 0.0
        assert events.in_key(line(60, 62, 64, 65, 67, 69, 71, 72)[None]) == 1.0

    def test_everything_measured_has_words(self, monkeypatch: object) -> None:
        windows = corpus("tune", 40).numpy().astype(np.uint8)
        side = Split(windows, np.arange(40, dtype=np.int32), tuple("t" for _ in range(40)))
        torch.manual_seed(1)
        network = CelticLSTM(Options(width=16, embedding=8)).eval()
        for name, value in (("WRITTEN", 2), ("COMPARED", 2), ("FILLED", 1), ("METERS", ("6/8",))):
            monkeypatch.setattr(events, name, value)  # type: ignore[attr-defined]
        figures, curves = events.measure(network, Dataset(side, side, 0), tune.TUNE)
        assert set(figures) <= set(WORDS) and figures["bars_add_up"] == 1.0 and figures["fill_kept"] == 1.0
        assert figures["tune_run"] >= 0 and len(curves["surprise"]["bar"]) == 8
        assert 0 < figures["trigram_event_nats"] < figures["unigram_event_nats"] < figures["event_nats"]
