"""A piece, a part of it or each of its tracks as files that other libraries open."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from engine.audio.render import CEILING
from engine.audio.soundfont import bundled_soundfont
from engine.errors import Cancelled, UserError
from engine.export_score import write_score, write_stems
from engine.score import Chord, Key, Meter, Note, Quality, Score, Tempo, Track
from engine.score.excerpt import chosen, stretch
from engine.score.midi_read import read_midi

FONT = bundled_soundfont()
FLUTE = Track.of([Note(i * 480, 72 + i, 400, 90) for i in range(6)], "Flöte: 1/2", 73)
BASS = Track.of([Note(480, 36, 960, 100), Note(1920, 43, 960, 100)], "", 32)
DRUMS = Track.of([Note(i * 960, 38, 100, 110) for i in range(4)], "Drums", 0, True)
PIECE = Score(
    (FLUTE, Track(name="Empty"), BASS, DRUMS), (Tempo.of_bpm(0, 100), Tempo.of_bpm(2400, 80)), (Meter(0, 3, 4),),
    (Key(0, -3, True),), 480, "Lied", (Chord(0, 0, Quality.MINOR), Chord(1440, 7, Quality.SEVENTH)),
)  # fmt: skip
NAMES = ["song-1-Flöte 1 2", "song-3-Acoustic Bass", "song-4-Drums"]


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_stems_add_up_to_the_whole(tmp_path: Path, suffix: str) -> None:
    whole = write_score(PIECE, tmp_path / f"song{suffix}", FONT)
    stems = write_stems(PIECE, whole, FONT)
    assert [path.stem for path in stems] == NAMES and len(list(tmp_path.iterdir())) == 4
    mix, _ = soundfile.read(whole)
    parts = [soundfile.read(path)[0] for path in stems]
    assert len({len(part) for part in parts}) == 1 and len(parts[0]) >= len(mix)
    assert min(np.abs(part).max() for part in parts) > 0.02, "each of them sounds"
    error = np.abs(sum(parts)[: len(mix)] - mix)
    assert np.sqrt((error**2).mean()) < 0.02 * np.sqrt((mix**2).mean()), "chorus and reverb too"
    assert soundfile.SoundFile(whole).title == "Lied"


def test_loud_stems_are_made_quieter_together(tmp_path: Path) -> None:
    loud = Track.of([Note(0, pitch, 960, 127) for pitch in range(36, 96)], "Loud", 16)
    soft = Track.of([Note(0, 60, 960, 60)], "Soft", 73)
    alone, _ = soundfile.read(write_score(Score((Track(), soft)), tmp_path / "a.wav", FONT))
    paths = write_stems(Score((loud, soft)), tmp_path / "b.wav", FONT)
    peaks = [float(np.abs(soundfile.read(path)[0]).max()) for path in paths]
    assert peaks[0] == pytest.approx(CEILING, abs=0.01)
    assert peaks[1] < 0.7 * float(np.abs(alone).max()), "both by as much"


def test_stems_of_notes(tmp_path: Path) -> None:
    midi = write_stems(PIECE, tmp_path / "song.mid")
    assert [path.stem for path in midi] == NAMES
    score, _ = read_midi(midi[1])
    assert score.tracks[0].notes == BASS.notes and score.tempos == PIECE.tempos and score.meters == PIECE.meters
    assert [m.channel for m in mido.MidiFile(str(midi[2])) if m.type == "note_on"] == [9] * 4
    assert [path.stem for path in write_stems(PIECE, tmp_path / "song.musicxml")] == NAMES[:2], "drums have no pitch"


def test_a_stretch_begins_at_its_beginning_with_what_holds_there() -> None:
    cut = stretch(PIECE, 1440, 2880)
    assert cut.tracks[0].notes == tuple(Note(i * 480, 75 + i, 400, 90) for i in range(3))
    assert cut.tracks[2].notes == (Note(480, 43, 960, 100),) and len(cut.tracks) == 4
    assert [(t.tick, round(t.bpm)) for t in cut.tempos] == [(0, 100), (960, 80)]
    assert cut.meters == (Meter(0, 3, 4),) and cut.keys == PIECE.keys
    assert cut.chords == (Chord(0, 7, Quality.SEVENTH),)
    assert stretch(PIECE, 960, 1500).tracks[3].notes == (Note(0, 38, 100, 110),)
    assert stretch(PIECE, 1920, 2000).tracks[2].notes == (Note(0, 43, 80, 100),), "cut at the end"


def test_chosen_notes_keep_their_place_in_the_bar() -> None:
    columns = FLUTE.columns[:, 4:]
    alone = chosen(PIECE, 0, columns)
    assert alone.tracks[0].notes == (Note(480, 76, 400, 90), Note(960, 77, 400, 90)) and len(alone.tracks) == 1
    assert int(FLUTE.columns[0, 4]) == 1920, "the piece is as it was"


@pytest.mark.parametrize(("name", "score"), [("a.doc", PIECE), ("a", PIECE), ("a.mid", Score()), ("a.wav", Score())])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, score: Score) -> None:
    for write in (write_score, write_stems):
        with pytest.raises(UserError) as caught:
            write(score, tmp_path / name)
        assert caught.value.remedy and not list(tmp_path.iterdir())


def test_stems_that_are_stopped_leave_nothing(tmp_path: Path) -> None:
    def stop(done: float, total: float, text: str = "") -> None:
        if done / total > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_stems(PIECE, tmp_path / "song.wav", FONT, stop)
    assert not list(tmp_path.iterdir())
