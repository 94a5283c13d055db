"""What is said of trainings whose history is made up."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.training.options import TrainOptions
from engine.training.progress import Look, Verdict
from engine.training.watch import verdict as verdicts
from engine.training.watch.swings import swings
from engine.training.watch.verdict import Judge, verdict

Figures = dict[str, float]


def looks(figures: Callable[[float], Figures], until: float = 1.0, seed: int = 0) -> list[Look]:
    """A hundred looks at most, every figure trembling by two parts in a hundred."""
    rng = np.random.default_rng(seed)

    def trembling(part: float) -> Figures:
        return {name: value * (1 + 0.02 * rng.normal()) for name, value in figures(part).items()}

    return [Look(n * 80, n / 100, trembling(n / 100)) for n in range(round(100 * until))]


def healthy(part: float) -> Figures:
    return {
        "critic": -1.0 + 0.5 * part, "generator": 0.3 - 0.1 * part, "right": 0.8, "unique": 0.97,
        "generator_gradient": 2.0, "distance": 20 + 200 * math.exp(-3 * part),
    }  # fmt: skip


def words(found: list[Look]) -> list[str]:
    """What was said after each look."""
    judge, said = Judge(), []
    for look in found:
        judge.hear(look)
        said.append(judge.verdict().name)
    return said


def changes(said: list[str]) -> list[str]:
    return [name for name, before in zip(said, ["", *said], strict=False) if name != before]


def test_a_game_that_goes_well_is_only_said_to_be_learning() -> None:
    assert changes(words(looks(healthy))) == ["begun", "learning"]


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("collapsed", lambda part: {"unique": 0.9 if part < 0.4 else 0.2}),
        ("too strong", lambda part: {"right": 0.999, "generator_gradient": 3 * math.exp(-20 * part)}),
        ("too strong", lambda part: {"right": 0.999, "saturated": 0.99}),
        ("too weak", lambda part: {"right": 0.5, "distance": 220.0}),
        ("circling", lambda part: {"critic": math.sin(70 * part), "generator": math.cos(70 * part)}),
        ("stalled", lambda part: {"distance": 60 + 160 * math.exp(-30 * part)}),
    ],
)
def test_games_that_go_wrong(name: str, figures: Callable[[float], Figures]) -> None:
    found = verdict(looks(lambda part: healthy(part) | figures(part), until=0.8))
    assert found.name == name
    assert found.remedy
    assert not found.good


def test_a_critic_that_is_right_while_the_generator_still_learns_is_not_too_strong() -> None:
    """The critic of a Wasserstein game may be right about everything."""
    assert verdict(looks(lambda part: healthy(part) | {"right": 0.999})).name == "learning"


def test_a_critic_that_cannot_tell_at_the_end_has_met_its_master() -> None:
    assert verdict(looks(lambda part: healthy(part) | {"right": 0.8 - 0.3 * part})).name == "learning"


def test_words_do_not_flicker() -> None:
    """A figure that trembles about the mark: the word changes once, and back only when it is well away from it."""
    rng = np.random.default_rng(2)
    shaky = looks(lambda part: healthy(part) | {"unique": 0.5 + 0.1 * rng.normal()})
    assert len(changes(words(shaky))) <= 3
    mended = looks(lambda part: healthy(part) | {"unique": 0.3 if part < 0.5 else 0.95})
    assert changes(words(mended)) == ["begun", "learning", "collapsed", "learning"]


def test_the_same_looks_give_the_same_words() -> None:
    found = looks(lambda part: healthy(part) | {"unique": 0.2})
    assert verdict(found) == verdict(tuple(found))
    judge = Judge()
    for look in found:
        judge.hear(look)
    assert judge.verdict() == verdict(found)


def plain(part: float) -> Figures:
    fall = 3 * math.exp(-3 * part)
    return {"loss": 1 + fall, "heard": 1 + fall, "unheard": 1.2 + fall}


def test_a_loss_that_falls_is_learning() -> None:
    assert changes(words(looks(plain))) == ["begun", "learning"]


def test_a_training_of_few_steps_has_not_just_begun_for_ever() -> None:
    few = [Look(look.step // 50, look.fraction, look.figures) for look in looks(plain)]
    assert changes(words(few)) == ["begun", "learning"] and few[-1].step < 300
    assert words(few).index("learning") <= 12
    idle = [dataclasses.replace(look, figures={"loss": 4.0}) for look in few]
    assert verdict(idle).name == "begun", "nothing has come of it yet"


def test_learning_by_heart_is_noticed() -> None:
    found = looks(lambda part: plain(part) | {"unheard": 1.2 + 3 * math.exp(-9 * part) + 0.8 * part}, until=0.8)
    assert verdict(found).name == "by heart"


def test_a_loss_that_stands_still() -> None:
    def still(part: float) -> Figures:
        fall = 3 * math.exp(-40 * part)
        return {"loss": 1 + fall, "heard": 1 + fall, "unheard": 1.2 + fall}

    assert verdict(looks(still, until=0.7)).name == "stalled"
    assert verdict(looks(still, until=0.2)).name == "learning", "a pause is no stand"


def test_numbers_that_run_away_stay_so() -> None:
    found = looks(plain)
    found[40] = Look(1, 0.4, {"loss": math.nan})
    assert verdict(found).name == "broken"


def test_the_network_itself_knows_best() -> None:
    found = verdict(looks(plain), alarm="Its code says nothing.")
    assert (found.name, found.words) == ("collapsed", "Its code says nothing.")
    assert found.remedy


def test_remedies_name_options_that_there_are() -> None:
    from engine.models.parts.game_rules import GameOptions

    known = {field.name for kind in (GameOptions, TrainOptions) for field in dataclasses.fields(kind)}
    said: list[Verdict] = list(verdicts.VERDICTS.values())
    assert {name for found in said for name in found.options} <= known
    for found in said:
        for name in set(found.options) - {"law"}:
            assert name.replace("_", " ").split()[0] in found.remedy.casefold().replace("_", " "), (found.name, name)


@pytest.mark.parametrize(
    ("values", "least", "most"),
    [
        ([math.sin(n / 1.2) for n in range(40)], 4, 8),
        (np.random.default_rng(0).normal(size=60).tolist(), 0, 0),
        ([math.exp(-n / 5) for n in range(60)], 0, 2),
        ([float(n) for n in range(40)], 0, 0),
        ([1.0] * 40, 0, 0),
        ([0.0, 1.0, 0.0], 0, 0),
    ],
)
def test_swings(values: list[float], least: int, most: int) -> None:
    assert least <= swings(values) <= most


# what a run on fifty MIDI files really measured: parts of the training, loss on heard and on unheard music
FIFTY = (
    (0.0, 6.666, 6.404), (0.1, 3.3, 3.35), (0.2, 2.6, 2.75), (0.3, 2.2, 2.45), (0.4, 1.95, 2.3), (0.49, 1.788, 2.240),
    (0.50, 1.781, 2.238), (0.51, 1.753, 2.227), (0.52, 1.749, 2.214), (0.53, 1.707, 2.225), (0.54, 1.743, 2.244),
    (0.55, 1.743, 2.215), (0.56, 1.682, 2.226), (0.57, 1.603, 2.202), (0.60, 1.495, 2.237), (0.67, 1.442, 2.274),
    (0.71, 1.429, 2.322), (0.75, 1.415, 2.309), (0.83, 1.303, 2.334), (0.90, 1.276, 2.352),
)  # fmt: skip


def test_little_music_is_said_to_be_learnt_by_heart_in_time() -> None:
    """An LSTM over the notes of fifty files: it was at its best at 0.57 of the training."""
    found = [Look(round(1400 * part), part, {"loss": a, "heard": a, "unheard": b}) for part, a, b in FIFTY]
    assert verdict(look for look in found if look.fraction < 0.6).name == "learning"
    assert verdict(look for look in found if look.fraction < 0.76).name == "by heart"


# and what a melody VAE that began with nothing measured on them: the loss on heard and on unheard music, and how many
# notes and rests of unheard music it said rightly. That was more at the end than where that loss was lowest.
ENCODED = (
    (0.0, 165.3, 164.2, 0.009), (0.03, 97.5, 88.3, 0.59), (0.13, 67.3, 58.8, 0.593), (0.16, 64.1, 56.7, 0.599),
    (0.19, 58.5, 53.4, 0.608), (0.22, 53.8, 50.6, 0.63), (0.25, 49.9, 50.0, 0.638), (0.28, 46.5, 49.3, 0.641),
    (0.31, 44.3, 49.9, 0.65), (0.34, 39.1, 49.6, 0.66), (0.37, 35.8, 50.9, 0.656), (0.4, 34.2, 52.0, 0.673),
    (0.44, 30.5, 52.8, 0.671), (0.47, 28.0, 54.9, 0.667), (0.5, 25.3, 56.9, 0.675), (0.53, 24.0, 58.8, 0.671),
    (0.56, 21.5, 60.9, 0.675), (0.59, 20.1, 63.0, 0.678), (0.69, 17.9, 68.1, 0.675), (0.72, 17.4, 69.3, 0.667),
    (0.77, 16.9, 69.6, 0.672), (0.8, 16.8, 70.4, 0.667), (0.86, 16.4, 70.8, 0.67), (0.9, 16.3, 70.9, 0.67),
    (0.94, 16.1, 71.0, 0.664), (0.97, 16.0, 71.0, 0.67),
)  # fmt: skip


def encoded(forgets: bool = False) -> list[Look]:
    """`forgets`: from the middle on less and less of it comes back, as it does of no network that is known."""
    return [
        Look(
            round(887 * part), part, {"loss": a, "heard": a, "unheard": b} | {"back": c - forgets * max(0, part - 0.5)}
        )
        for part, a, b, c in ENCODED
    ]


def test_an_autoencoder_is_judged_by_what_it_gives_back() -> None:
    assert changes(words(encoded())) == ["begun", "learning", "own music"]
    assert verdict(encoded()).good, "nothing need be done about it"
    by_loss_alone = [replace_figures(look, back=None) for look in encoded()]
    assert verdict(by_loss_alone).name == "by heart", "so it would be said of a system that writes note by note"
    assert verdict(encoded(forgets=True)).name == "by heart"


def test_an_autoencoder_stands_still_when_nothing_gets_better() -> None:
    still = [
        Look(80 * n, n / 100, {"loss": 2.0, "heard": 2.0, "unheard": 2.0, "back": min(0.7, n / 20)}) for n in range(70)
    ]
    assert changes(words(still)) == ["begun", "learning", "stalled"]
    better = [replace_figures(look, back=look.fraction) for look in still]
    assert verdict(better).name == "learning", "more and more of it comes back"


def replace_figures(look: Look, back: float | None) -> Look:
    """The same look with another share given back; None: without any."""
    figures = {name: value for name, value in look.figures.items() if name != "back"}
    return dataclasses.replace(look, figures=figures | ({"back": back} if back is not None else {}))


def test_it_is_learnt_by_heart_where_it_stands_still_but_not_where_all_does() -> None:
    def flat(further: float) -> list[Look]:  # measured with the same dice: nothing trembles
        falls = [(n, 3 * math.exp(-0.2 * n)) for n in range(70)]
        return [
            Look(80 * n, n / 100, {"loss": 1 + fall, "heard": 1.6 + fall - further * n / 100, "unheard": 1.8 + fall})
            for n, fall in falls
        ]

    assert verdict(flat(0.6)).name == "by heart"
    assert verdict(flat(0.0)).name == "stalled"
