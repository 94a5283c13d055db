"""Options that explain themselves: flags, ranges, changes by name."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest

from engine.errors import UserError
from engine.options import add_flags, changed, checked, from_flags, option, pair


@dataclass(frozen=True)
class Soup:
    """For the tests."""

    salt: float = option(0.5, "grams", 0.0, 2.0)
    plates: int = option(4, "how many", 1)
    hot: bool = option(True, "not cold")
    long_name: str = option("leek", "what is in it")


def parsed(*words: str, skip: tuple[str, ...] = ()) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_flags(parser, Soup, skip)
    return parser.parse_args(list(words))


def test_flags_are_made_of_fields() -> None:
    assert from_flags(Soup, parsed()) == Soup()
    words = parsed("--salt", "1.5", "--plates", "2", "--no-hot", "--long-name", "beetroot")
    assert from_flags(Soup, words) == Soup(1.5, 2, False, "beetroot")
    assert from_flags(Soup, parsed("--salt", "1"), salt=0.1).salt == 0.1, "what is fixed wins"


def test_help_says_what_a_field_says(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")
    said = capsys.readouterr().out
    assert all(word in said for word in ("grams", "how many", "not cold", "what is in it", "default: 0.5"))


def test_a_skipped_field_keeps_its_default() -> None:
    assert from_flags(Soup, parsed(skip=("plates",))).plates == 4
    with pytest.raises(SystemExit):
        parsed("--plates", "3", skip=("plates",))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Soup(salt=-0.1), "from 0.0 to 2.0"),
        (Soup(salt=2.1), "from 0.0 to 2.0"),
        (Soup(plates=0), "at least 1"),
        (Soup(salt=float("nan")), "from 0.0 to 2.0"),
    ],
)
def test_numbers_out_of_range_are_told(options: Soup, words: str) -> None:
    with pytest.raises(UserError) as refused:
        checked(options)
    assert words in refused.value.remedy


def test_the_ends_of_a_range_belong_to_it() -> None:
    assert checked(Soup(salt=0.0)).salt == 0.0 and checked(Soup(salt=2.0)).salt == 2.0


def test_changes_by_name() -> None:
    assert changed(Soup(), {}) == Soup()
    text = dict(pair(word) for word in ("salt=1.25", "plates = 3", "hot=no", "long-name=leek=potato"))
    assert changed(Soup(), text) == Soup(1.25, 3, False, "leek=potato")
    assert changed(Soup(), {"hot": False, "salt": 1}) == Soup(salt=1.0, hot=False)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"pepper": "1"}, "no option called pepper"),
        ({"plates": "many"}, "plates cannot be many"),
        ({"plates": "2.5"}, "plates cannot be 2.5"),
        ({"hot": "warm"}, "hot cannot be warm"),
        ({"plates": "0"}, "plates is 0"),
    ],
)
def test_changes_that_make_no_sense_are_told(changes: dict[str, str], what: str) -> None:
    with pytest.raises(UserError, match=what) as refused:
        changed(Soup(), changes)
    assert refused.value.remedy


def test_a_pair_needs_its_sign() -> None:
    with pytest.raises(UserError, match="sets nothing"):
        pair("salt")
