// The editor of SPARQL: a form whose text area works without this script; it sends what it sent before.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintGutter, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { completion } from "./completion.js";
import { keepQueries } from "./saved.js";

const COLORS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--variable)" },
  { tag: [tags.string, tags.annotation], color: "var(--text)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "var(--number)" },
  { tag: [tags.url, tags.namespace, tags.typeName], color: "var(--name)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const LOOKS = EditorView.theme({
  "&": { background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--soft)", borderRadius: ".5rem", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "32rem", borderRadius: ".5rem" },
  ".cm-content, .cm-gutter": { minHeight: "12rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "var(--card)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
  "&.cm-focused .cm-activeLine": { background: "color-mix(in srgb, var(--tint) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--marked)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { background: "var(--marked)", outline: "1px solid var(--accent)" },
  ".cm-tooltip": { background: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: ".5rem" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: ".88rem", maxHeight: "18rem" },
  ".cm-tooltip-autocomplete > ul > li": { padding: ".25rem .6rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "var(--card)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", opacity: ".8", marginLeft: ".8rem" },
  ".cm-tooltip.cm-completionInfo": { fontFamily: "var(--sans)", fontSize: ".88rem", padding: ".5rem .7rem", maxWidth: "20rem" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", fontSize: ".9rem", padding: ".4rem .7rem" },
  // its own marker is an image inside the style sheet, which the policy of the page does not allow
  ".cm-lint-marker-error, .cm-lint-marker-warning": { content: "normal", background: "var(--warn)", borderRadius: "50%", width: ".6em", height: ".6em", margin: ".4em .2em" },
  ".cm-lint-marker-warning": { background: "var(--doubt)" },
  ".cm-lintRange-error, .cm-lintRange-warning": {
    backgroundImage: "none", textDecoration: "underline wavy var(--warn) 1.5px", textUnderlineOffset: ".2em",
  },
});

// what the server found wrong, until it is changed; then what the grammar does not expect: the server has the last word
const checked = (asked, wrong) => linter((view) => {
  if (view.state.doc.eq(asked)) return wrong;
  const found = [];
  syntaxTree(view.state).iterate({
    enter(node) {
      if (!node.type.isError || found.length) return;
      found.push({ ...placed(view.state, node.from, node.to), severity: "warning", message: "SPARQL expects something else here." });
    },
  });
  return found;
}, { delay: 400 });

// a range that can be seen, on one line: where nothing is at the place, the word before it
function placed(state, place, end = place) {
  const line = state.doc.lineAt(Math.min(place, state.doc.length));
  const rest = line.text.slice(place - line.from);
  if (/^\S/.test(rest)) return { from: place, to: Math.min(Math.max(end, place + rest.match(/^\S+/)[0].length), line.to) };
  const before = line.text.slice(0, place - line.from).trimEnd();
  return { from: line.from + before.length - (before.match(/\S+$/)?.[0].length ?? 0), to: line.from + before.length };
}

function told(state, { line, column, fault }) {
  if (!line || Number(line) > state.doc.lines) return [];
  const { from, to } = state.doc.line(Number(line));
  return [{ ...placed(state, Math.min(from + Number(column) - 1, to)), severity: "error", message: fault }];
}

// where text is typed over other text, Chromium would copy its looks into an inline style, which the policy of the page does not allow
function typeOver(event, view) {
  if (event.inputType !== "insertText" || !event.data || event.isComposing || view.state.selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

function edit(form) {
  const area = form.querySelector("textarea");
  const host = document.createElement("div");
  host.className = "code";
  // style sheets of a shadow root are adopted, not written into the page, whose policy allows no inline styles
  const root = host.attachShadow({ mode: "open" });
  const run = () => (form.requestSubmit(), true);
  const bare = EditorState.create({ doc: area.value });
  const wrong = told(bare, form.dataset);
  const state = EditorState.create({
    doc: bare.doc,
    extensions: [
      lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
      EditorView.lineWrapping, sparql(), syntaxHighlighting(COLORS), LOOKS, lintGutter(), checked(bare.doc, wrong),
      autocompletion({ override: [completion(form.dataset.terms, form.dataset.search)], icons: false, activateOnTypingDelay: 150 }),
      EditorView.contentAttributes.of({ "aria-label": "SPARQL query", "aria-describedby": "keys", autocapitalize: "off" }),
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      keymap.of([
        { key: "Mod-Enter", run, preventDefault: true },
        ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap,
      ]),
    ],
  });
  const view = new EditorView({ state, parent: root, root });
  const keys = document.createElement("p");
  Object.assign(keys, { id: "keys", className: "aside", textContent: "Control+Space completes, Control+Enter runs, Tab leaves the editor." });
  root.append(Object.assign(keys.cloneNode(true), { hidden: true }));
  keys.removeAttribute("id");
  area.hidden = true;
  area.required = false;
  area.after(host);
  form.append(keys);
  form.querySelector("label").addEventListener("click", (event) => { event.preventDefault(); view.focus(); });
  if (wrong.length) {
    view.dispatch({ selection: { anchor: wrong[0].from }, scrollIntoView: true });
    view.focus();
  }
  return view;
}

for (const form of document.querySelectorAll("form[data-editor]")) keepQueries(form, edit(form));
