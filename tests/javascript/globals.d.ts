// What the scripts find on pages that are other people's, as far as we use it.

/** Backbone's model, as nbgrader's formgrader has it. */
interface FormgraderModel {
  url(): string;
  get(name: string): any; // points or a comment
  pick(names: string[]): Record<string, unknown>;
  save(values?: Record<string, unknown>): void;
}
/** nbgrader's GradeUI and CommentUI. Only the first has `$score` and `$extra_credit`, only the second `$comment`. */
interface FormgraderView {
  model: FormgraderModel;
  el: HTMLElement;
  $score: HTMLInputElement[];
  $extra_credit: HTMLInputElement[];
  $comment: HTMLTextAreaElement[];
  initialize(): void;
  render(): void;
  save(): void;
  listenTo(model: FormgraderModel, event: string, call: (model: FormgraderModel, reply?: { status: number }) => void): void;
}
declare var GradeUI: { prototype: FormgraderView } | undefined;
declare var CommentUI: { prototype: FormgraderView } | undefined;
interface FormgraderReply {
  getResponseHeader(name: string): string | null;
  setRequestHeader(name: string, value: string): void;
}
/** jQuery, as formgrader has it. */
declare var jQuery: {
  (of: Document): { on(event: "ajaxComplete", call: (event: unknown, reply: FormgraderReply) => void): void };
  ajaxPrefilter(call: (options: unknown, own: unknown, request: FormgraderReply) => void): void;
} | undefined;

/** JupyterLab's table of prebuilt extensions. */
declare var _JUPYTERLAB: Record<string, { init(scope: JupyterScope): void; get(module: string): Promise<() => object> }> | undefined;
type JupyterScope = Record<string, Record<string, { loaded?: number; get(): Promise<() => any> }>>;
interface JupyterSignal<Change> {
  connect(call: (sender: unknown, change: Change) => void): void;
}
interface JupyterContents {
  get(path: string): Promise<{ content: { type: string; name: string }[] }>;
}
/** JupyterLab's NotebookPanel. */
interface JupyterPanel {
  context: { path: string; ready: Promise<void>; model: { dirty: boolean; stateChanged: JupyterSignal<{ name: string; newValue: unknown }> } };
  content: {
    node: HTMLElement;
    mode: string;
    widgets: { node: HTMLElement; model: { type: string; sharedModel: { getSource(): string } } }[];
    scrollToItem(index: number, align: string): Promise<void>;
  };
  model: { getMetadata(name: string): any } | null;
  revealed: Promise<void>;
  addClass(name: string): void;
  sessionContext: {
    ready: Promise<void>;
    session: { kernel: object | null } | null;
    kernelDisplayStatus: string;
    restartKernel(): Promise<void>;
    changeKernel(options: { name: string }): Promise<unknown>;
    statusChanged: JupyterSignal<string>;
    kernelChanged: JupyterSignal<{ newValue: object | null }>;
  };
}
/** What stands somewhere in JupyterLab's shell; a menu bar has menus. */
interface JupyterPart {
  id: string;
  title: { className: string };
  menus?: JupyterPart[];
  hasClass(name: string): boolean;
}
interface JupyterApp {
  shell: { widgets(area: string): Iterable<JupyterPart>; currentWidget: JupyterPart | null; currentChanged: JupyterSignal<unknown>; collapseLeft?(): void };
  docRegistry: { addWidgetExtension(name: "Notebook", extension: { createNew(panel: JupyterPanel): void }): void };
  serviceManager: { contents: JupyterContents };
}
