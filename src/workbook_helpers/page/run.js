// @ts-check

/** Give a longest run of steps that stand in the right order to each other; other steps may stand between them. Of several always
 * the same one as `longest_run` in items/kinds/order.py, which earns the points.
 * @param {string[]} given @param {string[]} right Step ids, each once; those of `given` are among those of `right`. @returns {string[]} */
export function longestRun(given, right) {
  /** @param {string[][]} runs */
  const longest = (runs) => runs.reduce((best, run) => (run.length > best.length ? run : best), []);
  /** @type {string[][]} */
  const runs = [];
  for (const step of given) {
    runs.push([...longest(runs.filter((run) => right.indexOf(run[run.length - 1]) < right.indexOf(step))), step]);
  }
  return longest(runs);
}
