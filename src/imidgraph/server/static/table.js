// Tables: sort by a column, and filter by words. Without this script they are whole, in the order of the server.
(() => {
  const text = (row, column) => (row.cells[column]?.textContent ?? "").trim();
  const compare = (one, other) => {
    const [a, b] = [parseFloat(one.replace(/,/g, "")), parseFloat(other.replace(/,/g, ""))];
    return /^[\d.,]/.test(one) && /^[\d.,]/.test(other) && a !== b ? a - b : one.localeCompare(other, "en", { numeric: true });
  };
  document.querySelectorAll("table[data-table]").forEach((table, number) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 4) return;
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => {
        const down = cell.getAttribute("aria-sort") === "ascending";
        for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        body.append(...rows.toSorted((a, b) => compare(text(a, column), text(b, column)) * (down ? -1 : 1)));
      });
      cell.append(button);
    });
    const filter = document.createElement("p");
    filter.className = "filter";
    const label = document.createElement("label");
    label.textContent = "Only rows with ";
    const input = document.createElement("input");
    Object.assign(input, { type: "search", id: `filter-${number}` });
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    label.append(input);
    filter.append(label, told);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of rows) {
        const content = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => content.includes(word));
        left += !row.hidden;
      }
      told.textContent = words.length ? `${left} of ${rows.length} rows` : "";
    });
    (table.closest(".scroll") ?? table).before(filter);
  });
})();
