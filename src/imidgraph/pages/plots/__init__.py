"""Plots: how often an effect was seen, when drugs were approved and what they do to whom, as SVG and as a table.

Each plot is drawn from statements alone. It needs neither scripts nor styles: colors and sizes are presentation attributes,
which a stylesheet may override by the classes ``plot-...``.
"""

from imidgraph.pages.plots.dots import dots
from imidgraph.pages.plots.matrix import matrix
from imidgraph.pages.plots.plot import Plot
from imidgraph.pages.plots.timeline import timeline

__all__ = ["Plot", "dots", "matrix", "timeline"]
