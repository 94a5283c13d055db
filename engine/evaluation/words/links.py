"""Words for the figures of systems that answer two bars with two more."""

from __future__ import annotations

PERCENT, PLAIN = "percent", "plain"

WORDS: dict[str, tuple[str, str]] = {
    "answer_fd": ("Two real bars and its answer: distance from real four bars", PLAIN),
    "answer_fd_worst": ("The same, worst of three draws", PLAIN),
    "answer_likeliest_fd": ("The same without luck", PLAIN),
    "answer_first_fd": ("The same without the critic's choice", PLAIN),
    "answer_unique": ("Answers that are all different", PERCENT),
    "answer_copies": ("Answers that copy two bars of a training tune", PERCENT),
    "answer_luck": ("Steps of an answer that change with other luck", PERCENT),
    "answer_same": ("Steps of an answer that are as two bars before", PERCENT),
    "real_answer_same": ("For comparison: the same of real tunes", PERCENT),
    "real_answer_fd": ("For comparison: real tunes that go on as they do", PLAIN),
    "markov_answer_fd": ("For comparison: a Markov chain that knows the key", PLAIN),
    "stranger_answer_fd": ("For comparison: another tune in that key", PLAIN),
    "copied_answer_fd": ("For comparison: the same two bars again", PLAIN),
    "chain_last_fd": ("Seventh and eighth answer of a chain: distance from real four bars", PLAIN),
    "chain_unique": ("Eighth answers that are all different", PERCENT),
    "begun_fd": ("Four bars from nothing: distance from real ones", PLAIN),
}
