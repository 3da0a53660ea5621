// @ts-check
// A placeholder until the engine comes.
export { kinds as default } from "./kinds.js";
