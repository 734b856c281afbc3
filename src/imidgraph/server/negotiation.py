"""Which media type an answer takes: what the client accepts, out of what the form of the query allows."""

from __future__ import annotations

from functools import lru_cache

from imidgraph.errors import ImidgraphError

ROWS = (
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
    "application/xml",
    "text/csv",
    "text/tab-separated-values",
    "text/xml",
)
BOOLEAN = ROWS
TRIPLES = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/n-quads",
    "application/trig",
)
HTML = "text/html"
NUMBERS = ("integer", "decimal", "double", "float")
"""How the datatypes of numbers end."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xlsx": XLSX,
}
"""The media types of a table that can be downloaded, by the end of the address."""
GRAPHS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""The media types of triples that can be downloaded, by the end of the address."""
_KEPT = 500  # characters of a header that is worth to be remembered
CHOICES = {"SELECT": ROWS, "ASK": BOOLEAN, "CONSTRUCT": TRIPLES, "DESCRIBE": TRIPLES}


class NotAcceptable(ImidgraphError, ValueError):
    """The client accepts none of the media types that there are."""

    def __init__(self, accept: str, choices: tuple[str, ...]) -> None:
        self.accept = accept
        self.choices = choices
        super().__init__(f"No answer is available as {accept[:100]!r}. Accept one of {', '.join(choices)}.")


def negotiate(accept: str | None, choices: tuple[str, ...]) -> str | None:
    """Choose the media type of an answer.

    Parameters
    ----------
    accept : str or None
        The Accept header of the request.
    choices : tuple of str
        The media types that there are, the default first.

    Returns
    -------
    str or None
        The one that the client likes best; the default where it likes any; None where it accepts none.

    Examples
    --------
    >>> negotiate("text/csv;q=0.5, application/sparql-results+xml", ROWS)
    'application/sparql-results+xml'
    >>> negotiate(None, TRIPLES)
    'text/turtle'
    """
    if not accept or accept == "*/*":
        return choices[0]
    return _best(accept.lower(), choices) if len(accept) <= _KEPT else _best.__wrapped__(accept.lower(), choices)


@lru_cache(maxsize=256)  # clients send the same few headers over and over
def _best(accept: str, choices: tuple[str, ...]) -> str | None:
    import mimeparse

    try:
        best = mimeparse.best_match(list(reversed(choices)), accept)
    except mimeparse.MimeTypeParseException:
        best = ""
    return str(best) or None


def accepts_gzip(header: str | None) -> bool:
    """Tell whether a client takes a packed answer.

    Parameters
    ----------
    header : str or None
        The Accept-Encoding header of the request.

    Examples
    --------
    >>> accepts_gzip("br, gzip;q=0.8"), accepts_gzip("gzip;q=0"), accepts_gzip(None)
    (True, False, False)
    """
    for item in (header or "").lower().split(","):
        name, _, quality = item.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "").rstrip(".0") != "q="
    return False
