"""Why one drug and not the other: what evidence speaks for it in a disease, and what against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from imidgraph.answers import Drawable, Row
from imidgraph.errors import QueryError
from imidgraph.knowledge.groups import SEEN, Group
from imidgraph.limits import Deadline, OutOfTime
from imidgraph.model import Indication, Risk, Statement, Term
from imidgraph.namespaces import compress, local_name
from imidgraph.prose.citations import cited
from imidgraph.prose.statement import occurrence, sentence
from imidgraph.traversals.compare import Comparison, compare
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.trials import carriers, duels, kinds_of
from imidgraph.words import listed

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


@dataclass(frozen=True, repr=False)
class Why(Drawable):
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
    is_brief : bool
        Whether it shows the first reasons of each kind, on one screen, or everything.
    """

    drug: Term
    over: Term
    disease: Term
    reasons: tuple[Reason, ...]
    comparison: Comparison
    is_brief: bool = field(default=True, compare=False, kw_only=True)

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

    columns = ("speaks", "about", "reason", "sources")
    nothing = "No reason is curated. That does not mean that there is none."

    def whole(self) -> Why:
        """Give the same reasons, all of them shown in full."""
        return replace(self, is_brief=False)

    @property
    def sides(self) -> dict[str, tuple[Reason, ...]]:
        """The reasons by the side that they speak for."""
        return {"for": self.for_it, "against": self.against_it, "neither": self.open}

    @property
    def rows(self) -> list[Row]:
        """The reasons: for which side, of what kind, in one sentence, with their sources."""
        return [
            (side, reason.kind, reason.text, cited(reason.statements))
            for side, reasons in self.sides.items()
            for reason in reasons
        ]

    @property
    def title(self) -> str:
        """The question."""
        return f"{self.drug} over {self.over} for {self.disease}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements behind the reasons."""
        return tuple(dict.fromkeys(item for reasons in self.sides.values() for reason in reasons for item in reason.statements))

    def _document(self) -> dict[str, Any]:
        return {
            "drug": self.drug.curie,
            "over": self.over.curie,
            "disease": self.disease.curie,
            "reasons": [
                {
                    "side": side,
                    "kind": reason.kind,
                    "text": reason.text,
                    "statements": [item.to_dict() for item in reason.statements],
                }
                for side, reasons in self.sides.items()
                for reason in reasons
            ],
        }


def why(edges: Edges, drug: Term, over: Term, disease: Term, deadline: Deadline) -> Why:
    """Collect the reasons for one drug over another in a disease.

    Parameters
    ----------
    edges : Edges
        The network, with the statements on its edges.
    drug, over : Term
        The drug asked about and the other one.
    disease : Term
        The disease.
    deadline : Deadline
        When the search ends.

    Raises
    ------
    QueryError
        Where both drugs are the same, or what is named is not a drug or not a disease.
    """
    if drug.iri == over.iri:
        raise QueryError(f"Both drugs are the same ({drug}). Name a different one.")
    kinds = edges.network.vocabulary.kinds
    if disease.category in kinds("Entity") - kinds("Disease"):
        raise QueryError(f"{disease} is not a disease. Name a disease to compare the drugs for.")
    comparison = compare(edges, [drug, over], deadline)
    reasons: list[Reason] = []
    limit = comparison.limit
    try:
        for reason in _Weigher(edges, comparison, disease, deadline).reasons():
            reasons.append(reason)  # one by one, so that what was found in time is kept
    except OutOfTime:
        limit = str(deadline)
    return Why(
        drug, over, disease, tuple(dict.fromkeys(reasons)), comparison, places=edges.network.vocabulary.places, limit=limit
    )


class _Weigher:
    """Collects the reasons, one kind after the other."""

    def __init__(self, edges: Edges, comparison: Comparison, disease: Term, deadline: Deadline) -> None:
        self._edges = edges
        self._comparison = comparison
        self._drug, self._over = comparison.drugs
        self._disease = disease
        self._deadline = deadline

    def reasons(self) -> Iterator[Reason]:
        """Give the reasons, those on efficacy first."""
        self._kinds = kinds_of(self._edges, self._disease, self._deadline)
        self._edges.load_about((self._drug.curie, self._over.curie), self._deadline)
        yield from self._findings()
        yield from self._trials()
        yield from self._licenses()
        yield from self._warnings()
        yield from self._resistance()
        yield from self._targets()

    def _findings(self) -> Iterator[Reason]:
        """Give what sources say of both drugs, or of regimens that differ in them."""
        mine, theirs = (carriers(self._edges, drug) for drug in (self._drug, self._over))
        mine, theirs = mine - theirs, theirs - mine
        self._edges.load_about(sorted(mine | theirs), self._deadline)
        for subject in sorted(mine | theirs):
            others = theirs if subject in mine else mine
            for item in self._edges.about(subject):
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
                yield Reason(kind, favored if settled else None, sentence(item), (item,))

    def _enrolled(self, item: Statement) -> set[str]:
        """Give the diseases in which one was found better than the other: those of the trial, else of the regimens."""
        network = self._edges.network
        trials = [term for term in item.qualifiers.get("supportingTrial", ()) if isinstance(term, Term)]
        network.fetch([term.curie for term in trials], self._deadline)
        found = {node for term in trials for node in network.neighbors(term.curie, {"imid:enrolls"}, directed=True)}
        arms = [term for term in (item.subject, item.object) if term.category == "Regimen"]
        uses = frozenset(map(compress, network.vocabulary.narrower("usedFor")))
        return found or {node for arm in arms for node in network.neighbors(arm.curie, uses, directed=True)}

    def _trials(self) -> Iterator[Reason]:
        """Give what trials of one against the other measured in this disease."""
        for duel in duels(self._edges, self._drug, self._over, self._deadline, self._disease):
            for item in duel.results:
                favored = {1: self._drug, -1: self._over}.get(duel.outcome(item))
                yield Reason("efficacy", favored, sentence(item), (item,))

    def _licenses(self) -> Iterator[Reason]:
        """Tell in which territories only one of them is approved for settings of this disease, a line each."""
        approved = [
            [
                item
                for item in self._edges.about(drug.curie)
                if isinstance(item, Indication) and not item.negated and self._is_license(item)
            ]
            for drug in (self._drug, self._over)
        ]
        met = {setting.curie for items in approved for item in items for _, setting in _places(item) if setting}
        self._edges.network.fetch(met, self._deadline)  # at once: a server is asked fewer times
        for position, (drug, other) in enumerate(((self._drug, self._over), (self._over, self._drug))):
            there = {covered for item in approved[1 - position] for covered in self._covered(item)}
            held = {(where, disease) for where, disease, _ in there}
            alone: dict[Term | None, dict[str, list[Indication]]] = {}
            for item in approved[position]:
                disease = item.object.curie
                for where, setting in _places(item):
                    if setting is None and (where, disease) in held:
                        continue  # that no setting is named says nothing of the settings
                    if (where, disease, None) not in there and (where, disease, setting and setting.curie) not in there:
                        named = "no setting named" if setting is None else str(setting)
                        named = named if item.object == self._disease else f"{item.object}, {named}"
                        named += _under(item)
                        alone.setdefault(where, {}).setdefault(named, []).append(item)
            for where, settings in alone.items():
                place = ("" if where is None else f"{where}: ") + "; ".join(settings)
                text = f"{_begun(drug)} is approved for {self._disease} ({place}); no such approval is curated for {other}."
                yield Reason("license", drug, text, tuple(dict.fromkeys(item for items in settings.values() for item in items)))

    def _covered(self, item: Indication) -> Iterator[tuple[Term | None, str, str | None]]:
        """Give each territory, disease and setting of an approval, and the diseases and settings that lie within."""
        for where, setting in _places(item):
            settings = (None,) if setting is None else kinds_of(self._edges, setting, self._deadline)
            yield from product((where,), kinds_of(self._edges, item.object, self._deadline), settings)

    def _warnings(self) -> Iterator[Reason]:
        """Tell of which risks the boxed warning of only one of them speaks, or that of both."""
        boxed = [
            {item.object: item for item in self._edges.about(drug.curie) if isinstance(item, Risk) and item.boxed_warning}
            for drug in (self._drug, self._over)
        ]
        both = [effect for effect in boxed[0] if effect in boxed[1]]
        if both:
            items = tuple(warning[effect] for effect in both for warning in boxed)
            yield Reason("risk", None, f"The boxed warnings of both drugs include {listed(both)}.", items)
        for place, (warned, other) in enumerate(((self._drug, self._over), (self._over, self._drug))):
            alone = [item for effect, item in boxed[place].items() if effect not in boxed[1 - place]]
            yield from self._warning(warned, other, alone)

    def _warning(self, warned: Term, other: Term, boxed: Sequence[Risk]) -> Iterator[Reason]:
        """Tell of boxed warnings of one drug beside what is known of the other: that it has none is no reason for it."""
        bare: list[Risk] = []
        others: list[Risk] = []
        for item in boxed:
            effect = item.object
            risks = [risk for risk in self._edges.about(other.curie) if isinstance(risk, Risk) and risk.object == effect]
            if figures := Group(effect, tuple(risks), other, SEEN).figures:
                known = f"For {other} no such warning is curated, and it was seen in {occurrence(figures[0])}."
                yield Reason("risk", None, f"The boxed warning of {warned} includes {effect}. {known}", (item, *risks))
            else:
                bare.append(item)
                others += risks
        if bare:
            named = listed([item.object for item in bare])
            text = f"The boxed warning of {warned} includes {named}. For {other} no such warning and no figure are curated."
            yield Reason("risk", None, text, (*bare, *others))

    def _resistance(self) -> Iterator[Reason]:
        """Tell which of them is used where the other has failed."""
        network = self._edges.network
        for drug, other in ((self._drug, self._over), (self._over, self._drug)):
            strategies = network.terms(sorted(network.sources(other.curie, {"imid:triedAfter"})), self._deadline)
            self._edges.load(((strategy.curie, other.curie) for strategy in strategies), self._deadline)
            for strategy in strategies:
                for item in self._edges.between(strategy.curie, other.curie):
                    given = str(strategy).lower().partition(" after ")[0]  # what comes after it has failed
                    settled = not item.negated and not item.disputed
                    if drug.label.lower() in given and settled:
                        yield Reason("resistance", drug, sentence(item), (item,))
                    elif drug.label.lower() in f"{given} {item}".lower() and not item.negated:
                        yield Reason("resistance", None, f"{strategy}: {sentence(item)}", (item,))

    def _targets(self) -> Iterator[Reason]:
        """Tell which molecules only one of them has degraded: a difference, and no reason by itself."""
        aspect = self._comparison.aspect("degrades")
        if aspect is None:
            return
        for position, (drug, other) in enumerate(((self._drug, self._over), (self._over, self._drug))):
            denials = {
                item.object: item
                for item in self._edges.about(other.curie)
                if item.predicate.curie == "imid:degrades" and item.negated
            }
            for known in (True, False):
                only = [term for term in aspect.only(position) if (term in denials) is known]
                items = [item for term in only for item in aspect.about(term)[position]]
                note = f"a source denies it for {other}" if known else f"nothing curated for {other}"
                if only:
                    text = f"Degrades {listed(only)}: {drug} only ({note})."
                    yield Reason("mechanism", None, text, (*items, *(denials[term] for term in only if known)))

    def _is_license(self, item: Indication) -> bool:
        current = item.value("withdrawalDate") is None
        return item.predicate.is_license and current and item.object.curie in self._kinds


def _begun(term: Term) -> str:
    """Name an entity at the start of a sentence."""
    return term.label[:1].upper() + term.label[1:]


def _under(item: Indication) -> str:
    """Name the partner's product under whose label a drug is licensed; nothing where the license is its own."""
    own = local_name(item.predicate.iri) == "approvedFor"
    return "" if own else f" under the label of {item.value('licensedProduct')}"


def _places(item: Indication) -> list[tuple[Term | None, Term | None]]:
    """Give each territory and setting of an approval."""
    settings = item.qualifiers.get("setting", (None,))
    return [(item.jurisdiction, setting) for setting in settings]
