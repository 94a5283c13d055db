"""Ways from one code to another. Codes are float arrays [d] or [n, d] in a space whose prior is a standard normal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.floating]


def slerp(a: Codes, b: Codes, t: float) -> Codes:
    """The point at t (0 is a, 1 is b) on the arc between two codes; their norms are blended too.

    On the straight line the middle of two likely codes is less likely than either (its norm shrinks); on the arc
    it is not. Where the codes nearly point one way, arc and line are the same and the line is used.
    """
    if t <= 0 or t >= 1:
        return np.array(a if t <= 0 else b, copy=True)
    norm_a, norm_b = (np.maximum(np.linalg.norm(c, axis=-1, keepdims=True), 1e-9) for c in (a, b))
    cosine = np.clip((a / norm_a * (b / norm_b)).sum(-1, keepdims=True), -1.0, 1.0)
    angle = np.arccos(cosine)
    sine = np.sin(angle)
    straight = (angle < 1e-3) | (angle > np.pi - 1e-3)
    safe = np.where(straight, 1.0, sine)
    arc = np.sin((1 - t) * angle) / safe * (a / norm_a) + np.sin(t * angle) / safe * (b / norm_b)
    return np.asarray(np.where(straight, (1 - t) * a + t * b, arc * ((1 - t) * norm_a + t * norm_b)))


def spherical_mean(codes: Codes) -> Codes:
    """Average of codes [n, d] with their mean norm: a plain mean shrinks towards the origin as 1/sqrt(n)."""
    mean = codes.mean(0)
    length = np.linalg.norm(mean)
    if length < 1e-9:
        return np.asarray(mean)
    return np.asarray(mean / length * np.linalg.norm(codes, axis=-1).mean())


def leg(points: int, t: float) -> tuple[int, float]:
    """Which leg of a way through so many points (2 or more) holds t (0 is the first, 1 the last), and how far along."""
    place = min(max(t, 0.0), 1.0) * (points - 1)
    number = min(int(place), points - 2)
    return number, place - number


def path(codes: Codes, steps: int) -> Codes:
    """`steps` codes along the arcs through all of `codes` [n, d], both ends included. Shape [steps, d]."""
    if steps == 1 or len(codes) == 1:
        return np.repeat(codes[:1], steps, axis=0)
    places = np.linspace(0, len(codes) - 1, steps)
    legs = np.minimum(places.astype(int), len(codes) - 2)
    return np.stack([slerp(codes[leg], codes[leg + 1], float(at - leg)) for leg, at in zip(legs, places, strict=True)])
