"""Prompts: how to go about the three common jobs with the tools."""

from __future__ import annotations

from dataclasses import dataclass

MOST_GIVEN = 200
"""Characters of what is put into a prompt."""


@dataclass(frozen=True)
class Prompt:
    """A prompt.

    Parameters
    ----------
    title : str
        What it is for.
    arguments : tuple of str
        What has to be given.
    text : str
        The prompt, with the arguments in braces.
    """

    title: str
    arguments: tuple[str, ...]
    text: str

    def fill(self, given: dict[str, str]) -> str:
        """Put what is given into the prompt; what is left out is named.

        Examples
        --------
        >>> Prompt("", ("drug",), "Look {drug} up.").fill({"drug": "Revlimid"})
        'Look Revlimid up.'
        """
        return self.text.format(**{name: given.get(name, f"the {name}")[:MOST_GIVEN] for name in self.arguments})


PROMPTS = {
    "compare_drugs": Prompt(
        "Compare two drugs for a disease.",
        ("drug", "other", "disease"),
        "Compare {drug} and {other} for {disease}. Use the tool compare, then status for each license. Compare figures only if "
        "they have the same grade and kind of population. Cite each source. Say what is not curated.",
    ),
    "what_to_watch_for": Prompt(
        "What to watch for on a drug.",
        ("drug",),
        "Explain what a person who takes {drug} must do and watch for. Use the tool get, then its sections 'boxed warnings', "
        "'what must be done and watched' and 'adverse effects'. Cite each source. End with the notice.",
    ),
    "why_this_claim": Prompt(
        "Check a claim.",
        ("claim",),
        "Check this claim: {claim}. Use the tool search for its names, then status and explain. Say whether it is supported, "
        "disputed, denied or not curated, and cite the sources.",
    ),
}
"""The prompts by name."""
