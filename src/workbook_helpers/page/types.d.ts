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
}
export interface Part {
  id: string;
  text: string;
}
export interface Gap {
  id: string;
  options: Part[];
  size: number;
}
export interface StoryChoice extends Part {
  reply: string;
  then?: string;
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

// Frame and kind.

export interface Ctx {
  /** Unique on the page. */
  uid: string;
  /** To be called when the student changed something. */
  changed(delay_ms: number): void;
  /** The answer to another question of the page as it stands on disk, null before it is known. */
  answerOf(id: string): unknown;
}
export interface Body<Answer> {
  node: HTMLElement;
  get(): Answer | null;
  set(value: Answer | null): void;
  words(value: Answer | null): string;
  /** Whether an answer says nothing, where `isBlank` of the frame is not the rule. */
  blank?(value: Answer | null): boolean;
}
/** A kind as the frame has it. */
export interface Kind<Item extends Spec, Answer> {
  build(spec: Item, ctx: Ctx): Body<Answer>;
}

export type State = "unknown" | "clean" | "saved" | "dirty" | "saving" | "unsaved" | "refused" | "conflict" | "offered";
export type Happening = "edit" | "empty" | "stored" | "offer" | "differ" | "send" | "fail" | "refuse" | "keep";

/** What Python last acknowledged. */
export interface Seen<Answer> {
  value: Answer | null;
  revision: number;
}
/** An answer on disk. */
export interface Stored<Answer> extends Seen<Answer> {
  saved_at: string;
  /** What was there before another program put back an older file. */
  other?: Stored<Answer> | null;
  final?: boolean;
  held?: boolean;
}
export interface Draft<Answer> {
  value: Answer | null;
  base: number;
  was: Answer | null;
  at: number;
  by: string;
  held: boolean;
  visit?: string;
}
export interface Note {
  verdict: "right" | "wrong" | "missed";
  part: string;
  text: string;
}
/** What Python says to a question (widgets/question.py). */
export type Message<Answer> =
  | ({ do: "state" } & Stored<Answer>)
  | ({ do: "saved" | "conflict"; seq: number } & Stored<Answer>)
  | { do: "problem"; seq: number; text: string }
  | { do: "refused"; seq: number }
  | { do: "response"; text: string }
  | { do: "response"; text?: undefined; right: boolean; notes: Note[] };
export interface QuestionTraits<Item, Answer> {
  spec: Item;
  label: { id: string } & Values;
  start: Stored<Answer> | object;
  scope: string;
  learner: string;
}
/** What the questions of one copy of a workbook share. */
export interface Shared {
  unsaved: Set<string>;
  answers: Map<string, unknown>;
  held: boolean;
}
