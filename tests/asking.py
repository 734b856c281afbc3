"""Queries that the tests of the endpoint ask, and how they ask them."""

from __future__ import annotations

import httpx

SELECT = "SELECT ?drug WHERE { ?drug imid:degrades imid:IKZF1 } ORDER BY ?drug"
ASK = "ASK { imid:lenalidomide imid:degrades imid:IKZF1 }"
CONSTRUCT = "CONSTRUCT WHERE { ?drug imid:degrades imid:IKZF1 }"
DESCRIBE = "DESCRIBE imid:lenalidomide"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def asked(client: httpx.Client, query: str, accept: str | None = None, **headers: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers={**headers, **({"Accept": accept} if accept else {})})
