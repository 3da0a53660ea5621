// What words.js uses of fluent.js, whose own types do not come with it.
export class FluentResource {
  constructor(source: string);
}
export class FluentBundle {
  constructor(locale: string, options: { useIsolating: boolean });
  addResource(resource: FluentResource): Error[];
  hasMessage(id: string): boolean;
  getMessage(id: string): { value: object | null } | undefined;
  formatPattern(pattern: object, values?: Record<string, string | number>): string;
}
