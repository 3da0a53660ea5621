// @ts-check
// A map of the people around one person. The answer is {person id: {kind: id, share: id}}; what is not chosen yet is not in it.
import { isObject, marked, partOf, respond, textOf } from "../answers.js";
import { cards } from "../cards.js";
import { h } from "../dom.js";
import { segments } from "../segments.js";
import { say } from "../words.js";
/** @import { Kind, Note, Part, Spec } from "../types.js" */
/** @typedef {Spec & { person: string, people: (Part & { kind?: string, share?: string })[], kinds: Part[], shares: Part[] }} Item */
/** @typedef {{ kind?: string, share?: string }} Chosen */
/** @typedef {Record<string, Chosen>} Answer */

const DASHES = ["", "11 6", "2 6", "", "14 5 2 5"]; // line styles of the kinds, in the item's order; the fourth is a double line
const DOUBLE = 3;
const NARROW = 520; // below this width of the map, px, names would be too small to read: numbers stand for them

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string | number>} props @param {(Node | string)[]} kids
 */
function s(tag, props = {}, ...kids) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...kids);
  return node;
}

/** Break a text into at most `most` lines of about `width` characters. @param {string} text @param {number} width @param {number} most */
function lines(text, width, most) {
  const made = [""];
  for (const word of text.split(/\s+/)) {
    const last = made[made.length - 1];
    if (!last || last.length + word.length < width) made[made.length - 1] = last ? `${last} ${word}` : word;
    else made.push(word);
  }
  return made.length > most ? [...made.slice(0, most - 1), `${made[most - 1].slice(0, width - 1)}…`] : made;
}

/** Draw the line of a kind; none before it is chosen. @param {number} kind @param {Record<string, number>} ends */
function stroke(kind, ends) {
  if (kind < 0) return [];
  const line = s("line", { ...ends, class: "wb-relationships-wide", "stroke-width": kind === DOUBLE ? 8 : 3.5, "stroke-dasharray": DASHES[kind], "stroke-linecap": "butt" });
  return kind === DOUBLE ? [line, s("line", { ...ends, class: "wb-relationships-gap" })] : [line];
}

/** @param {Item} spec @param {Chosen} given */
const said = (spec, { kind, share }) =>
  say("relationships-said", { kind: textOf(spec.kinds, kind) ?? say("relationships-open"), share: textOf(spec.shares, share) ?? say("relationships-open") });

/** @type {Kind<Item, Answer>} */
const kind = {
  build(spec, ctx) {
    const { uid } = ctx;
    /** @param {number} kind */
    const letter = (kind) => "ABCDE"[kind];
    /** @param {Part[]} list @param {string | undefined} id */
    const at = (list, id) => list.findIndex((one) => one.id === id);
    /** @param {string} name @param {string} id @param {Part[]} list */
    const pick = (name, id, list) => {
      const chosen = segments(id, list);
      return { ...chosen, node: h("fieldset", { className: "wb-relationships-part" }, h("legend", {}, name), chosen.node) };
    };
    const rows = spec.people.map((one, n) => ({ one, n, cells: [h("td"), h("td")],
      kind: pick(say("relationships-kind"), `${uid}-${one.id}-kind`, spec.kinds), share: pick(say("relationships-share"), `${uid}-${one.id}-share`, spec.shares) }));
    const deck = cards(uid, rows.map(({ one, n, kind, share }) => ({
      ...one, place: say("relationships-place", { n: n + 1, of: rows.length }), choices: [kind.node, share.node],
      done: () => Boolean(kind.get() && share.get()),
      said: () => said(spec, { kind: kind.get(), share: share.get() }),
    })), (n) => say("relationships-count", { n, of: rows.length }), ctx.whole);
    const title = s("title", { id: `${uid}-title` });
    title.textContent = say("relationships-title", { who: spec.person });
    const desc = s("desc", { id: `${uid}-desc` });
    const drawn = s("g");
    const map = s("svg", { class: "wb-relationships-map", role: "img", "aria-labelledby": title.id, "aria-describedby": desc.id }, title, desc, drawn);
    /** @param {number} kind */
    const sample = (kind) => s("svg", { viewBox: "0 0 48 16", "aria-hidden": "true" }, ...stroke(kind, { x1: 0, y1: 8, x2: 48, y2: 8 }));
    const key = h("ul", { className: "wb-relationships-key", "data-wb-silent": "", "aria-label": say("relationships-key") },
      ...spec.kinds.map((kind, n) => h("li", {}, sample(n), h("span", {}, `${letter(n)}: ${kind.text}`))));
    const table = h("table", {}, h("caption", {}, say("relationships-caption", { who: spec.person })),
      h("thead", {}, h("tr", {}, ...[say("relationships-person"), say("relationships-kind-short"), say("relationships-share-short")].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, h("th", { scope: "row" }, `${row.n + 1}. ${row.one.text}`), ...row.cells))));
    const node = h("fieldset", { className: "wb-field", onchange: (event) => { draw(event.target); deck.draw(); ctx.changed(0); } }, h("legend", { className: "wb-stem" }, spec.stem), deck.node, map, key,
      h("details", { className: "wb-relationships-table" }, h("summary", {}, say("relationships-table")), table));

    let wide = true;
    /** @param {EventTarget | null} [touched] */
    function draw(touched) {
      const chosen = rows.map((row) => ({ ...row, at: at(spec.kinds, row.kind.get()), isNew: row.kind.inputs.some((input) => input === touched),
        kindText: textOf(spec.kinds, row.kind.get()) ?? say("relationships-open"), shareText: textOf(spec.shares, row.share.get()) ?? say("relationships-open") }));
      for (const row of chosen) {
        row.cells[0].textContent = row.kindText;
        row.cells[1].textContent = row.shareText;
      }
      desc.textContent = chosen.map((row) => `${row.n + 1}. ${row.one.text}: ${row.kindText}; ${row.shareText}.`).join(" ");
      const [width, height, rx, ry, r, middle] = wide ? [640, 590, 215, 175, 20, 62] : [290, 290, 124, 124, 19, 44];
      const centre = { x: width / 2, y: height / 2 };
      map.setAttribute("viewBox", `0 0 ${width} ${height}`);
      map.style.maxWidth = `${width}px`;
      const made = chosen.map((row) => {
        const angle = -Math.PI / 2 + (2 * Math.PI * row.n) / rows.length;
        const x = centre.x + rx * Math.cos(angle), y = centre.y + ry * Math.sin(angle);
        const half = { x: (x + centre.x) / 2 + (middle - r) * Math.cos(angle) / 2, y: (y + centre.y) / 2 + (middle - r) * Math.sin(angle) / 2 };
        const badge = row.at < 0 ? [] : [s("rect", { x: half.x - 12, y: half.y - 12, width: 24, height: 24, rx: 4 }), words(letter(row.at), half.x, half.y, "wb-relationships-number")];
        // Above the circle in the upper half and below it in the lower one: never on the line to the centre.
        const texts = wide ? [...lines(row.one.text, 22, 3).map((text) => [text, "name"]), ...(row.share.get() ? lines(row.shareText, 26, 2) : []).map((text) => [text, "share"])] : [];
        const first = Math.sin(angle) < -0.1 ? y - r - 9 - 17 * (texts.length - 1) : y + r + 17;
        const beside = texts.map(([text, part], k) => words(text, x, first + 17 * k, `wb-relationships-${part}`));
        return { line: [s("g", { class: row.isNew ? "wb-new" : "" }, ...stroke(row.at, { x1: centre.x, y1: centre.y, x2: x, y2: y }))], dot: [s("circle", { cx: x, cy: y, r, class: row.at < 0 ? "wb-relationships-waits" : "" }), words(String(row.n + 1), x, y, "wb-relationships-number"), ...beside], badge };
      });
      const name = lines(spec.person, wide ? 10 : 7, wide ? 3 : 2);
      drawn.replaceChildren(...made.flatMap((one) => one.line), s("circle", { cx: centre.x, cy: centre.y, r: middle, class: "wb-relationships-centre" }),
        ...name.map((text, k) => words(text, centre.x, centre.y + 5 + 18 * (k - (name.length - 1) / 2), "")), ...made.flatMap((one) => [...one.dot, ...one.badge]));
    }
    /** @param {string} text @param {number} x @param {number} y @param {string} name */
    function words(text, x, y, name) {
      return s("text", { x, y, class: name }, text);
    }
    new ResizeObserver(() => { // a turned phone, or larger text
      const now = (map.parentElement?.clientWidth ?? 0) >= NARROW;
      if (now !== wide) { wide = now; requestAnimationFrame(() => draw()); }
    }).observe(node);
    draw();
    deck.begin();
    return {
      node,
      get: () => Object.fromEntries(rows.map((row) => [row.one.id, Object.fromEntries([["kind", row.kind.get()], ["share", row.share.get()]].filter(([, id]) => id))])
        .filter(([, given]) => Object.keys(given).length)),
      set: (value) => {
        for (const row of rows) {
          const given = partOf(value, row.one.id);
          row.kind.set(given?.kind);
          row.share.set(given?.share);
        }
        draw();
        deck.begin();
      },
      spot: deck.spot,
      end: deck.end,
      fits: (value) => value === null || (isObject(value) && Object.entries(value).every(([id, given]) => spec.people.some((one) => one.id === id)
        && isObject(given) && Object.entries(given).every(([part, chosen]) => (part === "kind" ? spec.kinds : part === "share" ? spec.shares : []).some((one) => one.id === chosen)))),
    };
  },
  words: (spec, value) => spec.people.map((one) => `${one.text}: ${said(spec, partOf(value, one.id) ?? {})}`),
  missing: ({ size = 1 }, value) => size - Object.values(value).filter(({ kind, share }) => kind && share).length,
  respond: (spec, value) => respond(spec.people.map((one) => {
    const given = partOf(value, one.id) ?? {};
    /** @type {Note} */
    const open = { id: one.id, verdict: "missed", part: one.text, text: say("relationships-both") };
    if (!given.kind || !given.share) return open;
    const kind = given.kind === one.kind, share = given.share === one.share;
    const half = kind === share ? "" : `${say(kind ? "relationships-kind-right" : "relationships-share-right")} `;
    return { id: one.id, ...marked(kind && share), part: `${one.text}: ${said(spec, given)}`, text: `${half}${one.feedback ?? ""}` };
  })),
  rightOf: (spec, id) => said(spec, spec.people.find((one) => one.id === id) ?? {}),
  right: (spec) => Object.fromEntries(spec.people.map(({ id, kind = "", share = "" }) => [id, { kind, share }])),
  arrange: (spec, draw) => ({ ...spec, people: draw(spec.people) }),
};

export default kind;
