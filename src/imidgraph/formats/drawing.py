"""Graphs to look at: DOT for Graphviz, with all attributes, and Mermaid, with names and relations only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imidgraph.formats.projection import Projection
from imidgraph.formats.records import Record, edge_records, flat, node_records, plain_text
from imidgraph.knowledge.assembly import is_denial
from imidgraph.words import denied

_MERMAID = re.compile(r"""["#&;<>\n\r\t\\`|{}\[\]()]""")
_GRAPHVIZ = frozenset(
    {
        *("_background", "area", "arrowhead", "arrowsize", "arrowtail", "bb", "beautify", "bgcolor", "center", "charset"),
        *("class", "cluster", "clusterrank", "color", "colorscheme", "comment", "compound", "concentrate", "constraint"),
        *("Damping", "decorate", "defaultdist", "dim", "dimen", "dir", "diredgeconstraints", "distortion", "dpi"),
        *("edgehref", "edgetarget", "edgetooltip", "edgeURL", "epsilon", "esep", "fillcolor", "fixedsize", "fontcolor"),
        *("fontname", "fontnames", "fontpath", "fontsize", "forcelabels", "gradientangle", "group", "head_lp"),
        *("headclip", "headhref", "headlabel", "headport", "headtarget", "headtooltip", "headURL", "height", "href"),
        *("image", "imagepath", "imagepos", "imagescale", "inputscale", "K", "label", "label_scheme", "labelangle"),
        *("labeldistance", "labelfloat", "labelfontcolor", "labelfontname", "labelfontsize", "labelhref", "labeljust"),
        *("labelloc", "labeltarget", "labeltooltip", "labelURL", "landscape", "layer", "layerlistsep", "layers"),
        *("layerselect", "layersep", "layout", "len", "levels", "levelsgap", "lhead", "lheight", "linelength", "lp"),
        *("ltail", "lwidth", "margin", "maxiter", "mclimit", "mindist", "minlen", "mode", "model", "newrank", "nodesep"),
        *("nojustify", "normalize", "notranslate", "nslimit", "nslimit1", "oneblock", "ordering", "orientation"),
        *("outputorder", "overlap", "overlap_scaling", "overlap_shrink", "pack", "packmode", "pad", "page", "pagedir"),
        *("pencolor", "penwidth", "peripheries", "pin", "pos", "quadtree", "quantum", "radius", "rank", "rankdir"),
        *("ranksep", "ratio", "rects", "regular", "remincross", "repulsiveforce", "resolution", "root", "rotate"),
        *("rotation", "samehead", "sametail", "samplepoints", "scale", "searchsize", "sep", "shape", "shapefile"),
        *("showboxes", "sides", "size", "skew", "smoothing", "sortv", "splines", "start", "style", "stylesheet"),
        *("tail_lp", "tailclip", "tailhref", "taillabel", "tailport", "tailtarget", "tailtooltip", "tailURL", "target"),
        *("TBbalance", "tooltip", "truecolor", "URL", "vertices", "viewport", "voro_margin", "weight", "width"),
        *("xdotversion", "xlabel", "xlp", "z"),
    }
)  # https://graphviz.org/doc/info/attrs.html, without id, which marks an element and draws nothing


def write_dot(graph: Projection) -> Iterator[bytes]:
    """Write a graph in Graphviz's DOT; lists and maps are flattened.

    What Graphviz draws is the label and the tooltip. An attribute of the data that is called as one of Graphviz gets ``data_``
    before its name, so that an ``image`` is no picture to fetch, and a ``shape`` no shape to draw.

    Examples
    --------
    >>> import imidgraph
    >>> b"".join(write_dot(imidgraph.load().projection)).startswith(b"digraph imidgraph {")
    True
    """
    yield f"digraph imidgraph {{\nversion={_quoted(graph.version)};\nnode [shape=box, style=rounded];\n".encode()
    for record in map(flat, node_records(graph)):
        name = _quoted(record.pop("id"))
        yield f"{name} [{_attributes(record, record.pop('label'))}];\n".encode()
    for edge, record in zip(graph.edges(), map(flat, edge_records(graph)), strict=True):
        ends = f"{_quoted(record.pop('subject'))} -> {_quoted(record.pop('object'))}"
        yield f"{ends} [{_attributes(record, _relation(graph, edge.predicate, is_denial(edge.attributes)))}];\n".encode()
    yield b"}\n"


def write_mermaid(graph: Projection) -> Iterator[bytes]:
    """Write a graph as a Mermaid flowchart: names and relations, without attributes and evidence.

    Examples
    --------
    >>> import imidgraph
    >>> b"".join(write_mermaid(imidgraph.load().projection)).startswith(b"%% imidgraph")
    True
    """
    numbers: dict[str, int] = {}
    yield f"%% imidgraph {graph.version}\nflowchart LR\n".encode()
    for number, node in enumerate(graph.nodes()):
        numbers[node.id] = number
        yield f'    n{number}["{_entities(node.label.strip() or node.id)}"]\n'.encode()
    for edge in graph.edges():
        relation = _relation(graph, edge.predicate, is_denial(edge.attributes))
        yield f'    n{numbers[edge.subject]} -->|"{_entities(relation)}"| n{numbers[edge.object]}\n'.encode()


def write_edge_list(graph: Projection) -> Iterator[bytes]:
    r"""Write a graph as lines of subject, object and relation, tabs between, without attributes and evidence.

    Negated statements are left out: the format cannot say that they are.

    Examples
    --------
    >>> import imidgraph
    >>> b"imid:lenalidomide\timid:IKZF1\timid:degrades\n" in set(write_edge_list(imidgraph.load().projection))
    True
    """
    yield f"# imidgraph {graph.version}: subject, object, predicate\n".encode()
    last = ""
    for edge in graph.edges():
        line = f"{edge.subject}\t{edge.object}\t{edge.predicate}\n"
        if line != last and not is_denial(edge.attributes):
            yield line.encode()
            last = line


def _relation(graph: Projection, predicate: str, negated: bool) -> str:
    label = graph.relation(predicate).label or predicate
    return denied(label) if negated else label


def _attributes(record: Record, label: str) -> str:
    texts = {name: plain_text(value) for name, value in record.items()}
    shown = {"label": _plain(label)}
    if "label" in texts:
        shown["tooltip"] = _plain(texts.pop("label"))
    shown |= {f"data_{name}" if name in _GRAPHVIZ else name: text for name, text in texts.items()}
    return ", ".join(f"{_quoted(name)}={_quoted(value)}" for name, value in shown.items())


def _plain(text: str) -> str:
    """Give a text that Graphviz draws as it is: it reads entities of HTML in it."""
    return text.replace("&", "&amp;")


def _quoted(text: str) -> str:
    return '"' + text.replace("\x00", "\ufffd").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    return _MERMAID.sub(lambda match: f"#{ord(match[0])};" if match[0] > " " else " ", text)
