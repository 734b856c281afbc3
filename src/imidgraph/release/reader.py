"""Reads facts from YAML: what each may hold, the schema says; what is wrong is noted with its line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from imidgraph.rdf import Literal, NamedNode
from imidgraph.release.entries import Entry
from imidgraph.release.facts import Evidence, Fact, Values
from imidgraph.release.faults import Place, meant
from imidgraph.release.minting import mint_fact, mint_suffix
from imidgraph.release.names import Names
from imidgraph.release.terms import Property, Terms, iri_of
from imidgraph.release.yamltext import Text

_ENDS = ("subject", "predicate", "object")
_FORM = "Write 'Class: subject | predicate | object'."


class FactReader:
    """Reads facts; what is wrong with them is noted.

    Parameters
    ----------
    terms : Terms
        The schema.
    names : Names
        What facts may speak about.
    """

    def __init__(self, terms: Terms, names: Names) -> None:
        self._terms = terms
        self._names = names
        self._classes = terms.fact_classes
        self._evidence_classes = terms.evidence_classes
        self._kinds = {kind: set(terms.keys_of(kind)) for kind in (*self._classes, *self._evidence_classes)}
        self._relations = terms.below("relatedTo")

    def name_of(self, entry: Entry) -> str | None:
        """Give the id of a fact; where it is missing, the fault suggests one."""
        if "id" not in entry:
            entry.fault(f"The fact has no id. Write 'id: {mint_fact(entry, self._classes, self._names)}'.")
            return None
        return entry.named()

    def evidence_names(self, entry: Entry) -> Iterator[tuple[str, Place]]:
        """Give the names of the evidence of a fact, with their places; where an id is missing, the fault suggests one."""
        items = entry.entries("evidence") if "evidence" in entry else []
        taken = [item.text("id") or "" for item in items]
        for item in items:
            if "id" not in item:
                suffix = mint_suffix(entry.name, taken, self._names)
                item.fault(f"The evidence has no id. Write 'id: {suffix}'.")
                taken.append(suffix)
            elif written := item.named():
                yield f"{entry.name}-{written}", Place(item.path, item.line_of("id"))

    def ends_of(self, entry: Entry) -> tuple[str, str]:
        """Give the names of the subject and the object of a fact as they are written."""
        parts = entry.parts(self._classes)
        return parts[0], parts[-1]

    def read(self, entry: Entry) -> Fact | None:
        """Read a fact.

        Returns
        -------
        Fact or None
            None where its class, its ends or its evidence cannot be read.
        """
        kind = self._class_of(entry, self._classes)
        if "evidence" not in entry:
            entry.fault("The fact has no evidence. Add 'evidence:' with a source and a locator.")
        if kind is None or "evidence" not in entry:
            return None
        ends = self._ends(entry, kind)
        values = self._values(entry, kind, {"id", "evidence", kind})
        items = [self._evidence(item) for item in entry.entries("evidence")]
        if ends is None:
            return None
        return Fact(entry.name, kind, (*ends, *values), tuple(item for item in items if item), entry.place)

    def _evidence(self, entry: Entry) -> Evidence | None:
        kind = self._class_of(entry, self._evidence_classes)
        suffix = entry.text("id") if "id" in entry else None
        if kind is None or suffix is None:
            return None
        source = self._source(entry, kind)
        values = self._values(entry, kind, {"id", kind})
        ends = () if source is None else (("source", source),)
        return Evidence(f"{entry.name}-{suffix}", kind, (*ends, *values), entry.place)

    def _class_of(self, entry: Entry, classes: list[str]) -> str | None:
        found = [key for key in entry if key in classes]
        if len(found) == 1:
            return found[0]
        if found:
            entry.fault(f"There are two classes, {found[0]!r} and {found[1]!r}. Keep one.", entry.line_of(found[1]))
            return None
        near = next((key + hint for key in entry if (hint := meant(key, classes)) and key not in self._terms.properties), None)
        if near:
            key, _, hint = near.partition(" ")
            entry.fault(f"Unknown class {key!r}. {hint}", entry.line_of(key))
        else:
            entry.fault(f"There is no class. Use one of {', '.join(classes)} as a key.")
        return None

    def _ends(self, entry: Entry, kind: str) -> Values | None:
        parts, line = entry.parts([kind]), entry.line_of(kind)
        if len(parts) != 3 or not all(parts):
            if any(parts):
                entry.fault(f"{' | '.join(parts)!r} is not a subject, a predicate and an object. {_FORM}", line)
            return None
        subject, predicate, object_ = parts
        if predicate not in self._relations:
            entry.fault(f"Unknown predicate {predicate!r}.", line, partial(meant, predicate, self._relations))
        for name in (subject, object_):
            if name not in self._names.entities:
                entry.fault(f"Unknown entity {name!r}.", line, partial(self._names.suggest, name, self._names.entities))
        known = predicate in self._relations and subject in self._names.entities and object_ in self._names.entities
        return tuple(zip(_ENDS, map(iri_of, parts), strict=True)) if known else None

    def _source(self, entry: Entry, kind: str) -> NamedNode | None:
        name = entry.text(kind)
        if name is None:
            return None
        if name not in self._names.sources:
            hint = partial(self._names.suggest, name, self._names.sources, " Describe it in ontology/sources/.")
            entry.fault(f"Unknown source {name!r}.", entry.line_of(kind), hint)
            return None
        return iri_of(name)

    def _values(self, entry: Entry, kind: str, others: set[str]) -> Values:
        known = self._kinds[kind]
        found = []
        for key in entry:
            if key in others:
                continue
            if key not in known:
                self._note_unknown(entry, key, kind, others)
                continue
            stated = self._terms.properties[key]
            for value in entry.texts(key):
                term = self._value(entry, stated, value)
                if term is not None:
                    found.append((key, term))
        return tuple(found)

    def _note_unknown(self, entry: Entry, key: str, kind: str, others: set[str]) -> None:
        stated = self._terms.properties.get(key)
        if stated and stated.domain in self._kinds:
            entry.fault(f"The key {key!r} belongs to {stated.domain}, not to {kind}.", entry.line_of(key))
        else:
            hint = partial(meant, key, sorted(self._kinds[kind] | others))
            entry.fault(f"Unknown key {key!r}.", entry.line_of(key), hint)

    def _value(self, entry: Entry, stated: Property, value: Text) -> NamedNode | Literal | None:
        if not stated.is_object:
            try:
                return stated.literal(value.text)
            except ValueError:
                entry.fault(f"The value {value.text!r} of {stated.name!r} must be {stated.takes}.", value.line)
                return None
        group, what = self._names.entities, "entity"
        if self._terms.is_a(stated.range, "Association"):
            group, what = self._names.facts, "fact"
        elif self._terms.is_a(stated.range, "Source"):
            group, what = self._names.sources, "source"
        try:
            if stated.range is not None and value.text not in group:
                entry.fault(f"Unknown {what} {value.text!r}.", value.line, partial(self._names.suggest, value.text, group))
                return None
            return iri_of(value.text)
        except ValueError as error:
            entry.fault(f"The value {value.text!r} of {stated.name!r} is not an identifier. {error}", value.line)
            return None
