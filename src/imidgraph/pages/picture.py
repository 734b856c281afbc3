"""Pictures: small networks laid out by meaning, as SVG, PNG, PDF, DOT or Mermaid.

The way of a drug leads from left to right: drug, target, process, disease. What is raised and what is lowered differs
in color and in the head of the arrow, and the kinds of entities in color and in shape, so that neither print in gray
nor color blindness takes the meaning away. Graphviz does the layout and keeps labels apart.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imidgraph import files
from imidgraph.errors import ExportError, MissingProgram
from imidgraph.prose import NOT_ADVICE

RENDERED = ("svg", "png", "pdf")
TEXTS = {"dot": "dot", "gv": "dot", "mmd": "mermaid", "mermaid": "mermaid"}

# Paul Tol's light scheme for fills (black text on each), Okabe and Ito's blue and vermilion for arrows.
_KINDS = {
    "Drug": ("#77AADD", "box", "drug"),
    "Regimen": ("#99DDFF", "tab", "regimen"),
    "Protein": ("#EEDD88", "ellipse", "protein"),
    "ProteinComplex": ("#EEDD88", "hexagon", "complex"),
    "BiologicalProcess": ("#BBCC33", "box", "process"),
    "CellType": ("#AAAA00", "ellipse", "cell"),
    "Disease": ("#EE8866", "octagon", "disease"),
    "AdverseEffect": ("#FFAABB", "note", "adverse effect"),
    "ResistanceMechanism": ("#DDDDDD", "component", "resistance"),
    "ResistanceStrategy": ("#DDDDDD", "folder", "strategy"),
    "DrugClass": ("#FFFFFF", "tab", "class"),
}
_OTHER = ("#FFFFFF", "box", "other")
_ROUNDED = {"BiologicalProcess"}
_SIGNS = {1: ("#0072B2", "normal", "raises"), -1: ("#D55E00", "tee", "lowers")}
_PLAIN = ("#555555", "vee", "relates")
_WIDTH = 20  # characters of a line in a label
_WIDER = 40  # those of a line in the label of a group
_LINE = 100  # those of a line in the caption
_SECONDS = 60.0


@dataclass(frozen=True)
class Node:
    """An entity in a picture."""

    id: str
    label: str
    category: str
    is_end: bool = False


@dataclass(frozen=True)
class Arrow:
    """A relation in a picture, from left to right.

    Parameters
    ----------
    start, end : str
        The ids of the nodes.
    label : str
        The name of the relation.
    sign : int or None
        1 where the end goes up with the start, -1 where it goes down.
    strength : float
        How well it is supported, from 0 to 1: the thickness.
    backward : bool
        Whether the relation leads from the end to the start.
    faint : bool
        Whether it is dashed: disputed, or an effect that was only seen.
    told : str
        What it rests on, shown when the pointer rests on it.
    """

    start: str
    end: str
    label: str
    sign: int | None = None
    strength: float = 0.5
    backward: bool = False
    faint: bool = False
    told: str = ""


@dataclass(frozen=True)
class Picture:
    """A small network to look at.

    Parameters
    ----------
    title : str
        What it shows.
    nodes : tuple of Node
        The entities.
    arrows : tuple of Arrow
        What joins them.
    caption : str
        What was left out, or else has to be said.
    column : tuple of str
        The ids of nodes that stand in one column, from top to bottom.
    """

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    caption: str = ""
    column: tuple[str, ...] = ()
    _rendered: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def write(self, path: str | Path) -> Path:
        """Write the picture to a file, whole or not at all; the suffix tells the format: svg, png, pdf, dot or mmd.

        Raises
        ------
        ExportError
            Where the suffix names no format of pictures, or the file cannot be written.
        MissingProgram
            Where Graphviz is needed and not installed.
        """
        target = Path(path)
        files.write_whole(target, self.render(target.suffix.removeprefix(".").lower()))
        return target

    def render(self, format: str = "svg") -> bytes:
        """Give the picture in a format: svg, png, pdf, dot or mmd."""
        if format in TEXTS:
            return (self.dot() if TEXTS[format] == "dot" else self.mermaid()).encode()
        if format not in RENDERED:
            raise ExportError(f"Unknown picture format {format!r}. Use one of {', '.join((*RENDERED, *TEXTS))}.")
        if format not in self._rendered:
            self._rendered[format] = _graphviz(self.dot(), format)
        return self._rendered[format]

    def _repr_svg_(self) -> str:
        return self.render("svg").decode()

    def dot(self) -> str:
        """Give the picture as text in Graphviz's DOT."""
        return "\n".join(self._dot_lines()) + "\n"

    def _dot_lines(self) -> Iterator[str]:
        yield "digraph picture {"
        yield '  graph [rankdir=LR, nodesep=0.2, ranksep=0.35, fontname="Helvetica", fontsize=12, labelloc=b, labeljust=l,'
        yield f"    label={self._legend()}];"
        yield '  node [fontname="Helvetica", fontsize=12, style=filled, margin="0.12,0.06"];'
        yield '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.8];'
        for node in self.nodes:
            fill, shape, _ = _KINDS.get(node.category, _OTHER)
            style = "filled,rounded" if node.category in _ROUNDED else "filled"
            width = 2.4 if node.is_end else 1.0
            label = _quoted(_wrapped(node.label))
            yield f'  {_quoted(node.id)} [label={label}, shape={shape}, style="{style}", fillcolor="{fill}", penwidth={width}];'
        for arrow in self.arrows:
            color, head, _ = _SIGNS.get(arrow.sign or 0, _PLAIN)
            parts = [f"label={_quoted(_wrapped(arrow.label))}", f'color="{color}"', f'fontcolor="{color}"', f"arrowhead={head}"]
            parts += ["dir=back", f"arrowtail={head}"] if arrow.backward else []
            parts += ["style=dashed"] if arrow.faint else []
            parts += [f"penwidth={0.8 + 1.4 * arrow.strength:.1f}", f"tooltip={_quoted(arrow.told or arrow.label)}"]
            yield f"  {_quoted(arrow.start)} -> {_quoted(arrow.end)} [{', '.join(parts)}];"
        if self.column:
            yield f"  {{rank=same; {' -> '.join(map(_quoted, self.column))} [style=invis]}}"
        yield "}"

    def mermaid(self) -> str:
        """Give the picture as a Mermaid flowchart."""
        return "\n".join(self._mermaid_lines()) + "\n"

    def _mermaid_lines(self) -> Iterator[str]:
        yield f'---\ntitle: "{self.title.replace(chr(34), chr(39))}"\n---\nflowchart LR'
        names = {node.id: f"n{number}" for number, node in enumerate(self.nodes)}
        for node in self.nodes:
            left, right = _MERMAID_SHAPES.get(_KINDS.get(node.category, _OTHER)[1], ("[", "]"))
            yield f'  {names[node.id]}{left}"{_entities(node.label)}"{right}:::{node.category or "Other"}'
        for arrow in self.arrows:
            start, end = (arrow.end, arrow.start) if arrow.backward else (arrow.start, arrow.end)
            line = {1: "-->", -1: "--x"}.get(arrow.sign or 0, "-->")
            line = "-.->" if arrow.faint else line
            yield f'  {names[start]} {line}|"{_entities(arrow.label)}"| {names[end]}'
        for category in dict.fromkeys(node.category or "Other" for node in self.nodes):
            yield f"  classDef {category} fill:{_KINDS.get(category, _OTHER)[0]},stroke:#333,color:#000"
        for number, arrow in enumerate(self.arrows):
            yield f"  linkStyle {number} stroke:{_SIGNS.get(arrow.sign or 0, _PLAIN)[0]}"

    def _legend(self) -> str:
        kinds = dict.fromkeys(_KINDS.get(node.category, _OTHER) for node in self.nodes)
        cells = [f'<TD BGCOLOR="{fill}" BORDER="1"> {name} </TD>' for fill, _, name in kinds]
        signs = dict.fromkeys(_SIGNS.get(arrow.sign or 0, _PLAIN) for arrow in self.arrows)
        heads = {"normal": "--&gt;", "tee": "--|", "vee": "--&gt;"}
        cells += [f'<TD><FONT COLOR="{color}"><B>{heads[head]}</B> {name}</FONT></TD>' for color, head, name in signs]
        cells.append("<TD>thicker: better supported</TD>")
        if any(arrow.faint for arrow in self.arrows):
            cells.append("<TD>dashed: disputed, or only observed</TD>")
        table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{}">'
        key = f"{table.format(4)}<TR>{''.join(cells)}</TR></TABLE>"
        caption = (html.escape(line) for line in textwrap.wrap(self.caption, _LINE))
        words = [f"<B>{html.escape(self.title)}</B>", key, *caption, NOT_ADVICE]
        rows = "".join(f'<TR><TD ALIGN="LEFT">{text}</TD></TR>' for text in words)
        return f"<{table.format(1)}{rows}</TABLE>>"


_MERMAID_SHAPES = {"ellipse": ("([", "])"), "hexagon": ("{{", "}}"), "octagon": ("[[", "]]")}


def _graphviz(dot: str, format: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise MissingProgram("dot", "Graphviz", "https://graphviz.org/download, or apt-get install graphviz")
    options = ["-Gdpi=144"] if format == "png" else []
    try:
        done = subprocess.run([program, f"-T{format}", *options], input=dot.encode(), capture_output=True, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ExportError(f"Graphviz took longer than {_SECONDS:g} seconds. Draw a smaller picture.") from error
    if done.returncode:
        raise ExportError(f"Graphviz could not draw the picture: {done.stderr.decode(errors='replace').strip()}.")
    return done.stdout


def _wrapped(text: str) -> str:
    width = _WIDTH if len(text) < 4 * _WIDTH else _WIDER
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [text])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _entities(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
