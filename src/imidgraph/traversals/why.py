"""Reasons: what evidence speaks for one drug over another in a disease, and what against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from imidgraph.errors import QueryError
from imidgraph.model import Indication, Risk, Statement, Term
from imidgraph.namespaces import local_name
from imidgraph.prose.citations import Notes
from imidgraph.traversals.compare import NO_DRUGS, Comparison, compare
from imidgraph.traversals.paths import EdgeStatements
from imidgraph.traversals.trials import carriers, duels, kinds_of

_TREATMENTS = frozenset({"Drug", "DrugClass", "Regimen"})
_USES = frozenset({"imid:usedFor", "imid:approvedFor", "imid:investigatedFor"})
_BETTER, _SAFER, _RISKIER = "moreEffectiveThan", "hasLowerRiskThan", "hasHigherRiskThan"


@dataclass(frozen=True)
class Reason:
    """One reason, in one sentence, with the statements that it rests on.

    Parameters
    ----------
    kind : str
        What it is about: ``efficacy``, ``risk``, ``license``, ``resistance`` or ``mechanism``.
    favors : Term or None
        The drug that it speaks for; None where it speaks for neither.
    text : str
        The reason.
    statements : tuple of Statement
        The statements behind it.
    """

    kind: str
    favors: Term | None
    text: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Choice:
    """The reasons for one drug over another in a disease.

    What no source says is no reason: a license or a risk that is not curated for a drug may exist all the same.

    Parameters
    ----------
    drug, over, disease : Term
        The drug asked about, the other one, and the disease.
    reasons : tuple of Reason
        The reasons, those on efficacy first.
    comparison : Comparison
        Both drugs side by side, with the frequencies of adverse effects in their own populations.
    """

    drug: Term
    over: Term
    disease: Term
    reasons: tuple[Reason, ...]
    comparison: Comparison

    @property
    def for_it(self) -> tuple[Reason, ...]:
        """The reasons for the drug."""
        return tuple(reason for reason in self.reasons if reason.favors == self.drug)

    @property
    def against_it(self) -> tuple[Reason, ...]:
        """The reasons for the other drug."""
        return tuple(reason for reason in self.reasons if reason.favors == self.over)

    @property
    def open(self) -> tuple[Reason, ...]:
        """What was compared and speaks for neither."""
        return tuple(reason for reason in self.reasons if reason.favors is None)

    def __bool__(self) -> bool:
        """Tell whether the graph knows any reason."""
        return bool(self.reasons)

    def rows(self) -> Iterator[tuple[str, str, str, tuple[Statement, ...]]]:
        """Give the reasons as rows: the side, the kind, the sentence and the statements."""
        for side, reasons in (("for", self.for_it), ("against", self.against_it), ("neither", self.open)):
            for reason in reasons:
                yield side, reason.kind, reason.text, reason.statements

    def to_dict(self) -> dict[str, Any]:
        """Give the reasons as a dictionary that can be written as JSON."""
        return {
            "drug": self.drug.curie,
            "over": self.over.curie,
            "disease": self.disease.curie,
            "reasons": [
                {"side": side, "kind": kind, "text": text, "statements": [item.to_dict() for item in items]}
                for side, kind, text, items in self.rows()
            ],
        }

    def __repr__(self) -> str:
        return f"<Choice: {self.drug} over {self.over} for {self.disease}, {len(self.reasons)} reasons>"

    def __str__(self) -> str:
        notes = Notes()
        lines = [f"{self.drug} over {self.over} for {self.disease}"]
        for heading, reasons in (("for", self.for_it), ("against", self.against_it), ("for neither", self.open)):
            lines += [f"{heading}:"] if reasons else []
            lines += [f"  {reason.kind}: {reason.text}{notes.cite(reason.statements)}" for reason in reasons]
        if not self.reasons:
            lines.append("The graph knows no reason. That does not mean that there is none.")
        return "\n".join([*lines, "", *notes.lines()])


def weigh(statements: EdgeStatements, drug: Term, over: Term, disease: Term) -> Choice:
    """Collect the reasons for one drug over another in a disease.

    Parameters
    ----------
    statements : EdgeStatements
        The network, with the statements on its edges.
    drug, over : Term
        The drug asked about and the other one.
    disease : Term
        The disease.

    Raises
    ------
    QueryError
        Where both drugs are the same, or what is named is no drug or no disease.
    """
    if drug.iri == over.iri:
        raise QueryError(f"A choice is between two drugs, and both are {drug}. Name another one.")
    if disease.category in (NO_DRUGS | _TREATMENTS) - {"Disease"}:
        raise QueryError(f"{disease} is no disease. Name the disease that the drugs are compared for.")
    weigher = _Weigher(statements, drug, over, disease)
    reasons = (
        *weigher.findings(),
        *weigher.trials(),
        *weigher.licenses(),
        *weigher.warnings(),
        *weigher.resistance(),
        *weigher.targets(),
    )
    return Choice(drug, over, disease, tuple(dict.fromkeys(reasons)), weigher.comparison)


class _Weigher:
    """Collects the reasons, one kind after the other."""

    def __init__(self, statements: EdgeStatements, drug: Term, over: Term, disease: Term) -> None:
        self._statements = statements
        self._drug, self._over, self._disease = drug, over, disease
        self._kinds = kinds_of(statements, disease)
        self.comparison = compare(statements, [drug, over])

    def findings(self) -> Iterator[Reason]:
        """Give what sources say of both drugs, or of regimens that differ in them."""
        mine, theirs = (carriers(self._statements, drug) for drug in (self._drug, self._over))
        mine, theirs = mine - theirs, theirs - mine
        self._statements.load_about(sorted(mine | theirs))
        for subject in sorted(mine | theirs):
            others = theirs if subject in mine else mine
            for item in self._statements.about(subject):
                if item.object.curie not in others:
                    continue
                relation = local_name(item.predicate.iri)
                if relation not in {_BETTER, _SAFER, _RISKIER}:
                    continue
                favored = self._drug if (subject in mine) == (relation != _RISKIER) else self._over
                kind = "efficacy" if relation == _BETTER else "risk"
                enrolled = self._enrolled(item) if kind == "efficacy" else self._kinds
                if enrolled and not enrolled & self._kinds:
                    continue  # to do better in one disease says nothing of another
                settled = not item.negated and not item.disputed and bool(enrolled)
                yield Reason(kind, favored if settled else None, str(item), (item,))

    def _enrolled(self, item: Statement) -> set[str]:
        """Give the diseases in which one was found better than the other: those of the trial, else of the regimens."""
        network = self._statements.network
        trials = [term for term in item.qualifiers.get("supportingTrial", ()) if isinstance(term, Term)]
        network.fetch([term.curie for term in trials])
        found = {node for term in trials for node in network.neighbors(term.curie, {"imid:enrolls"}, directed=True)}
        arms = [term for term in (item.subject, item.object) if term.category == "Regimen"]
        return found or {node for arm in arms for node in network.neighbors(arm.curie, _USES, directed=True)}

    def trials(self) -> Iterator[Reason]:
        """Give what trials of one against the other measured in this disease."""
        for duel in duels(self._statements, self._drug, self._over, self._disease):
            for item in duel.results:
                favored = {1: self._drug, -1: self._over}.get(duel.outcome(item))
                yield Reason("efficacy", favored, str(item), (item,))

    def licenses(self) -> Iterator[Reason]:
        """Tell in which territories only one of them is approved for settings of this disease, a line each."""
        approved = [
            [
                item
                for item in self._statements.about(drug.curie)
                if isinstance(item, Indication) and not item.negated and self._is_license(item)
            ]
            for drug in (self._drug, self._over)
        ]
        met = {setting.curie for items in approved for item in items for _, setting in _places(item) if setting}
        self._statements.network.fetch(met)  # at once: a server is asked fewer times
        for position, (drug, other) in enumerate(((self._drug, self._over), (self._over, self._drug))):
            there = {covered for item in approved[1 - position] for covered in self._covered(item)}
            alone: dict[Term | None, dict[str, list[Indication]]] = {}
            for item in approved[position]:
                disease = item.object.curie
                for where, setting in _places(item):
                    if (where, disease, None) not in there and (where, disease, setting and setting.curie) not in there:
                        named = "no setting named" if setting is None else str(setting)
                        named = named if item.object == self._disease else f"{item.object}, {named}"
                        alone.setdefault(where, {}).setdefault(named, []).append(item)
            for where, settings in alone.items():
                place = ("" if where is None else f"{where}: ") + "; ".join(settings)
                text = f"{_begun(drug)} is approved for {self._disease} ({place}); for {other} no such approval is curated."
                yield Reason("license", drug, text, tuple(dict.fromkeys(item for items in settings.values() for item in items)))

    def _covered(self, item: Indication) -> Iterator[tuple[Term | None, str, str | None]]:
        """Give each territory, disease and setting of an approval, and the diseases and settings that lie within."""
        for where, setting in _places(item):
            settings = (None,) if setting is None else kinds_of(self._statements, setting)
            yield from product((where,), kinds_of(self._statements, item.object), settings)

    def warnings(self) -> Iterator[Reason]:
        """Tell of which risks the boxed warning of only one of them speaks, or that of both."""
        boxed = [
            {item.object: item for item in self._statements.about(drug.curie) if isinstance(item, Risk) and item.boxed_warning}
            for drug in (self._drug, self._over)
        ]
        for effect in dict.fromkeys([*boxed[0], *boxed[1]]):
            items = tuple(warning[effect] for warning in boxed if effect in warning)
            if len(items) == 2:
                yield Reason("risk", None, f"The boxed warnings of both name {effect}.", items)
                continue
            warned, other = (self._drug, self._over) if effect in boxed[0] else (self._over, self._drug)
            text = f"The boxed warning of {warned} names {effect}; for {other} no such warning is curated."
            labeled = all(boxed)  # no boxed warning at all: perhaps no label yet, and no reason to feel safe
            yield Reason("risk", other if labeled else None, text, items)

    def resistance(self) -> Iterator[Reason]:
        """Tell which of them is used where the other has failed."""
        network = self._statements.network
        for drug, other in ((self._drug, self._over), (self._over, self._drug)):
            strategies = network.terms(sorted(network.sources(other.curie, {"imid:overcomes"})))
            self._statements.load((strategy.curie, other.curie) for strategy in strategies)
            for strategy in strategies:
                for item in self._statements.between(strategy.curie, other.curie):
                    given = str(strategy).lower().partition(" after ")[0]  # what comes after it has failed
                    settled = not item.negated and not item.disputed
                    if drug.label.lower() in given and settled:
                        yield Reason("resistance", drug, str(item), (item,))
                    elif drug.label.lower() in f"{given} {item}".lower() and not item.negated:
                        yield Reason("resistance", None, f"{strategy}: {item}", (item,))

    def targets(self) -> Iterator[Reason]:
        """Tell which molecules only one of them has degraded: a difference, and no reason by itself."""
        aspect = self.comparison.aspect("degrades")
        if aspect is None:
            return
        for position, drug in enumerate((self._drug, self._over)):
            for term in aspect.only(position):
                text = f"Only for {drug} it is curated that it degrades {term}."
                yield Reason("mechanism", None, text, aspect.about(term)[position])

    def _is_license(self, item: Indication) -> bool:
        current = item.value("withdrawalDate") is None
        return local_name(item.predicate.iri) == "approvedFor" and current and item.object.curie in self._kinds


def _begun(term: Term) -> str:
    """Name an entity at the start of a sentence."""
    return term.label[:1].upper() + term.label[1:]


def _places(item: Indication) -> list[tuple[Term | None, Term | None]]:
    """Give each territory and setting of an approval."""
    settings = item.qualifiers.get("setting", (None,))
    return [(item.jurisdiction, setting) for setting in settings]
