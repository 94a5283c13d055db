"""What the keys of a General MIDI drum kit are called."""

FIRST = 35
DRUMS = (
    "Kick 2", "Kick", "Side stick", "Snare", "Clap", "Snare 2", "Floor tom 2", "Closed hat",
    "Floor tom 1", "Pedal hat", "Low tom", "Open hat", "Mid tom 2", "Mid tom 1", "Crash", "High tom", "Ride",
    "China", "Ride bell", "Tambourine", "Splash", "Cowbell", "Crash 2", "Vibraslap", "Ride 2", "High bongo",
    "Low bongo", "Mute conga", "Open conga", "Low conga", "High timbale", "Low timbale", "High agogo", "Low agogo",
    "Cabasa", "Maracas", "Short whistle", "Long whistle", "Short guiro", "Long guiro", "Claves", "High woodblock",
    "Low woodblock", "Mute cuica", "Open cuica", "Mute triangle", "Open triangle",
)  # fmt: skip


def drum_name(pitch: int) -> str:
    """The drum that a key 0..127 plays; empty where a kit has none."""
    return DRUMS[pitch - FIRST] if FIRST <= pitch < FIRST + len(DRUMS) else ""
