// The types of what crosses a seam: host, frame, kind, item. No script asks for this file; tsc reads it in tests/core/test_javascript.py.

declare global {
  /** What a page of a site has asked for in its head (early.js), until the page takes it over. */
  var wbAsked: IDBOpenDBRequest | null | undefined;
}

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
  /** The id of the document that it rests on. */
  document?: string;
  /** The practice items of earlier workbooks that it brings back. */
  about?: string[];
  /** How many parts an answer has, where it can be half done. */
  size?: number;
  /** The steps after which a story has ended. */
  ends?: string[];
}
/** How a document is drawn: the name of an element, its attributes, and what is in it (`Document.sheet` in items/documents.py). */
export type Sheet = [string, Record<string, string>, ...(Sheet | string)[]];
export interface Paper {
  title: string;
  sheet: Sheet;
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
  /** Words, with a space between. */
  ordinary: string;
}
/** A number, or what it was before and what it is now. */
export type Rating = number | [number, number];

// Question and kind.

export interface Ctx {
  /** Unique on the page. */
  uid: string;
  /** To be called when the student changed something. */
  changed(delay_ms: number): void;
  /** To be called when the student has come to the end of an answer, part by part: practice says by itself how it went. Whether the focus has gone there. */
  whole(): boolean;
  /** What to warn of while a student writes of people. */
  privacy: PrivacyRules | null;
  /** What the page says of a note that the student does not share, as its host has it. */
  unshared: string;
  /** The answer to another question, of this workbook or of another one, as it stands where answers are kept; null before it is known. */
  answerOf(id: string): unknown;
  /** The last answer before this question to one of its kind in this workbook; null where there is none. */
  before(): unknown;
}
export interface Body<Answer> {
  node: HTMLElement;
  get(): Answer | null;
  set(value: Answer | null): void;
  /** Whether a value is an answer to this question as it is now, where it does not follow from setting it and reading it back. */
  fits?(value: unknown): boolean;
  /** Where a note on the part with this id is shown: at this element's end, which gets a mark. Without one it stands below the question. A spot in the middle of a text lies in an element `.wb-spots`, at whose end its line stands. */
  spot?(id: string): HTMLElement | null | undefined;
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
  /** How many parts of an answer that is not blank are still open, where each entry of it is not a part (`missing` in far.js). */
  missing?(spec: Asked, value: Answer): number;
  /** What is worth a word before a whole answer is handed in, "" for nothing. */
  advice?(spec: Item, value: Answer): string;
  /** What a practice item says to an answer that is not blank. */
  respond?(spec: Item, value: Answer): Response;
  /** The right answer of a practice item. */
  right?(spec: Item): Answer;
  /** What is right for the part of this id, where the part itself stands before the student's eyes. */
  rightOf?(spec: Item, id: string): string | undefined;
  /** Practice says by itself how it went: at a tap, as one is a whole answer, or when nothing of the answer is missing any more. */
  atOnce?: "tap" | "whole";
  /** The item with its parts as this student sees them. */
  arrange?(spec: Item, draw: Draw): Item;
  /** Whether `next` may take the place of `old`: false for what cannot be taken back (`Item.goes_on_from`). */
  goesOn?(spec: Item, old: Answer | null, next: Answer | null): boolean;
  /** Whether a private answer leaves this device, because the student said so. */
  shared?(value: Answer | null): boolean;
}
export interface Note {
  /** Whose note it is: an option, a card, a step, a gap, a decision. */
  id: string;
  verdict: "right" | "wrong" | "missed";
  /** What was chosen for it, in words: told where it does not stand before the student's eyes. */
  part: string;
  /** The sentence speaks of what would be right: it helps with another try. */
  hint?: boolean;
  /** What the mark is called, where "right" and "not this" would not do. */
  mark?: string;
  text: string;
}
export interface Response {
  right: boolean;
  notes: Note[];
  /** How many more there are to find, where a note on each would give them away. */
  missing?: number;
}
/** How practice went: private, kept with the answer, never handed in. */
export interface Tried {
  /** How many different answers were checked. */
  n: number;
  /** The ids of what was right the first time. */
  first: string[];
  /** Whether the answer as it stands is one that was checked. */
  checked: boolean;
  /** Whether the student has asked for the right answer to it. */
  shown: boolean;
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
  /** What questions rest on, by id. */
  documents: Record<string, Paper>;
  /** Of the items of each, a student gets `draw`, at the places `<id>-1` … */
  pools: { id: string; draw: number; items: string[] }[];
  /** In their order; see items/sections.py. */
  sections: Section[];
  /** What to warn of where students write of people; null where they do not. */
  privacy: PrivacyRules | null;
  /** In the tutor's words: what to do with the file that handing in gives. */
  hand_in_words: string;
  hand_in_link: string;
}
/** What stands below one heading: how long it takes, and the places where it asks. */
export interface Section {
  title: string;
  /** The headings that follow in it, where short parts are shown together. */
  more: string[];
  minutes: number;
  items: string[];
}
/** What "My workbooks" needs of an item. */
export type Asked = Pick<Spec, "id" | "kind" | "purpose" | "size" | "ends" | "about">;
/** A workbook on "My workbooks"; made by `Workbook.on_shelf` (items/workbook.py), the same at every door. */
export interface OnShelf extends Pick<Book, "workbook" | "assignment" | "title" | "class_id" | "pools" | "sections"> {
  /** Of a quicker and of a slower reader. */
  minutes: [number, number];
  /** ISO 8601, "" for no date. */
  due: string;
  items: Record<string, Asked>;
  /** Where it opens. */
  href: string;
  /** Where the page's form fetches it, as it is not here yet. */
  fetch?: string;
  /** What the student has of it, where the server knows; else this browser is asked. */
  mine?: Mine;
  /** Why it cannot be opened, in words. */
  fault?: string;
}
/** What is kept of one student's copy, as "My workbooks" shows it. */
export interface Mine {
  copy: string;
  seed: string;
  /** Item → when its answer was saved; blank answers are left out. */
  answered: Record<string, string>;
  /** Those of them that are half done. */
  started: string[];
  /** The newest hand-in. */
  handed: Pick<Receipt, "at" | "through"> | null;
  /** How many tasks a tutor asks for again, and until when (ISO 8601, a day), as long as they are not handed in. */
  again?: { n: number; until: string | null };
  /** The addresses of its receipt and of the newest feedback, and where the page's form looks for newer feedback. */
  receipt?: string;
  feedback?: string;
  look?: string;
}
/** What the tutor asks one learner to look at again (`Referral` in referral.py). */
export interface Referral {
  id: string;
  learner: string;
  attempt: number;
  answers_sha256: string;
  /** ISO 8601, a day. */
  until: string | null;
  tasks: { item: string; missing: string; comment: string; points: number | null }[];
  criteria: { code: string; missing: string }[];
  /** All that was handed in first, by item. */
  answers: Record<string, { value: any; saved_at: string; release?: string }>;
}
export interface Receipt {
  at: string;
  code: string;
  answered: number;
  total: number;
  unanswered: string[];
  /** The stems of those that are half done; a receipt from before this was counted has none. */
  started?: string[];
  learner: string;
  file: string;
  through: "exchange" | "file";
  /** That which a referral has opened, else 1, as in receipts from before there were any. */
  attempt?: number;
  /** Up to which revision answers were handed in, where the host knows. */
  revision?: number;
  /** The student was given the file: a browser does not tell where it is kept. */
  given?: boolean;
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
  earlier: Record<string, Earlier>;
  notices: Notice[];
  /** Of the attempt that is being made. */
  receipts: Receipt[];
  /** Item → what was written to it and is not what was handed in, where a tutor asks to look again. */
  aside?: Record<string, unknown>;
  /** What this learner's tutor asks to be looked at again, and nobody else's. */
  referral?: Referral | null;
  /** Something waits for one learner, so that the page must first know who works here. */
  asks?: boolean;
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
  /** Which text of the catalogue says where a note is kept that the student does not share, and who sees it. */
  unshared: string;
  /** Why it is asked anew who works here, where it is. */
  anew?: "left" | "elsewhere" | "removed" | undefined;
  /** Read everything once. */
  open(): Promise<Kept>;
  /** Keep an answer under a name (`keptAs` in referral.js), if what stands there is still `base`; `said` is the answer in words, `typed` as in `Stored`. Settled only when it is durable. */
  save(name: string, value: unknown, base: Seen<unknown>, said: string[], typed: Record<string, number>): Promise<Outcome<unknown>>;
  /** Keep how practice went with the answer of this revision; the revision stays. */
  tried(id: string, tried: Tried, revision: number): Promise<void>;
  /** Have `heard` called when something changed elsewhere: another window, another program. */
  changed(heard: () => void): void;
  /** Begin, or go on, as this learner. */
  work(learner: string, shared: boolean): Promise<Kept>;
  /** Hand in what stands there, as this learner. Rejects with a `Refusal`. */
  handIn(learner: string): Promise<Kept>;
  /** The student has read the notices of what was mended. */
  seen(): Promise<Kept>;
  /** What to do with a hand-in now, the file first, the way to a receipt on paper, and of what the tutor has its name and what it is, where that is no file. `saved` is called when the student has got the file. */
  next(receipt: Receipt, saved: () => void): { now: HTMLElement[]; paper: HTMLElement; has?: [string, string] };
  /** The notices that a button helps with: id → what it says and does. */
  acts?(book: import("./workbook.js").Workbook): Record<string, [string, () => void][]>;
  /** Whether who works here has signed in, so that handing in does not ask for an ID. */
  signedIn?: boolean;
  /** What the line on what is kept says (`saved-…`) where all of it is kept here, and not yet where the host sends it. */
  line?(): string | undefined;
  /** What stands below the questions, where a host has more to offer: a copy of the work to take away. */
  more?(book: import("./workbook.js").Workbook): { node: HTMLElement; draw(): void };
}
/** What the kernel answers; more in `Session` (jupyter/widgets/session.py). */
export interface KernelSays {
  n: number;
  do: string;
  text?: string;
  about?: string;
  change?: boolean;
}
/** How a page and its kernel speak to each other. */
export interface Way {
  send(message: object): void;
  listen(heard: (said: KernelSays) => void): void;
  /** Have `heard` called when the way is there again after it was lost. */
  back(heard: () => void): void;
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
  /** The version of the questions to which it was given, as far as that is known (`Book.release`). */
  release?: string;
  /** What it said when it was given, in words. */
  said?: string[];
  /** Visit → the last change of it that went into this answer or those before it. */
  typed?: Record<string, number>;
  tried?: Tried | null;
  /** It is kept here, and where the host sends it, it is not taken as it is. */
  refused?: boolean;
}
/** What the page of a later workbook has of an answer (`Saved.brief` in answers/change.py). */
export type Earlier = Pick<Stored<any>, "value" | "saved_at" | "tried">;
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
