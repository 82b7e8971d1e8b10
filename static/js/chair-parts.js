// Small views of the chair's page.

/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, nothing, svg } from './lit.js';
import { language, t } from './i18n.js';

/** What was refused, said where the finger was. @param {Desk} desk @param {string} where @returns {View} */
export const said = (desk, where) =>
  desk.note?.where === where ? html`<p class="said" role="alert" data-n=${desk.note.n}>${desk.note.text}</p>` : nothing;

const PATHS = {
  up: 'M12 19V6m-6 6 6-6 6 6',
  down: 'M12 5v13m-6-6 6 6 6-6',
  remove: 'M6 6l12 12M18 6 6 18',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  screen: 'M3 5h18v11H3zM9 20h6m-3-4v4',
  phone: 'M8 3h8v18H8zm3 15h2',
  message: 'M4 5h16v11H10l-4 4v-4H4z',
  chart: 'M5 20V11m7 9V4m7 16v-6',
  order: 'M4 7h9M4 12h6M4 17h3m10-11v12m-3-3 3 3 3-3',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  swap: 'M7 8h12m-3-3 3 3-3 3M17 16H5m3-3-3 3 3 3',
  plus: 'M12 5v14M5 12h14',
  key: 'M4 7h16v10H4zM8 11h.01M12 11h.01M16 11h.01M9 14h6',
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${svg`<path d=${PATHS[name]}></path>`}</svg>`;

/** @typedef {{value: string, label: View, name?: string}} Choice */

/**
 * One of several, each a button: what is pressed is what holds.
 * @param {string} label
 * @param {Choice[]} choices
 * @param {string} value
 * @param {(value: string) => void} choose
 * @param {boolean} off
 */
export const segments = (label, choices, value, choose, off) => html`<div class="segments" role="group" aria-label=${label}>
  ${choices.map(
    (c) => html`<button
      class="segment"
      type="button"
      aria-pressed=${c.value === value}
      aria-disabled=${off}
      @click=${() => c.value !== value && choose(c.value)}
    >
      ${c.label}${c.name ? html` <span class="visually-hidden">(${c.name})</span>` : nothing}
    </button>`,
  )}
</div>`;

/** @param {string} label @param {boolean} on @param {(on: boolean) => void} set @param {boolean} [off] */
export const toggle = (label, on, set, off = false) => html`<button class="toggle" type="button" role="switch" aria-checked=${on} aria-disabled=${off} @click=${() => set(!on)}>
  <span class="toggle-mark" aria-hidden="true"></span><span>${label}</span>
</button>`;

/** Made once for a language and unit: a long list needs them often. @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {'hour' | 'minute' | 'second'} unit @param {Intl.NumberFormatOptions} [options] */
function format(unit, options) {
  const key = `${language()} ${unit} ${options?.unitDisplay}`;
  const known = formats.get(key);
  if (known) return known;
  const locale = language() === 'ar' ? 'ar-u-nu-latn' : language(); // digits as in the countdown
  const made = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', ...options });
  formats.set(key, made);
  return made;
}

/** A number of minutes, short: "4 min", "3 hr 10 min". @param {number} count */
export const minutes = (count) => (count < 100 ? format('minute').format(count) : `${format('hour').format(Math.floor(count / 60))} ${format('minute').format(count % 60)}`);

/** A number of seconds with its sign, short: "+30s". Sign and number stay together and left to right, whatever letter stands beside them. @param {number} count */
export function seconds(count) {
  const parts = format('second', { unitDisplay: 'narrow', signDisplay: 'exceptZero' }).formatToParts(count);
  const number = parts.filter((p) => p.type !== 'literal' && p.type !== 'unit').map((p) => p.value.replace(/[\u061c\u200e\u200f]/g, '').replace('-', '−'));
  const rest = (/** @type {'before' | 'after'} */ side) => {
    const at = parts.findIndex((p) => p.type === 'integer');
    return parts.filter((p, i) => (p.type === 'literal' || p.type === 'unit') && (side === 'before' ? i < at : i > at)).map((p) => p.value);
  };
  return [...rest('before'), '\u2066', ...number, '\u2069', ...rest('after')].join('');
}

/** How long somebody waits. @param {number} ms */
export const waited = (ms) => (ms < 60_000 ? t('chair.wait_new') : minutes(Math.floor(ms / 60_000)));

/** How long something took: "42 sec", then in minutes. @param {number} ms */
export const duration = (ms) => (ms < 100_000 ? format('second').format(Math.round(ms / 1000)) : minutes(Math.round(ms / 60_000)));
