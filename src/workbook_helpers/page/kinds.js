// @ts-check
// The kinds that a page knows; tests/javascript/build.py puts every file of kinds/ in.

/** @type {Record<string, import("./types.js").Kind<any, any>>} */
export const kinds = {};

/** @param {typeof kinds} found */
export const register = (found) => { Object.assign(kinds, found); };
