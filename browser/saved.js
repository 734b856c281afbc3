// Queries that a reader keeps: in this browser, and nowhere else.
const PLACE = "imidgraph.queries";

const read = () => {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? found.filter(({ name, text }) => typeof name === "string" && typeof text === "string") : [];
  } catch {
    return [];
  }
};

export function keepQueries(form, view) {
  const part = document.createElement("section");
  part.setAttribute("aria-labelledby", "kept");
  const heading = Object.assign(document.createElement("h2"), { id: "kept", textContent: "Your queries" });
  const told = Object.assign(document.createElement("p"), { className: "aside", textContent: "Kept in this browser only." });
  const list = Object.assign(document.createElement("ul"), { className: "lines" });
  const keep = Object.assign(document.createElement("form"), { className: "filter" });
  const label = Object.assign(document.createElement("label"), { textContent: "Keep the query above as " });
  const name = Object.assign(document.createElement("input"), { required: true, maxLength: 100 });
  const button = Object.assign(document.createElement("button"), { className: "quiet", textContent: "Keep" });
  label.append(name);
  keep.append(label, button);

  const write = (queries) => {
    try {
      localStorage.setItem(PLACE, JSON.stringify(queries));
    } catch {
      told.textContent = "This browser keeps nothing for this page.";
    }
    show();
  };
  const show = () => list.replaceChildren(...read().map(({ name: title, text }) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { textContent: title, href: `${form.action}?query=${encodeURIComponent(text)}` });
    const forget = Object.assign(document.createElement("button"), { type: "button", className: "quiet small", textContent: "Forget" });
    forget.setAttribute("aria-label", `Forget ${title}`);
    forget.addEventListener("click", () => { write(read().filter((each) => each.name !== title)); name.focus(); });
    item.append(link, " ", forget);
    return item;
  }));
  keep.addEventListener("submit", (event) => {
    event.preventDefault();
    const title = name.value.trim();
    if (title) write([...read().filter((each) => each.name !== title), { name: title, text: view.state.doc.toString() }]);
    name.value = "";
  });
  part.append(heading, told, list, keep);
  document.querySelector("main").append(part);
  show();
}
