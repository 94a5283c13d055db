"""What the figures of Boltzmann machines are called."""

from __future__ import annotations

_FREE = "For comparison, unasked"

WORDS: dict[str, tuple[str, str]] = {
    "window_nats": ("Surprise at two bars never heard (nats; of a deep network a bound)", "plain"),
    "step_nats": ("The same per step (nats)", "precise"),
    "alone_nats": ("For comparison: if no step knew of another, per step (nats)", "precise"),
    "nats_saved": ("Surprise per step that knowing the others saves (nats)", "precise"),
    "echo_token_accuracy": ("Steps that come back from its hidden units", "percent"),
    "echo_onset_accuracy": ("Notes that come back from its hidden units", "percent"),
    "prior_in_key": ("New melodies: notes in key", "percent"),
    "structure_error": ("How far its repeats are from the template's", "precise"),
    "free_structure_error": (f"{_FREE}: how far its repeats are from the template's", "precise"),
    "structure_saved": ("The part of that distance that is gone", "percent"),
    "tonality_error": ("How far its keys are from the template's", "precise"),
    "free_tonality_error": (f"{_FREE}: how far its keys are from the template's", "precise"),
    "tonality_saved": ("The part of that distance that is gone", "percent"),
    "meter_error": ("How far its rhythm is from the template's", "precise"),
    "free_meter_error": (f"{_FREE}: how far its rhythm is from the template's", "precise"),
    "meter_saved": ("The part of that distance that is gone", "percent"),
    "shaped_energy": ("Free energy per step of what is shaped (lower: more at home)", "plain"),
    "free_energy": (f"{_FREE}: free energy per step", "plain"),
    "template_energy": ("For comparison, the templates: free energy per step", "plain"),
    "shaped_onsets": ("Notes per step of what is shaped", "precise"),
    "free_onsets": (f"{_FREE}: notes per step", "precise"),
    "template_onsets": ("For comparison, the templates: notes per step", "precise"),
    "shaped_copied": ("Notes of the template that are there again", "percent"),
    "free_copied": (f"{_FREE}: notes of the template that are there by chance", "percent"),
}
