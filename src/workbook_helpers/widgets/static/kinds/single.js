// Choose one of n.
import { choices, question } from "../frame.js";

export default question({
  build(spec, ctx) {
    const list = choices(spec, ctx, "radio");
    return {
      node: list.node,
      get: () => list.chosen()[0] ?? null,
      set: (value) => list.choose([value]),
      words: (value) => list.words([value]),
    };
  },
});
