"""Remote engines: every named query and lookup gives the same there, and every fault is one typed error."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

import imidgraph
from imidgraph import EndpointError, KnowledgeGraph, QueryError, QueryTimeout
from imidgraph.cli import main
from imidgraph.resources import QUERIES
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores import Results
from imidgraph.stores.endpoint import EndpointStore
from imidgraph.stores.upload import insert_graph, put_graph
from tests.engines import DOCUMENT, rows
from tests.servers import BODIES, GRAPH, ODD, ODD_TRIPLES, REDIRECTING, WrongServer, free_port

NAMES = sorted(Catalog(QUERIES))
FREE = [name for name in NAMES if not any(parameter.required for parameter in Catalog(QUERIES)[name].params.values())]


@pytest.mark.parametrize("name", NAMES)
def test_each_named_query_is_equal_on_virtuoso(kg: KnowledgeGraph, on_virtuoso: KnowledgeGraph, name: str) -> None:
    example = kg.queries[name].example
    assert Counter(on_virtuoso.run(name, **example).rows) == Counter(kg.run(name, **example).rows)


@pytest.mark.parametrize("name", NAMES)
def test_each_named_query_is_equal_on_oxigraph(kg: KnowledgeGraph, on_oxigraph: KnowledgeGraph, name: str) -> None:
    example = kg.queries[name].example
    assert Counter(on_oxigraph.run(name, **example).rows) == Counter(kg.run(name, **example).rows)


@pytest.mark.parametrize("name", FREE)
def test_each_named_query_without_parameters_is_equal_on_virtuoso(
    kg: KnowledgeGraph, on_virtuoso: KnowledgeGraph, name: str
) -> None:
    # rows, not how often each: Virtuoso lets some doubles through DISTINCT
    assert set(on_virtuoso.run(name).rows) == set(kg.run(name).rows)


def test_the_invariants_hold_on_virtuoso(on_virtuoso: KnowledgeGraph) -> None:
    assert not list(on_virtuoso.validate(shapes=False))


def test_the_table_in_the_docs_says_what_these_tests_hold() -> None:
    table = rows(DOCUMENT.read_text(encoding="utf-8"))
    assert list(table) == NAMES
    assert {cell for cells in table.values() for cell in cells} == {"equal"}


@pytest.mark.parametrize("server", ["on_virtuoso", "on_oxigraph"])
def test_lookups_comparison_and_export_work_on_a_server(kg: KnowledgeGraph, server: str, request: pytest.FixtureRequest) -> None:
    there: KnowledgeGraph = request.getfixturevalue(server)
    assert there.version == kg.version
    assert len(there) == len(kg)
    ours, theirs = kg.entity("Revlimid"), there.entity("Revlimid")
    assert theirs.risks == ours.risks
    assert theirs.articles == ours.articles
    patient = 120.0  # seconds: a server on a busy machine takes its time
    told = str(there.compare("lenalidomide", "pomalidomide", timeout=patient))
    assert told == str(kg.compare("lenalidomide", "pomalidomide"))
    assert there.status("thalidomide", "degrades", "GSPT1").word == "not curated"
    assert there.serialize("nt") == kg.serialize("nt")
    assert there.query("ASK { imid:lenalidomide imid:degrades imid:IKZF1 }") is True
    answer = there.query("SELECT ?s { ?s ?p ?o }", limit=3)
    assert isinstance(answer, Results)
    assert (len(answer), answer.limit) == (3, "cut at 3 rows")
    with pytest.raises(QueryError, match="refuses the query"):
        there.select("SELECT ?x WHERE { ?x ")


@pytest.mark.parametrize(
    ("path", "push", "options"),
    [("sparql-graph-crud-auth", put_graph, ()), ("sparql-auth", insert_graph, ("--update",))],
    ids=["graph store", "update"],
)
def test_a_graph_is_pushed_and_replaced(
    kg: KnowledgeGraph, virtuoso_address: str, path: str, push: Callable[..., None], options: tuple[str, ...]
) -> None:
    url, graph = f"{virtuoso_address}/{path}", f"https://example.org/{path}"
    there = imidgraph.connect(f"{virtuoso_address}/sparql", graph, timeout=60)
    push(url, graph, list(kg.triples())[:1], ("dba", "dba"))
    assert len(there) == 1
    command = ["push", url, "--into", graph, "--user", "dba", *options]
    result = CliRunner().invoke(main, command, env={"IMIDGRAPH_PASSWORD": "dba"})
    assert result.exit_code == 0, result.output
    assert there.serialize("nt") == kg.serialize("nt")


@pytest.mark.parametrize(
    ("path", "auth", "status"),
    [
        ("sparql-graph-crud-auth", ("dba", "wrong"), 401),
        ("sparql-graph-crud-auth", None, 401),
        ("sparql-auth", ("dba", "wrong"), 401),
        ("sparql", None, 500),  # Virtuoso says so where a user may not update
        ("nothing", None, 404),
    ],
)
def test_a_push_that_is_refused_is_one_clear_error(
    kg: KnowledgeGraph, virtuoso_address: str, path: str, auth: tuple[str, str] | None, status: int
) -> None:
    push = put_graph if "crud" in path else insert_graph
    with pytest.raises(EndpointError, match="refuses the graph") as caught:
        push(f"{virtuoso_address}/{path}", "https://example.org/refused", list(kg.triples())[:5], auth)
    assert caught.value.status == status


@pytest.mark.parametrize("name", NAMES)
def test_each_named_query_is_equal_on_comunica(kg: KnowledgeGraph, on_comunica: KnowledgeGraph, name: str) -> None:
    example = kg.queries[name].example
    assert Counter(on_comunica.run(name, **example).rows) == Counter(kg.run(name, **example).rows)


def test_the_textbook_chain_is_found_on_comunica(kg: KnowledgeGraph, on_comunica: KnowledgeGraph) -> None:
    ends = "lenalidomide", "imid:myelodysplastic-syndrome-del5q"
    assert on_comunica.explain(*ends).to_dict() == kg.explain(*ends).to_dict()


@pytest.fixture(scope="module")
def wrong() -> Iterator[WrongServer]:
    with WrongServer() as server:
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("401", "user and password"),
        ("403", "status 403"),
        ("404", "Check the path"),
        ("500", "no reason"),
        ("html", "web page"),
        ("text", "not a SPARQL result"),
        ("empty", "not a SPARQL result"),
        ("boolean", "not a SPARQL result"),
        ("half", "not a SPARQL result"),
        ("cut", "cut off"),
        ("wait", "status 429"),
        ("page", "status 500: Out of memory"),
        ("huge", "larger than 256 MiB"),
        ("moved", "redirects to .*/good. Give the address"),
        ("kept", "redirects to .*/good. Give the address"),
        ("circle", "redirects to .*/circle"),
        ("elsewhere", "redirects to file:"),
        *((fault, "not a SPARQL result") for fault in BODIES),
    ],
)
def test_each_fault_is_one_typed_error(wrong: WrongServer, fault: str, message: str) -> None:
    with pytest.raises(EndpointError, match=message) as caught:
        imidgraph.connect(wrong.address(fault), timeout=3).select("SELECT ?n { ?n ?p ?o }")
    assert isinstance(caught.value, OSError)
    assert str(caught.value).endswith(".")
    if fault.isdigit():
        assert caught.value.status == int(fault)


@pytest.mark.parametrize("fault", ["html", "text", "half", "cut", "page", "huge", "moved", "circle", *BODIES])
def test_each_fault_is_one_typed_error_for_any_form_of_query(wrong: WrongServer, fault: str) -> None:
    graph = imidgraph.connect(wrong.address(fault), timeout=3)
    for ask in (graph.ask, graph.construct):
        with pytest.raises(EndpointError):
            ask("ASK { ?s ?p ?o }" if ask == graph.ask else "CONSTRUCT WHERE { ?s ?p ?o }")


def test_a_refused_query_is_a_query_error(wrong: WrongServer) -> None:
    with pytest.raises(QueryError, match="no reason"):
        imidgraph.connect(wrong.address("400")).select("SELECT ?n { ?n ?p ?o }")


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_a_slow_server_is_left(wrong: WrongServer, fault: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        imidgraph.connect(wrong.address(fault), timeout=1).select("SELECT ?n { ?n ?p ?o }")
    assert time.monotonic() - start < 4


def test_what_is_safe_to_ask_again_is_asked_again(wrong: WrongServer) -> None:
    wrong.asked.clear()
    assert EndpointStore(wrong.address("busy")).select("SELECT ?n { ?n ?p ?o }").rows == [("a",)]
    assert wrong.asked == ["busy"] * 3
    for fault, times in (("reset", 3), ("500", 1), ("wait", 1), ("404", 1)):
        wrong.asked.clear()
        with pytest.raises(EndpointError):
            EndpointStore(wrong.address(fault)).select("SELECT ?n { ?n ?p ?o }")
        assert wrong.asked == [fault] * times


@pytest.mark.parametrize("url", ["", "localhost/sparql", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_an_address_must_be_a_web_address(url: str) -> None:
    with pytest.raises(EndpointError, match="must start with http"):
        imidgraph.connect(url)
    with pytest.raises(EndpointError, match="must start with http"):
        put_graph(url or "x", GRAPH, [])


def test_nobody_there_is_one_clear_error() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        imidgraph.connect(f"http://127.0.0.1:{free_port()}/sparql", timeout=3).select("SELECT ?n { ?n ?p ?o }")


@pytest.mark.parametrize("fault", REDIRECTING)
def test_a_password_never_travels_to_another_host(wrong: WrongServer, fault: str) -> None:
    with WrongServer() as other:
        wrong.target = other.address("good")
        with pytest.raises(EndpointError, match="redirects to"):
            imidgraph.connect(wrong.address(fault), auth=("dba", "secret")).select("SELECT ?n { ?n ?p ?o }")
        for push in (put_graph, insert_graph):
            with pytest.raises(EndpointError, match="redirects to") as caught:
                push(wrong.address(fault), GRAPH, [], ("dba", "secret"))
            assert "secret" not in str(caught.value)
        assert other.asked == []
        other.shutdown()


def test_a_password_in_an_address_is_not_shown() -> None:
    url = f"http://dba:secret@127.0.0.1:{free_port()}/sparql"
    with pytest.raises(EndpointError) as caught:
        imidgraph.connect(url, timeout=2).select("SELECT ?n { ?n ?p ?o }")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("fault", ["partial", "anytime"])
def test_a_part_of_an_answer_is_no_answer(wrong: WrongServer, fault: str) -> None:
    graph = imidgraph.connect(wrong.address(fault), timeout=3)
    for ask in (graph.select, graph.construct):
        with pytest.raises(EndpointError, match="part of the answer"):
            ask("SELECT ?n { ?n ?p ?o }" if ask == graph.select else "CONSTRUCT WHERE { ?s ?p ?o }")


@pytest.mark.parametrize("fault", ["marked", "zipped"])
def test_marks_and_packing_are_no_fault(wrong: WrongServer, fault: str) -> None:
    assert imidgraph.connect(wrong.address(fault)).select("SELECT ?n { ?n ?p ?o }").rows == [("a",)]


@pytest.mark.parametrize("fault", ["bomb", "odd", "triples", "entities"])
def test_what_would_take_the_process_down_is_one_typed_error(wrong: WrongServer, fault: str) -> None:
    graph = imidgraph.connect(wrong.address(fault), timeout=10)
    for ask in (graph.select, graph.construct):
        with pytest.raises((EndpointError, QueryTimeout)):  # the latter where the machine is busy
            ask("SELECT ?n { ?n ?p ?o }" if ask == graph.select else "CONSTRUCT WHERE { ?s ?p ?o }")
    if fault == "odd":
        with pytest.raises(EndpointError):
            put_graph(wrong.address(fault), GRAPH, [], ("dba", "dba"))


@pytest.mark.parametrize("fault", ["status", "headers", "continue", "trailers"])
def test_a_server_that_never_ends_is_left_in_time(wrong: WrongServer, fault: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        imidgraph.connect(wrong.address(fault), timeout=1).select("SELECT ?n { ?n ?p ?o }")
    with pytest.raises(EndpointError, match="within 1 seconds"):
        put_graph(wrong.address(fault), GRAPH, [], timeout=1)
    assert time.monotonic() - start < 6


def test_endless_bodies_are_bounded(wrong: WrongServer) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for fault, error in (("endless", EndpointError), ("endless-error", EndpointError)):
        with pytest.raises(error):
            imidgraph.connect(wrong.address(fault), timeout=30).select("SELECT ?n { ?n ?p ?o }")
        with pytest.raises(EndpointError):
            insert_graph(wrong.address(fault), GRAPH, [], timeout=30)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 << 10  # KiB: twice what an answer may have


@pytest.mark.parametrize("name", ODD)
def test_an_odd_term_costs_that_term_and_no_other(wrong: WrongServer, name: str) -> None:
    _, wanted, odd = ODD[name]
    results = EndpointStore(wrong.address(f"odd-{name}")).query("SELECT ?n { ?n ?p ?o }", 30, 10)
    assert isinstance(results, Results)
    assert results.rows == [(wanted,)]
    assert results.odd == odd
    told = "1 term of the answer is no term of RDF: read as text."
    assert [gap for gap in results.gaps if "read as text" in gap] == [told] * odd
    assert results.serialize("csv")


@pytest.mark.parametrize("name", ODD_TRIPLES)
def test_an_odd_term_of_a_triple_costs_no_other_triple(wrong: WrongServer, name: str) -> None:
    _, wanted, odd = ODD_TRIPLES[name]
    triples = EndpointStore(wrong.address(f"triples-{name}")).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert set(triples.rows) == {("a:1", "a:2", "3"), *([wanted] if wanted else [])}
    assert triples.odd == odd


@pytest.mark.parametrize("fault", ["capped", "partial", "anytime"])
def test_lookups_take_no_part_for_the_whole(wrong: WrongServer, fault: str) -> None:
    graph = imidgraph.connect(wrong.address(fault))
    if fault == "capped":
        assert graph.select("SELECT ?n { ?n ?p ?o }").limit == "cut by the server at 1 rows"
    lookups: list[Callable[[], object]] = [
        lambda: graph.entity("a"),
        lambda: graph.search("a"),
        lambda: graph.stats(),
        lambda: graph.network.fetch_all(),
        lambda: graph.network.terms(["imid:lenalidomide"]),
        lambda: graph.paths("imid:a", "imid:b"),
    ]
    for lookup in lookups:
        with pytest.raises(EndpointError, match=r"(cut by the server|a part of the answer).* [Rr]aise"):
            lookup()


@pytest.mark.parametrize("fault", ["many", "many-more"])
def test_rows_without_number_are_bounded(wrong: WrongServer, fault: str) -> None:
    store = EndpointStore(wrong.address(fault), timeout=120)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    if fault == "many":
        assert len(store.query("SELECT ?n { ?n ?p ?o }", timeout=120, limit=10)) == 10  # type: ignore[arg-type]
        assert time.monotonic() - start < 20
    with pytest.raises(EndpointError, match="more than"):
        store.select("SELECT ?n { ?n ?p ?o }")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB


def test_blank_nodes_that_are_pushed_stay_one(virtuoso_address: str, kg: KnowledgeGraph) -> None:
    from imidgraph.stores.upload import _updates

    node = BlankNode("a")
    named = [Triple(NamedNode(f"a:{number}"), NamedNode("a:b"), Literal(str(number))) for number in range(3000)]
    joined = [Triple(node, NamedNode("a:p"), Literal(str(number))) for number in range(3000)]
    holding = [update for update in _updates(GRAPH, [*named, *joined]) if "_:a" in update]
    assert len(holding) == 1
    assert holding[0].count("_:a") == 3000
    url, graph = f"{virtuoso_address}/sparql-auth", "https://example.org/blank"
    insert_graph(url, graph, named[:2], ("dba", "dba"))
    with pytest.raises(EndpointError, match=r"refuses the graph with status 400: .*lank"):
        insert_graph(url, graph, joined[:3], ("dba", "dba"))
    assert len(imidgraph.connect(f"{virtuoso_address}/sparql", graph, timeout=60)) == 2, "the old graph stays"
    assert len(imidgraph.connect(f"{virtuoso_address}/sparql", f"{graph}#new", timeout=60)) == 0
