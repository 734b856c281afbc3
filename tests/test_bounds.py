"""Bounds: whatever is asked for, a traversal ends with an answer, a bound that is said or a typed error."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from imidgraph import Answer, KnowledgeGraph, PathNotFound, QueryError
from imidgraph.knowledge.network import Network
from imidgraph.knowledge.statements import Reader
from imidgraph.limits import NEVER, Deadline
from imidgraph.model import Term
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.resources import ONTOLOGY
from imidgraph.stores.oxigraph import OxigraphStore, embedded
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.explain import explain
from imidgraph.traversals.without import without
from tests.test_cli import run

Call = Callable[[KnowledgeGraph, object], object]
SPOKES = 20_000

TIMED: list[Call] = [
    lambda kg, value: kg.paths("lenalidomide", "CRBN", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.explain("lenalidomide", "multiple myeloma", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.without("CRBN", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.compare("lenalidomide", "pomalidomide", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.why("lenalidomide", "pomalidomide", "leprosy", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.similar("CRBN", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.neighborhood("CRBN", timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.centrality(timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.communities(timeout=value),  # type: ignore[arg-type]
    lambda kg, value: kg.articulation_points(timeout=value),  # type: ignore[arg-type]
]
SLOW: dict[str, Callable[[KnowledgeGraph, float], Answer]] = {
    "explain a drug and a disease": lambda kg, timeout: kg.explain("pomalidomide", "multiple myeloma", timeout),
    "explain a drug and a wide risk": lambda kg, timeout: kg.explain("lenalidomide", "blood clots", timeout),
    "explain a regimen": lambda kg, timeout: kg.explain("VRd", "multiple myeloma", timeout),
    "explain two drugs": lambda kg, timeout: kg.explain("lenalidomide", "pomalidomide", timeout),
    "explain a resistance": lambda kg, timeout: kg.explain("imid:ube2m-loss", "lenalidomide", timeout),
    "explain a trial": lambda kg, timeout: kg.explain("FIRST", "IKZF1", timeout),
    "explain what is mentioned": lambda kg, timeout: kg.explain("dexamethasone", "thromboembolism", timeout),
    "compare": lambda kg, timeout: kg.compare("thalidomide", "lenalidomide", "pomalidomide", timeout=timeout),
    "why": lambda kg, timeout: kg.why("lenalidomide", "thalidomide", "multiple myeloma", timeout),
    "paths": lambda kg, timeout: kg.paths("thalidomide", "leprosy", max_length=4, limit=500, timeout=timeout),
    "neighborhood": lambda kg, timeout: kg.neighborhood("CRBN", hops=3, timeout=timeout),
    "similar": lambda kg, timeout: kg.similar("pomalidomide", timeout=timeout),
    "without": lambda kg, timeout: kg.without("cereblon", timeout),
    "betweenness": lambda kg, timeout: kg.centrality(timeout=timeout),
    "pagerank": lambda kg, timeout: kg.centrality("pagerank", timeout=timeout),
    "communities": lambda kg, timeout: kg.communities(timeout=timeout),
    "articulation points": lambda kg, timeout: kg.articulation_points(timeout=timeout),
}
COUNTED: list[Call] = [
    lambda kg, value: kg.paths("lenalidomide", "CRBN", max_length=value),  # type: ignore[arg-type]
    lambda kg, value: kg.paths("lenalidomide", "CRBN", limit=value),  # type: ignore[arg-type]
    lambda kg, value: kg.neighborhood("CRBN", limit=value),  # type: ignore[arg-type]
    lambda kg, value: kg.neighborhood("CRBN", hops=value),  # type: ignore[arg-type]
    lambda kg, value: kg.similar("CRBN", limit=value),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("call", TIMED)
@pytest.mark.parametrize("value", [0, -1, math.nan, "3", None])
def test_a_time_is_a_number_above_zero(kg: KnowledgeGraph, call: Call, value: object) -> None:
    with pytest.raises(QueryError, match="timeout must be a number of seconds"):
        call(kg, value)


@pytest.mark.parametrize("call", COUNTED)
@pytest.mark.parametrize("value", [-1, 2.5, math.nan, "3", None])
def test_a_count_is_a_whole_number(kg: KnowledgeGraph, call: Call, value: object) -> None:
    with pytest.raises(QueryError, match="must be a whole number"):
        call(kg, value)


def test_huge_bounds_are_as_good_as_none(kg: KnowledgeGraph) -> None:
    assert kg.paths("lenalidomide", "CRBN", max_length=10**9).limit
    assert len(kg.neighborhood("CRBN", hops=10**9, limit=50)) == 50
    assert kg.explain("lenalidomide", "multiple myeloma", timeout=math.inf).limit is None


def test_one_name_is_taken_as_one_name(kg: KnowledgeGraph) -> None:
    one = kg.paths("thalidomide", "pomalidomide", max_length=2, predicates="degrades", via="IKZF1")
    assert one == kg.paths("thalidomide", "pomalidomide", max_length=2, predicates=["degrades"], via=["IKZF1"])
    assert kg.similar("pomalidomide", aspects="risks") == kg.similar("pomalidomide", aspects=["risks"])


def test_only_drugs_are_compared(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="CRBN is not a drug"):
        kg.compare("lenalidomide", "CRBN")
    with pytest.raises(QueryError, match="CRBN is not a drug"):
        kg.why("CRBN", over="lenalidomide", disease="multiple myeloma")
    with pytest.raises(QueryError, match="CRBN is not a disease"):
        kg.why("lenalidomide", over="thalidomide", disease="CRBN")
    with pytest.raises(QueryError, match="cannot be drawn"):
        kg.draw(3)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hub() -> OxigraphStore:
    def named(name: str) -> NamedNode:
        return NamedNode(IMID + name)

    kinds = {"drug": "Drug", "hub": "Protein", "root": "Disease"}
    kinds |= {f"cause-{n}": "Protein" for n in range(SPOKES)} | {f"kind-{n}": "Disease" for n in range(SPOKES)}
    rise, wider = named("increases"), NamedNode(PREFIXES["skos"] + "broader")
    ends = [("drug", named("decreases"), "cause-5")]
    for n in range(SPOKES):
        ends += [(f"cause-{n}", rise, "hub"), ("hub", rise, f"kind-{n}"), (f"kind-{n}", wider, "root")]
    store = pyoxigraph.Store()
    store.bulk_extend(Quad(named(one), relation, named(other)) for one, relation, other in ends)
    store.bulk_extend(Quad(named(name), NamedNode(PREFIXES["rdf"] + "type"), named(kind)) for name, kind in kinds.items())
    store.bulk_extend(Quad(named(name), NamedNode(PREFIXES["rdfs"] + "label"), Literal(name)) for name in kinds)
    store.load(path=str(ONTOLOGY / "schema.ttl"), format=RdfFormat.TURTLE)
    return OxigraphStore(store)


def _term(name: str, category: str) -> Term:
    return Term(IMID + name, name, category)


def test_a_hub_is_explained_or_the_bound_is_said(hub: OxigraphStore) -> None:
    found = explain(_edges(hub), _term("drug", "Drug"), _term("hub", "Protein"), NEVER)
    assert [str(chain) for chain in found.chains] == ["drug > cause-5 > hub"]
    hurried = explain(_edges(hub), _term("drug", "Drug"), _term("root", "Disease"), Deadline(0.05))
    assert hurried.limit
    assert "stopped after" in str(hurried)


def test_the_loss_of_a_hub_is_bounded(hub: OxigraphStore) -> None:
    loss = without(_edges(hub), _term("hub", "Protein"), Deadline(0.05))
    assert loss.limit
    assert "stopped after" in str(loss)


class Clock:
    """A clock that stands still but for what a test adds to it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class SlowStore(OxigraphStore):
    """An engine that takes a second for each query, by a clock of its own."""

    clock = Clock()

    def evaluate(self, *arguments: Any, **options: Any) -> Any:
        self.clock.now += 1
        return super().evaluate(*arguments, **options)


@pytest.fixture
def slow(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> KnowledgeGraph:
    """A graph on the slow engine that has looked up nothing but the names of its entities and relations."""
    monkeypatch.setattr("imidgraph.limits.time", SlowStore.clock)
    graph = KnowledgeGraph(SlowStore(embedded(kg._store)), lambda: pytest.fail("no free query is asked"), kg.queries)
    assert graph.version
    assert graph.names.find("lenalidomide")
    assert graph.network.relations
    return graph


@pytest.mark.parametrize("timeout", [0.5, 3.5, 8.5, 20.5])
@pytest.mark.parametrize("verb", SLOW)
def test_every_verb_ends_in_time_on_a_slow_engine(slow: KnowledgeGraph, verb: str, timeout: float) -> None:
    start = SlowStore.clock.now
    limit: str | None
    try:
        answer = SLOW[verb](slow, timeout)
        limit = answer.limit
        assert str(answer)
        assert answer.to_json()
    except PathNotFound as error:
        limit = error.limit
    taken = SlowStore.clock.now - start
    # Beyond the time it may end the lookup that it is in, which is a few queries, and name what it found.
    assert taken <= timeout + 12
    assert limit is None or f"stopped after {timeout} seconds" in limit or "there are more" in limit
    assert limit or taken <= timeout + 5


def _edges(store: OxigraphStore) -> Edges:
    return Edges(Network(store), Reader(store))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("explain", "lenalidomide", "multiple myeloma", "--timeout", "nan"), 2, "timeout must be"),
        (("explain", "lenalidomide", "multiple myeloma", "--timeout", "-1"), 2, "timeout must be"),
        (("explain", "lenalidomide", "multiple myeloma", "--shown", "0"), 2, "--shown"),
        (("paths", "lenalidomide", "CRBN", "--max-length", "0"), 2, "max_length must be"),
        (("paths", "lenalidomide", "CRBN", "--limit", "-3"), 2, "limit must be"),
        (("paths", "lenalidomide", "CRBN", "--limit", "99999999"), 2, "lower limit"),
        (("paths", "lenalidomide", "CRBN", "--timeout", "nan"), 2, "timeout must be"),
        (("paths", "lenalidomide", "CRBN", "--max-length", "50", "--format", "tsv"), 0, "stopped at 100 paths"),
        (("neighborhood", "CRBN", "--hops", "-1"), 2, "--hops"),
        (("compare", "lenalidomide", "CRBN"), 2, "not a drug"),
        (("why", "lenalidomide", "--over", "Revlimid", "--for", "multiple myeloma"), 2, "Name a different one"),
    ],
)
def test_the_command_line_says_it_in_one_line(arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output
