// The types of what crosses a seam: host, frame, kind, item. No script asks for this file; tsc reads it in tests/core/test_javascript.py.

/** What anywidget gives a script; `get` reads a synced trait. */
export interface Model<Traits, Said = never> {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  on(event: "msg:custom", heard: (message: Said) => void): void;
  on(event: "change" | `change:${string & keyof Traits}`, heard: () => void): void;
  off(event: "msg:custom", heard: (message: Said) => void): void;
  off(event: "change" | `change:${string & keyof Traits}`, heard: () => void): void;
  send(message: object): void;
}
export interface Widget<Traits, Said = never> {
  render(context: { model: Model<Traits, Said>; el: HTMLElement }): Promise<(() => void) | undefined>;
}

export type Kid = Node | string | null | undefined;
export interface Props {
  onclick?: (event: MouseEvent) => unknown;
  onchange?: (event: Event) => unknown;
  oninput?: (event: Event) => unknown;
  onsubmit?: (event: SubmitEvent) => unknown;
  [name: string]: unknown;
}
export type Field = HTMLInputElement | HTMLTextAreaElement;
/** What Fluent puts into a text. */
export type Values = Record<string, string | number>;
export interface Notice {
  id: string;
  at?: string;
  [name: string]: string | undefined;
}

// Items, as `Item.public` gives them (items/base.py and items/kinds/).

export interface Spec {
  id: string;
  kind: string;
  purpose: "practice" | "assessed" | "record" | "private";
  stem: string;
  /** A person gives the points. */
  asks_person?: boolean;
  points: number;
  shuffle: boolean;
}
/** Every part of an item. What is right of it and why are there in practice alone. */
export interface Part {
  id: string;
  text: string;
  feedback?: string;
}
export interface Option extends Part {
  right?: boolean;
}
/** The forms of a typed answer that are accepted, and those that are near enough to be taken for a slip but mean something else. */
export interface Forms {
  accepted: string[];
  not_accepted: string[];
}
export interface Gap {
  id: string;
  options: Part[];
  size: number;
  /** An option's id, or what may be typed. */
  right?: string | Forms;
  feedback?: string;
}
export interface StoryChoice extends Part {
  reply: string;
  right?: boolean;
  to: string;
}
export interface StoryNode extends Part {
  says: string;
  choices: StoryChoice[];
}
export interface Ending {
  id: string;
  title: string;
  person?: string;
  family?: string;
  worker?: string;
  next?: string;
  criterion?: string;
}
/** The patterns of items/privacy.py. */
export interface PrivacyRules {
  patterns: [string, string][];
  date: string;
  pair: string;
  role: string;
  street: string;
  ordinary: string[];
}
/** A number, or what it was before and what it is now. */
export type Rating = number | [number, number];

// Question and kind.

export interface Ctx {
  /** Unique on the page. */
  uid: string;
  /** To be called when the student changed something. */
  changed(delay_ms: number): void;
  /** The answer to another question, of this workbook or of another one, as it stands where answers are kept; null before it is known. */
  answerOf(id: string): unknown;
}
export interface Body<Answer> {
  node: HTMLElement;
  get(): Answer | null;
  set(value: Answer | null): void;
  /** Whether a value is an answer to this question as it is now, where it does not follow from setting it and reading it back. */
  fits?(value: unknown): boolean;
  /** Stop listening: the question is taken off the page. */
  end?(): void;
}
/** Gives parts in the order that this student sees; `name` keeps two lists of one item apart. */
export type Draw = <One extends { id: string }>(parts: One[], name?: string) => One[];
/** What the page knows of a kind. All but `build` is pure: the same value gives the same result, and nothing is shown. */
export interface Kind<Item extends Spec, Answer> {
  build(spec: Item, ctx: Ctx): Body<Answer>;
  /** The answer as plain text, one for each part; the rule of `Item.in_words` (items/base.py). */
  words(spec: Item, value: Answer | null): string[];
  /** Whether an answer says nothing, where `isBlank` is not the rule. */
  blank?(value: Answer | null): boolean;
  /** What a practice item says to an answer that is not blank. */
  respond?(spec: Item, value: Answer): Response;
  /** The item with its parts as this student sees them. */
  arrange?(spec: Item, draw: Draw): Item;
  /** Whether `next` may take the place of `old`: false for what cannot be taken back (`Item.goes_on_from`). */
  goesOn?(spec: Item, old: Answer | null, next: Answer | null): boolean;
  /** Whether a private answer leaves this device, because the student said so. */
  shared?(value: Answer | null): boolean;
}
export interface Note {
  verdict: "right" | "wrong" | "missed";
  part: string;
  text: string;
}
export interface Response {
  right: boolean;
  notes: Note[];
}

// Workbook and host.

/** A workbook as its page has it; made by `Workbook.book` (items/workbook.py), the same for every host. */
export interface Book {
  workbook: string;
  assignment: string;
  title: string;
  /** Which version of the questions this is. */
  release: string;
  class_id: string;
  items: Record<string, Spec>;
  /** Of the items of each, a student gets `draw`, at the places `<id>-1` … */
  pools: { id: string; draw: number; items: string[] }[];
  /** In the tutor's words: what to do with the file that handing in gives. */
  hand_in_words: string;
  hand_in_link: string;
}
export interface Receipt {
  at: string;
  code: string;
  answered: number;
  total: number;
  unanswered: string[];
  learner: string;
  file: string;
  through: "exchange" | "file";
  /** Up to which revision answers were handed in, where the host knows. */
  revision?: number;
}
/** All that a host keeps of one student's copy of a workbook. */
export interface Kept {
  /** Born with the copy; drafts and places in this browser are kept under it. "page-…": nothing can be kept under it. */
  copy: string;
  answers: Record<string, Stored<unknown>>;
  /** Whose copy it is, "" where nobody has said so. */
  learner: string;
  /** Who is likely to sit here, to be offered where the learner's id is asked for. */
  known: string;
  /** What the student's questions and their order come from; "" before that is known. */
  seed: string;
  /** Answers to items of other workbooks that an item looks back at. */
  earlier: Record<string, unknown>;
  notices: Notice[];
  receipts: Receipt[];
}
/** What became of a save. `final`: there is no way from there to what was to be written. */
export type Outcome<Answer> =
  | ({ do: "saved" } & Stored<Answer>)
  | ({ do: "conflict"; final?: boolean } & Stored<Answer>)
  | { do: "refused" };
/** Where the answers behind a page are kept. What it cannot do now, it says by an `Error` whose message a student can read. */
export interface Host {
  /** "disk", "device": which words say that something is saved. */
  place: "disk" | "device";
  /** Read everything once. */
  open(): Promise<Kept>;
  /** Keep an answer, if what stands there is still `base`; `said` is the answer in words, `typed` as in `Stored`. Settled only when it is durable. */
  save(id: string, value: unknown, base: Seen<unknown>, said: string[], typed: Record<string, number>): Promise<Outcome<unknown>>;
  /** Have `heard` called when something changed elsewhere: another window, another program. */
  changed(heard: () => void): void;
  /** Begin, or go on, as this learner. */
  work(learner: string, shared: boolean): Promise<Kept>;
  /** Hand in what stands there, as this learner. Rejects with a `Refusal`. */
  handIn(learner: string): Promise<Kept>;
  /** The student has read the notices of what was mended. */
  seen(): Promise<Kept>;
  /** What to do with a hand-in now: the file, and who gets it. */
  next(receipt: Receipt): HTMLElement[];
  /** The notices that a button helps with: id → what it says and does. */
  acts?(book: import("./workbook.js").Workbook): Record<string, [string, () => void]>;
  /** What stands below the questions, where a host has more to offer: a copy of the work to take away. */
  more?(book: import("./workbook.js").Workbook): { node: HTMLElement; draw(): void };
}
/** Why a hand-in was refused: `about` names the field, `change` offers the questions of another learner. */
export interface Refusal extends Error {
  about?: string;
  change?: boolean;
}

export type State = "unknown" | "clean" | "saved" | "dirty" | "saving" | "unsaved" | "refused" | "conflict" | "offered";
export type Happening = "edit" | "empty" | "stored" | "offer" | "differ" | "send" | "fail" | "refuse" | "keep";

/** What the host last acknowledged. */
export interface Seen<Answer> {
  value: Answer | null;
  revision: number;
}
/** An answer where it is kept. */
export interface Stored<Answer> extends Seen<Answer> {
  saved_at: string;
  /** What was there before another program put back an older file. */
  other?: Stored<Answer> | null;
  /** What it said when it was given, in words. */
  said?: string[];
  /** Visit → the last change of it that went into this answer or those before it. */
  typed?: Record<string, number>;
}
export interface Draft<Answer> {
  value: Answer | null;
  base: number;
  was: Answer | null;
  at: number;
  by: string;
  held: boolean;
  visit?: string;
  /** What was on its way to the host when this was typed. */
  sent?: Answer | null;
  /** Which change of its visit made it. */
  change?: number;
}
