"""Random graphs: associations with evidence, bare edges, and attributes of every kind that breaks exports."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from imidgraph.formats.projection import Projection
from imidgraph.namespaces import IMID, PREFIXES

XSD = PREFIXES["xsd"]
ENTITIES = [NamedNode(IMID + name) for name in ("lenalidomide", "IKZF1", "x-1")] + [
    NamedNode("https://example.org/ä b".replace(" ", "%20")),
    NamedNode(PREFIXES["CHEBI"] + "63791"),
]
RELATIONS = [NamedNode(IMID + "degrades"), NamedNode(IMID + "binds"), NamedNode(PREFIXES["skos"] + "broader")]
PROPERTIES = [
    *(NamedNode(IMID + name) for name in ("statement", "percent", "boxedWarning", "id", "label", "edge")),
    *(NamedNode(PREFIXES["skos"] + name) for name in ("altLabel", "definition")),
    *(NamedNode("https://example.org/" + name) for name in ("p", "P", "p.q", "naïve")),
]
TEXTS = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            'say "no"',
            "a\tb\nc\r\nd",
            "a|b\\c\\",
            "ärzte & <b>ünlü</b>",
            "サリドマイド",
            "💊🧬",
            "null",
            "NA",
            "true",
            "1",
            "x" * 3_000,
            ";,'`$%#",
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**53, 2**53 + 1, -(2**63), 2**64, 10**40]),
)
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text: Literal(text, language="en"), TEXTS),
    st.builds(Literal, st.booleans()),
    st.builds(lambda number: Literal(str(number), datatype=NamedNode(XSD + "integer")), NUMBERS),
    st.builds(
        lambda number: Literal(f"{number:f}", datatype=NamedNode(XSD + "decimal")),
        st.decimals(-(10**6), 10**6, allow_nan=False, places=4),
    ),
    st.builds(
        lambda text: Literal(text, datatype=NamedNode(XSD + "double")),
        st.sampled_from(["1.5E0", "1.7976931348623157E308", "5E-324", "-0.0E0", "NaN", "INF", "-INF"]),
    ),
    st.builds(
        lambda day: Literal(day.isoformat(), datatype=NamedNode(XSD + "date")),
        st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)),
    ),
    st.sampled_from(
        [Literal("2010", datatype=NamedNode(XSD + "gYear")), Literal("2010-03", datatype=NamedNode(XSD + "gYearMonth"))]
    ),
)


@st.composite
def triples(draw: st.DrawFn) -> list[Triple]:
    """Give the triples of a small graph in the shape of ours."""
    found: list[Triple] = []
    facts = st.lists(st.tuples(st.sampled_from(PROPERTIES), LITERALS), max_size=4)
    for entity in draw(st.lists(st.sampled_from(ENTITIES), unique=True)):
        found.append(Triple(entity, NamedNode(PREFIXES["rdfs"] + "label"), Literal(draw(TEXTS))))
        found += [Triple(entity, name, value) for name, value in draw(facts)]
        if draw(st.booleans()):
            found.append(Triple(entity, NamedNode(PREFIXES["rdf"] + "type"), NamedNode(IMID + "Drug")))
    ends = st.sampled_from(ENTITIES)
    for number in range(draw(st.integers(0, 3))):
        subject, relation, object_ = draw(ends), draw(st.sampled_from(RELATIONS)), draw(ends)
        found.append(Triple(subject, relation, object_))
        if draw(st.booleans()):
            continue
        association = NamedNode(f"{IMID}a-{number}")
        parts = {"subject": subject, "predicate": relation, "object": object_}
        found += [Triple(association, NamedNode(IMID + name), value) for name, value in parts.items()]
        found += [Triple(association, name, value) for name, value in draw(facts)]
        for item in range(draw(st.integers(0, 2))):
            evidence = NamedNode(f"{IMID}evidence-{number}-{item}")
            found.append(Triple(association, NamedNode(IMID + "evidence"), evidence))
            found += [Triple(evidence, name, value) for name, value in draw(facts)]
    return found


def projection(found: Iterable[Triple]) -> Projection:
    """Give the nodes and edges of some triples, held in the order in which they come."""
    store = Store()
    for triple in found:
        store.add(Quad(*triple))
    return Projection(store)
