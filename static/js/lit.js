// The one door to lit-html: pages import from here, so that the vendored copy is named in one place.
// What phones load too, and what it imports, stands in lit-core.js.

export * from './lit-core.js';
export { repeat } from '../vendor/lit-html/directives/repeat.js';
export { live } from '../vendor/lit-html/directives/live.js';
export { classMap } from '../vendor/lit-html/directives/class-map.js';
export { styleMap } from '../vendor/lit-html/directives/style-map.js';
export { ref, createRef } from '../vendor/lit-html/directives/ref.js';

/** @typedef {import('../vendor/lit-html/lit-html.js').TemplateResult} TemplateResult */
/** @typedef {TemplateResult | typeof import('../vendor/lit-html/lit-html.js').nothing | string} View what a view may give */
