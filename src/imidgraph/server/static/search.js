// Names as you type: a combobox over the search of the server. Without this script the same form asks the search page.
(() => {
  const form = document.querySelector("form[data-suggest]");
  if (!form) return;
  const input = form.querySelector("input");
  const list = document.createElement("ul");
  Object.assign(list, { id: "options", className: "options", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Names in the graph");
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "options" }))
    input.setAttribute(name, value);
  let chosen = -1, latest = 0, waiting;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    chosen = (place + list.children.length) % list.children.length;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
  };
  const show = (rows) => {
    list.replaceChildren(...rows.map((row, at) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `option-${at}`, textContent: row.label });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.name = row.entity;
      const kind = document.createElement("span");
      Object.assign(kind, { className: "aside", textContent: ` ${row.category.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}` });
      if (row.matched.toLowerCase() !== row.label.toLowerCase()) kind.textContent += `, also called ${row.matched}`;
      item.append(kind);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); go(item); });
      return item;
    }));
    list.hidden = !rows.length;
    input.setAttribute("aria-expanded", String(!!rows.length));
  };
  const go = (item) => {
    const root = form.action.replace(/search$/, "");
    const [prefix, ...rest] = item.dataset.name.split(":");
    location.assign(root + (prefix === "imid" ? encodeURIComponent(rest.join(":")) : `sources/${encodeURI(item.dataset.name)}`));
  };
  const ask = async () => {
    const words = input.value.trim();
    if (words.length < 2) return close();
    const mine = ++latest;
    try {
      const answer = await fetch(`${form.dataset.suggest}?words=${encodeURIComponent(words)}&limit=7`, { headers: { accept: "application/json" } });
      if (answer.ok && mine === latest) show((await answer.json()).rows);
    } catch { close(); }
  };
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(chosen + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); go(list.children[chosen]); }
  });
})();
