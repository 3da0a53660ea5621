// @ts-check
// A placeholder until the engine comes.
/** @type {Record<string, unknown>} */
export const kinds = {};
/** @param {Record<string, unknown>} more */
export const register = (more) => { Object.assign(kinds, more); };
