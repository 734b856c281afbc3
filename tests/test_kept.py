"""Kept answers: what is forgotten first, and what a value weighs."""

from __future__ import annotations

from imidgraph.kept import Kept


def test_what_was_not_asked_for_the_longest_time_is_forgotten_first() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b"):
        kept.get(key, lambda key=key: (key, True))  # type: ignore[misc]
    assert kept.known("a") == "a"
    kept.get("c", lambda: ("c", True))
    assert [kept.known(key) for key in "abc"] == ["a", None, "c"]


def test_values_are_kept_up_to_a_weight() -> None:
    kept: Kept[bytes] = Kept(10, len)
    for key in "abc":
        kept.get(key, lambda: (b"1234", True))
    assert [kept.known(key) for key in "abc"] == [None, b"1234", b"1234"]
    assert kept.get("large", lambda: (b"1" * 11, True)) == b"1" * 11
    assert [kept.known(key) for key in ("large", "b", "c")] == [None, b"1234", b"1234"]


def test_what_is_not_to_be_kept_is_asked_again() -> None:
    kept: Kept[int] = Kept(10)
    assert [kept.get("a", lambda number=number: (number, False)) for number in (1, 2)] == [1, 2]
