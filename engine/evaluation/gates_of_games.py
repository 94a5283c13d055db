"""What systems have to reach that learn by a game; see `gates`."""

from __future__ import annotations

from engine.evaluation.gate import Gate

# figure -> limit, and whether it is a floor (True) or a ceiling
GAMES: dict[str, tuple[Gate, ...]] = {
    "gan": (
        Gate("held_out_tunes", 500, True),
        Gate("invented_fd", 16, False),
        Gate("invented_unique", 0.98, True),
        Gate("invented_copies", 0.05, False),
        Gate("onset_accuracy", 0.5, True),  # its own melodies have a place on its map, others come near
        Gate("morph_nats_saved", 0.0, True),
    ),
    "info_gan": (
        Gate("held_out_tunes", 500, True),
        Gate("invented_fd", 16, False),
        Gate("invented_unique", 0.98, True),
        Gate("invented_copies", 0.05, False),
        Gate("family_nats", 1.0, True),  # of 2.08; nothing comes across by itself: 0
        Gate("slider_nats", 0.3, True),  # which of two halves a slider stands in: .69
        Gate("slider_1_correlation", 0.4, True),
        Gate("slider_2_correlation", 0.4, True),
    ),
    # Free bars: a Markov chain stands at about 20 from real tunes, the VAE without a network of its own for the past at
    # 16 or less.
    "conditional_gan": (
        Gate("held_out_tunes", 500, True),
        Gate("answer_fd", 15, False),  # three draws of 1,000; a Markov chain behind the same bars stands beside it
        Gate("answer_unique", 0.9, True),
        Gate("answer_copies", 0.05, False),
        Gate("answer_luck", 0.15, True),
    ),
    "midinet": (
        Gate("held_out_tunes", 500, True),
        Gate("chord_tones", 0.6, True),  # real tunes over the chords found in them: .73; told other chords: .53
        Gate("chords_found_again", 0.6, True),  # by chance: .42
        Gate("first_bar_kept", 1.0, True),
        Gate("over_chords_fd", 22, False),  # other real tunes: 3.6; real rhythms, their pitches shuffled: 142
        Gate("prior_unique", 0.98, True),
        Gate("luck_changes", 0.15, True),
        Gate("pairs_copied", 0.05, False),
    ),
    "c_rnn_gan": (
        Gate("held_out_tunes", 3, True),
        Gate("stream_fd", 140, False),  # a Markov chain of notes; other rags: 41
        Gate("stream_polyphony", 0.55, True),  # rags: .69, and not much more either
        Gate("stream_polyphony", 0.85, False),
        Gate("stream_scale", 0.85, True),  # rags: .90
        Gate("carried_on_in_key", 0.75, True),
        Gate("unique", 0.98, True),
        Gate("copies", 0.05, False),
    ),
    "label_gan": (
        Gate("held_out_tunes", 200, True),
        Gate("asked_agreement", 0.75, True),  # guessing: .25
        Gate("asked_fd", 40, False),  # a chain of pitches in real rhythms: 74; real tunes of other kinds: 158
        Gate("asked_unique", 0.98, True),
        Gate("asked_copies", 0.02, False),
    ),
    "cycle_gan": (
        Gate("held_out_tunes", 200, True),
        Gate("style_strength", 0.4, True),  # unchanged: 0; published, on other music: .48 to .72
        Gate("notes_kept", 0.3, True),  # another tune of the wanted kind, in the same key: .145
        Gate("transfer_fd", 200, False),  # unchanged: 386; real tunes of the wanted kind: 9
        Gate("transfer_unique", 0.95, True),
    ),
}
