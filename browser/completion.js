// What a query can go on with: keywords, prefixes, variables, classes and properties, and entities by any of their names.
const KEYWORDS = `SELECT DISTINCT WHERE CONSTRUCT ASK DESCRIBE PREFIX OPTIONAL FILTER UNION MINUS VALUES BIND AS GRAPH EXISTS NOT IN
GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR REGEX CONTAINS STRSTARTS STRENDS LCASE
UCASE STR LANG DATATYPE BOUND IF COALESCE REPLACE SUBSTR CONCAT YEAR MONTH DAY`.split(/\s+/);
const SIMPLE = /^\w(?:[\w.-]*[\w-])?$/; // a local name that needs no escape
const KINDS = { Class: "class", ObjectProperty: "relation", DatatypeProperty: "property", AnnotationProperty: "property" };
const MOST = 60;

export function completion(termsAddress, searchAddress) {
  let known;
  const load = () => (known ??= fetch(termsAddress, { headers: { accept: "application/json" } }).then((answer) => answer.json()));

  const entities = async (words, signal) => {
    const answer = await fetch(`${searchAddress}?words=${encodeURIComponent(words)}&limit=12`, { headers: { accept: "application/json" }, signal });
    return answer.ok ? (await answer.json()).rows : [];
  };

  const written = (name, prefixes) => {
    const [prefix, ...rest] = name.split(":");
    const local = rest.join(":");
    return SIMPLE.test(local) || !prefixes[prefix] ? name : `<${prefixes[prefix]}${local}>`;
  };

  return async (context) => {
    const word = context.matchBefore(/[?$]?[\w.-]*:?[\w.-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const line = context.state.doc.lineAt(word.from);
    const before = line.text.slice(0, word.from - line.from);
    if (/#|["'][^"']*$/.test(before) || /<[^>]*$/.test(before)) return null;
    const typed = word.text.toLowerCase();
    if (/^[?$]/.test(typed)) return { from: word.from, options: variables(context.state, word), filter: false };

    const stop = new AbortController();
    context.addEventListener("abort", () => stop.abort());
    const { prefixes, terms } = await load();
    if (/\bprefix\s+$/i.test(before))
      return { from: word.from, options: Object.entries(prefixes).map(([name, iri]) => ({ label: `${name}:`, apply: `${name}: <${iri}>`, detail: iri })) };

    const [prefix, local] = typed.includes(":") ? [typed.split(":")[0], typed.slice(typed.indexOf(":") + 1)] : [null, typed];
    const fits = (name, label) => {
      const [own, ...rest] = name.toLowerCase().split(":");
      if (prefix !== null && own !== prefix) return 0;
      const end = rest.join(":");
      return end.startsWith(local) ? 3 : end.includes(local) || label.toLowerCase().includes(local) ? 1 : 0;
    };
    const wanted = /\sa\s+$/.test(before) ? (kind) => kind === "Class" : () => true;
    const options = terms
      .filter((term) => wanted(term.kind))
      .map((term) => ({ term, fit: fits(term.name, term.label) }))
      .filter(({ fit }) => fit)
      .map(({ term, fit }) => ({
        label: term.name, apply: written(term.name, prefixes), detail: `${KINDS[term.kind]}: ${term.label}`, info: term.definition || null, type: "term", boost: fit,
      }));
    if (prefix === null) {
      for (const each of KEYWORDS) if (typed && each.toLowerCase().startsWith(typed)) options.push({ label: each, type: "keyword", boost: 4 });
      for (const each of Object.keys(prefixes)) if (each.toLowerCase().startsWith(typed)) options.push({ label: `${each}:`, detail: "prefix", boost: 2 });
    }
    if (local.length > 2 && (prefix === null || prefix === "imid") && wanted("Entity")) {
      try {
        for (const { entity, label, category, matched } of await entities(local.replace(/[-_.]+/g, " "), stop.signal)) {
          if (prefix !== null && !entity.startsWith("imid:")) continue;
          const also = matched.toLowerCase() === label.toLowerCase() ? "" : `, also ${matched}`;
          const detail = `${category.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}: ${label}${also}`;
          options.push({ label: entity, apply: written(entity, prefixes), detail, boost: fits(entity, label) || 0.5 });
        }
      } catch (error) {
        if (error.name === "AbortError") return null;
      }
    }
    const once = [...new Map(options.map((option) => [option.label, option])).values()];
    once.sort((one, other) => (other.boost ?? 0) - (one.boost ?? 0) || one.label.length - other.label.length || one.label.localeCompare(other.label));
    return once.length ? { from: word.from, options: once.slice(0, MOST).map(({ boost, ...option }) => option), filter: false } : null;
  };
}

function variables(state, word) {
  const text = state.doc.toString();
  const rest = text.slice(0, word.from) + text.slice(word.to);
  const names = new Set((rest.match(/[?$]\w+/g) ?? []).map((name) => `?${name.slice(1)}`));
  const typed = word.text.slice(1).toLowerCase();
  return [...names].filter((name) => name.slice(1).toLowerCase().startsWith(typed)).sort().map((label) => ({ label, detail: "variable" }));
}
