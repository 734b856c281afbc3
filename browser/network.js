// The network of a page, to be moved, opened and read: drawn over the picture and the lists that say the same without this script.
import cytoscape from "cytoscape";

// Paul Tol's light scheme for the kinds, Okabe and Ito's blue and vermilion for what is raised and lowered, as in the pictures
const KINDS = {
  Drug: ["#77AADD", "round-rectangle"], Regimen: ["#99DDFF", "round-rectangle"], Protein: ["#EEDD88", "ellipse"],
  ProteinComplex: ["#EEDD88", "hexagon"], BiologicalProcess: ["#BBCC33", "round-rectangle"], CellType: ["#AAAA00", "ellipse"],
  Disease: ["#EE8866", "octagon"], AdverseEffect: ["#FFAABB", "diamond"], ResistanceMechanism: ["#DDDDDD", "pentagon"],
  ResistanceStrategy: ["#DDDDDD", "pentagon"], DrugClass: ["#FFFFFF", "barrel"],
};
const MOST = 300; // nodes that can be told apart

const LOOSE = { name: "cose", animate: false, nodeDimensionsIncludeLabels: true, nodeRepulsion: () => 12000, idealEdgeLength: () => 110, padding: 24 };

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const looks = () => [
  { selector: "node", style: {
    label: "data(label)", color: color("--ink"), "background-color": (node) => (KINDS[node.data("category")] ?? ["#FFFFFF"])[0],
    shape: (node) => (KINDS[node.data("category")] ?? ["", "ellipse"])[1], width: 22, height: 22, "border-width": 1.5, "border-color": "#555555",
    "font-size": 11, "text-wrap": "wrap", "text-max-width": 120, "text-valign": "bottom", "text-margin-y": 4,
    "text-background-color": color("--card"), "text-background-opacity": 0.85, "text-background-padding": 1, "min-zoomed-font-size": 7 } },
  { selector: "node[?end]", style: { width: 34, height: 34, "border-width": 3, "border-color": color("--accent"), "font-weight": "bold", "font-size": 13 } },
  { selector: "edge", style: {
    width: 1.6, "line-color": "#8a949a", "curve-style": "bezier", "target-arrow-shape": "vee", "target-arrow-color": "#8a949a", "arrow-scale": 0.9 } },
  { selector: "edge[sign > 0]", style: { "line-color": "#0072B2", "target-arrow-color": "#0072B2", "target-arrow-shape": "triangle" } },
  { selector: "edge[sign < 0]", style: { "line-color": "#D55E00", "target-arrow-color": "#D55E00", "target-arrow-shape": "tee" } },
  { selector: "edge[?disputed]", style: { "line-style": "dashed" } },
  { selector: ".near edge, edge.near, edge:selected", style: {
    label: "data(label)", "font-size": 9, color: color("--ink"), "text-background-color": color("--card"), "text-background-opacity": 0.9, "text-rotation": "autorotate", width: 2.6, "z-index": 9 } },
  { selector: "node:selected", style: { "border-width": 4, "border-color": color("--accent") } },
  { selector: ".far", style: { opacity: 0.22 } },
];

const make = (name, values = {}, ...inside) => {
  const element = Object.assign(document.createElement(name), values);
  element.append(...inside);
  return element;
};

async function read(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).elements;
}

// the way of a drug leads from left to right, as in the pictures, and on a phone downwards: each kind in lines of its own, as long as fills the place best
const WIDE = 140, HIGH = 76, GAP = 36;

function byKinds(nodes, room) {
  const kinds = new Map();
  const ordered = nodes.toArray().sort((one, other) =>
    one.data("place") - other.data("place") || one.data("kind").localeCompare(other.data("kind")) ||
    Number(other.data("end")) - Number(one.data("end")) || one.data("label").localeCompare(other.data("label")));
  for (const node of ordered) kinds.set(node.data("kind"), [...(kinds.get(node.data("kind")) ?? []), node]);
  const groups = [...kinds.values()];
  const isTall = room.height > room.width;
  const [along, across] = isTall ? [HIGH, WIDE] : [WIDE, HIGH]; // the distance of two lines, and of two things on a line
  const [length, width] = isTall ? [room.height, room.width] : [room.width, room.height];
  const size = (most) => Math.min(
    length / groups.reduce((sum, group) => sum + Math.ceil(group.length / most) * along + GAP, 0),
    width / (Math.min(most, Math.max(...groups.map((group) => group.length))) * across),
  );
  const most = ordered.reduce((best, _, place) => (size(place + 1) > size(best) ? place + 1 : best), 1);
  const positions = {};
  let start = 0;
  for (const group of groups) {
    const lines = Math.ceil(group.length / most);
    const long = Math.ceil(group.length / lines);
    group.forEach((node, place) => {
      const step = place % long;
      const far = start + Math.floor(place / long) * along + (isTall ? 0 : (step % 2) * 28);
      const aside = (step - (long - 1) / 2) * across;
      positions[node.id()] = isTall ? { x: aside, y: far } : { x: far, y: aside };
    });
    start += lines * along + GAP;
  }
  return positions;
}

async function draw(figure) {
  const first = await read(figure.dataset.network);
  if (!first.nodes.length) return;
  const canvas = make("div", { className: "canvas", id: "__________cytoscape_stylesheet" }); // so named, it writes no styles into the page
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `A network of ${first.nodes.length} things. The same is in the lists below.`);
  const panel = make("div", { className: "panel" });
  panel.setAttribute("aria-live", "polite");
  const tools = make("div", { className: "tools" });
  const still = figure.querySelector("img");
  if (still) still.hidden = true;
  figure.prepend(tools, make("div", { className: "stage" }, canvas, panel));

  const network = cytoscape({ container: canvas, elements: first, style: looks(), minZoom: 0.2, maxZoom: 3 });
  const loose = () => network.layout({ ...LOOSE, randomize: true }).run();
  const byKind = () => network.layout({ name: "preset", positions: byKinds(network.nodes(), { width: canvas.clientWidth, height: canvas.clientHeight }), padding: 24 }).run();
  const hasKinds = network.nodes("[place]").nonempty();
  const rest = () => {
    network.elements().removeClass("far near");
    plain(network.nodes());
    panel.replaceChildren(make("p", { className: "aside", textContent: "Choose a thing or a line to read about it. Drag to move, scroll to zoom. Everything drawn is in the lists below, which need no pointer." }));
  };
  const legible = (nodes) => nodes.style({ "font-size": 12 / network.zoom(), "min-zoomed-font-size": 0, "z-index": 99 });
  const plain = (nodes) => nodes.removeStyle("font-size min-zoomed-font-size z-index");
  const near = (part) => {
    network.elements().removeClass("near").addClass("far");
    plain(network.nodes());
    if (part.nodes().length <= 12) legible(part.nodes());
    part.removeClass("far").edges().addClass("near");
  };
  const page = (data, text = data.label) => (data.page ? make("a", { href: data.page, textContent: text }) : make("b", { textContent: text }));

  const open = async (node) => {
    try {
      const more = await read(`${figure.dataset.around}?center=${encodeURIComponent(node.id())}`);
      const room = MOST - network.nodes().length;
      const fresh = more.nodes.filter(({ data }) => network.getElementById(data.id).empty());
      network.add(fresh.slice(0, Math.max(room, 0)).map(({ data }) => ({ group: "nodes", data: { ...data, end: false } })));
      const joined = more.edges.filter(({ data }) => network.getElementById(data.id).empty() && [data.source, data.target].every((end) => network.getElementById(end).nonempty()));
      network.add(joined.map(({ data }) => ({ group: "edges", data })));
      if (fresh.length) byKind();
      tell(node);
      panel.append(make("p", { className: "aside", textContent: room < fresh.length ? `Only ${Math.max(room, 0)} of ${fresh.length} more were added: more could not be told apart.` : `${fresh.length} more.` }));
    } catch (error) {
      panel.append(make("p", { className: "aside", textContent: `Its neighborhood cannot be read now (${error.message}).` }));
    }
  };
  const tell = (node) => {
    near(node.closedNeighborhood());
    const data = node.data();
    const lines = node.connectedEdges().map((edge) => make("li", {}, `${edge.source().data("label")} ${edge.data("label")} ${edge.target().data("label")}`));
    panel.replaceChildren(make("p", { className: "kind", textContent: data.kind }), make("h2", {}, page(data)));
    if (figure.dataset.around && data.kind) {
      const more = make("button", { type: "button", className: "quiet small", textContent: "Show what is around it" });
      more.addEventListener("click", () => open(node));
      panel.append(more);
    }
    panel.append(make("ul", {}, ...lines.slice(0, 12)));
    if (lines.length > 12) panel.append(make("p", { className: "aside", textContent: `and ${lines.length - 12} more` }));
  };
  const explain = (edge) => {
    near(edge.union(edge.connectedNodes()));
    const data = edge.data();
    panel.replaceChildren(
      make("h2", {}, page(edge.source().data()), ` ${data.label} `, page(edge.target().data())),
      make("ul", {}, ...(data.statements ?? []).map(({ text, page: address }) => make("li", {}, `${text} `, make("a", { href: address, textContent: "details" })))),
    );
  };
  network.on("mouseover", "node", ({ target }) => legible(target));
  network.on("mouseout", "node", ({ target }) => plain(target));
  network.on("tap", "node", ({ target }) => tell(target));
  network.on("dbltap", "node", ({ target }) => { if (target.data("page")) location.assign(target.data("page")); });
  network.on("tap", "edge", ({ target }) => explain(target));
  network.on("tap", ({ target }) => { if (target === network) rest(); });

  const tool = (text, action) => {
    const button = make("button", { type: "button", className: "quiet small", textContent: text });
    button.addEventListener("click", action);
    tools.append(button);
  };
  const zoom = (factor) => network.zoom({ level: network.zoom() * factor, renderedPosition: { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 } });
  tool("Zoom in", () => zoom(1.3));
  tool("Zoom out", () => zoom(1 / 1.3));
  tool("Whole network", () => network.fit(undefined, 24));
  if (hasKinds) tool("Arrange by kind", byKind);
  tool("Arrange by links", loose);
  if (still) tool("Still picture", () => { still.hidden = !still.hidden; });
  const kinds = new Map(network.nodes("[category]").map((node) => [node.data("kind"), KINDS[node.data("category")]?.[0] ?? "#FFFFFF"]));
  const legend = make("ul", { className: "legend" });
  for (const [kind, fill] of kinds) {
    const swatch = make("i");
    swatch.style.background = fill;
    legend.append(make("li", {}, swatch, kind));
  }
  figure.querySelector(".stage").after(legend);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => network.style(looks()));
  (hasKinds ? byKind : loose)();
  rest();
  figure.network = network; // for tests and the console
}

for (const figure of document.querySelectorAll("figure[data-network]"))
  draw(figure).catch((error) => figure.append(make("p", { className: "aside", textContent: `The network cannot be drawn here (${error.message}). The lists below have it.` })));
