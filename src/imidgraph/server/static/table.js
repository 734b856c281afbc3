// Tables: sorted, filtered, paged, and with the columns that one wants. Without this script they are whole, or the server does the same.
(() => {
  const PAGE = 50, FEWEST = 4, MOST_VALUES = 15;
  const make = (name, values = {}, ...inside) => {
    const element = Object.assign(document.createElement(name), values);
    element.append(...inside);
    return element;
  };
  const text = (cell) => (cell?.textContent ?? "").replace(/\s+/g, " ").trim();
  const compare = (one, other) => {
    const [a, b] = [parseFloat(one.replace(/,/g, "")), parseFloat(other.replace(/,/g, ""))];
    return /^[\d.,]/.test(one) && /^[\d.,]/.test(other) && a !== b ? a - b : one.localeCompare(other, "en", { numeric: true });
  };
  const select = (title, counts) => {
    const chosen = make("select", {}, make("option", { value: "", textContent: "all" }));
    for (const [value, number] of [...counts].sort(([one], [other]) => compare(one, other)))
      chosen.append(make("option", { value, textContent: `${value.length > 60 ? `${value.slice(0, 57)}...` : value} (${number})` }));
    return [make("label", {}, `${title} `, chosen), chosen];
  };
  const count = (rows, values) => {
    const counts = new Map();
    for (const row of rows) for (const value of values(row)) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    return counts;
  };

  // which columns are shown: for every table, also for one that the server sorts and filters
  function columns(table, tools) {
    const heads = [...table.tHead.rows[0].cells];
    if (heads.length < 4) return;
    const box = make("div");
    heads.forEach((head, place) => {
      const input = make("input", { type: "checkbox", checked: true });
      input.addEventListener("change", () => {
        for (const row of table.rows) row.cells[place]?.classList.toggle("off", !input.checked);
      });
      box.append(make("label", {}, input, text(head)));
    });
    tools.append(make("details", {}, make("summary", { textContent: "Columns" }), box));
  }

  // a table that is whole: its rows are sorted, filtered and paged here
  function rows(table, tools, number) {
    const body = table.tBodies[0];
    let order = [...body.rows];
    const words = make("input", { type: "search", id: `filter-${number}` });
    tools.append(make("label", {}, "Only rows with ", words));
    const facets = [];
    const facet = (title, values) => {
      const counts = count(order, values);
      if (counts.size < 2 || counts.size > Math.min(MOST_VALUES, order.length / 2)) return;
      const [label, chosen] = select(title, counts);
      facets.push((row) => !chosen.value || values(row).includes(chosen.value));
      chosen.addEventListener("change", () => show(0));
      tools.append(label);
    };
    const heads = [...table.tHead.rows[0].cells];
    if (order.length >= 8) {
      heads.forEach((head, place) => facet(text(head), (row) => [text(row.cells[place])]));
      facet("Marked", (row) => [...new Set([...row.querySelectorAll(".doubt, .box")].map(text))]);
    }
    const told = make("span", { className: "aside" });
    told.setAttribute("role", "status");
    tools.append(told);
    const [back, on] = ["Previous", "Next"].map((name) => make("button", { type: "button", textContent: name }));
    const place = make("span");
    const pager = make("nav", { className: "pager", hidden: true }, back, place, on);
    pager.setAttribute("aria-label", "pages of the table");
    (table.closest(".scroll") ?? table).after(pager);
    let page = 0;

    const show = (wanted) => {
      const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const left = order.filter((row) => {
        const content = row.textContent.toLowerCase();
        return asked.every((word) => content.includes(word)) && facets.every((fits) => fits(row));
      });
      const pages = Math.max(1, Math.ceil(left.length / PAGE));
      page = Math.min(Math.max(wanted, 0), pages - 1);
      const kept = new Set(left);
      const shown = new Set(left.slice(page * PAGE, (page + 1) * PAGE));
      for (const row of order) {
        row.hidden = !kept.has(row);
        row.classList.toggle("later", kept.has(row) && !shown.has(row));
      }
      told.textContent = left.length < order.length ? `${left.length} of ${order.length} rows` : "";
      pager.hidden = pages < 2;
      place.textContent = `Page ${page + 1} of ${pages}`;
      back.disabled = page === 0;
      on.disabled = page === pages - 1;
    };
    words.addEventListener("input", () => show(0));
    back.addEventListener("click", () => show(page - 1));
    on.addEventListener("click", () => show(page + 1));
    heads.forEach((head, column) => {
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        order = order.toSorted((one, other) => compare(text(one.cells[column]), text(other.cells[column])) * (down ? -1 : 1));
        body.append(...order);
        show(0);
      });
      head.append(button);
    });
    show(0);
  }

  document.querySelectorAll("table[data-table]").forEach((table, number) => {
    const served = table.dataset.table === "served";
    if (table.tBodies[0].rows.length < FEWEST) return;
    const form = served && table.closest(".scroll").parentElement.querySelector("form.filter");
    const tools = form || make("div", { className: "filter" });
    if (!served) rows(table, tools, number);
    columns(table, tools);
    if (!form && tools.children.length) (table.closest(".scroll") ?? table).before(tools);
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest(".filter details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".filter details[open]")) if (!open.contains(event.target)) open.open = false;
  });
})();
