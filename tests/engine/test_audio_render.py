"""Sound files: the right length, level and onsets, the same bytes twice, all or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.audio.ogg import set_serial
from engine.audio.render import CEILING, render_array, render_score
from engine.audio.soundfont import bundled_soundfont
from engine.audio.synth import GRAIN, RATE
from engine.errors import Cancelled, UserError
from engine.score import Note, Score, Track

FONT = bundled_soundfont()
MELODY = Score((Track.of([Note(i * 480, 60 + i, 400, 90) for i in range(4)]),))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3", ".WAV"])
def test_every_format_reads_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a song ♯{suffix}"
    render_score(MELODY, path, FONT)
    sound, rate = soundfile.read(path)
    assert rate == RATE and sound.shape[1] == 2
    end = (3 * 480 + 400) / 960
    assert end < len(sound) / rate < end + 3.2
    assert 0.05 < np.abs(sound).max() < 1
    assert np.abs(sound[-50:]).max() < 0.001
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_the_same_score_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    render_score(MELODY, first, FONT)
    render_score(MELODY, second, FONT)
    assert first.read_bytes() == second.read_bytes()


def test_onsets_lie_where_the_ticks_say() -> None:
    clicks = Track.of([Note(i * 487, 76, 100, 120) for i in range(8)], drums=True)
    sound = np.abs(render_array(Score((clicks,)), FONT)).max(axis=1)
    delays = []
    for i in range(8):
        at = round(i * 487 / 960 * RATE)
        before = sound[max(0, at - 400) : at - GRAIN].max(initial=0) if i else 0
        delays.append(int(np.argmax(sound[max(0, at - GRAIN) :] > before * 1.5 + 0.002)) - (GRAIN if i else 0))
    assert max(delays) - min(delays) <= GRAIN


def test_the_file_holds_what_the_array_holds(tmp_path: Path) -> None:
    render_score(MELODY, tmp_path / "a.wav", FONT)
    sound, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert np.abs(sound - render_array(MELODY, FONT)).max() < 1 / 30000


def test_loud_music_is_made_quieter_and_never_clips(tmp_path: Path) -> None:
    loud = Score((Track.of([Note(0, pitch, 960, 127) for pitch in range(36, 96)], program=16),))
    steps: list[tuple[float, float]] = []
    render_score(loud, tmp_path / "loud.wav", FONT, lambda done, total, text="": steps.append((done, total)))
    sound, _ = soundfile.read(tmp_path / "loud.wav")
    assert CEILING - 0.01 < np.abs(sound).max() <= CEILING + 0.001
    assert steps[-1][0] == steps[-1][1]
    assert np.abs(render_array(loud, FONT)).max() <= CEILING + 1e-6


@pytest.mark.parametrize(
    ("score", "name"), [(MELODY, "a.xyz"), (MELODY, "a"), (Score(), "a.wav"), (MELODY, "no/such/folder/a.wav")]
)
def test_what_cannot_be_rendered_is_said(tmp_path: Path, score: Score, name: str) -> None:
    with pytest.raises(UserError) as caught:
        render_score(score, tmp_path / name, FONT)
    assert caught.value.what and caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_a_broken_soundfont_and_a_folder_in_the_way_are_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF" + b"\0" * 100)
    with pytest.raises(UserError, match="not a soundfont"):
        render_score(MELODY, tmp_path / "a.wav", broken)
    (tmp_path / "b.wav").mkdir()
    with pytest.raises(UserError):
        render_score(MELODY, tmp_path / "b.wav", FONT)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["b.wav", "broken.sf2"]


def test_a_cancelled_render_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")

    def stop(done: float, total: float, text: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render_score(MELODY, path, FONT, stop)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cut_off_ogg_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(b"OggS")
    with pytest.raises(ValueError, match="whole"):
        set_serial(path)
    assert path.read_bytes() == b"OggS"
