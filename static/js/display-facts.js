// What the display shows, decided from the state and the address. Pure.

/** @import { Floor, Join, Panel, State } from './types.js' */
/** @import { Phase } from './countdown.js' */
import { LANGUAGES } from './i18n.js';
import { currentPanel, listOf } from './list.js';

const BUSY = 3; // with so many on the list the room knows how to join
const VIEWS = ['wall', 'timer', 'lower-third', 'list'];

/** @typedef {'floor' | 'suspended' | 'closed' | 'join' | 'queue' | 'title'} Scene */

/**
 * @typedef {object} Wishes What the address asks for.
 * @property {string} view wall, timer, lower-third or list
 * @property {string | undefined} lang
 * @property {string | undefined} lang2 '' for one language only
 * @property {boolean} chime
 * @property {boolean} light
 */

/** @param {string} search @returns {Wishes} */
export function wishesOf(search) {
  const query = new URLSearchParams(search);
  const view = query.get('view') ?? '';
  // "?lang=fr" leaves the second to the debate, "?lang=fr,en" and "?lang=fr," say it.
  const [first, second = query.get('lang2')] = (query.get('lang') ?? '').split(',');
  return {
    view: VIEWS.includes(view) ? view : 'wall',
    lang: ours(first),
    lang2: second === null ? undefined : (ours(second) ?? ''),
    chime: query.has('chime') && query.get('chime') !== '0',
    light: query.get('theme') === 'light',
  };
}

/** @param {string | null | undefined} lang */
function ours(lang) {
  const base = lang?.toLowerCase().split('-')[0] ?? '';
  return Object.hasOwn(LANGUAGES, base) ? base : undefined;
}

/**
 * The one or two languages of a display: what its address says, else the debate's first ones.
 * @param {Pick<Wishes, 'lang' | 'lang2'>} wishes
 * @param {string[]} languages the debate's
 * @returns {{lang: string | undefined, lang2: string | undefined}} no lang: the browser's
 */
export function languagesOf(wishes, languages) {
  const known = languages.map(ours).filter((l) => l !== undefined);
  const lang = wishes.lang ?? known[0];
  const second = wishes.lang2 ?? known.find((l) => l !== lang);
  return { lang, lang2: second && second !== lang ? second : undefined };
}

/**
 * What fills the wall.
 * @param {State} state
 * @returns {Scene}
 */
export function sceneOf(state) {
  const panel = currentPanel(state);
  const list = listOf(state);
  if (panel?.status === 'suspended') return 'suspended';
  if (state.floor) return 'floor';
  const begun = Object.keys(state.spoken).length > 0;
  const join = joinOf(state);
  if (panel?.status === 'closed' && (begun || !join)) return 'closed';
  if (list.length >= BUSY) return 'queue';
  if (join) return 'join';
  return list.length > 0 ? 'queue' : 'title';
}

/** How the room joins; undefined while joining is off, or where this screen may not know. @param {State} state @returns {(Join & {code: string}) | undefined} */
export function joinOf({ join }) {
  return join && !join.off && join.code ? { ...join, code: join.code } : undefined;
}

/** When a closed panel begins, if that is still to come. @param {Panel | undefined} panel @param {number | undefined} now */
export const beginsAt = (panel, now) => (panel?.status === 'closed' && panel.starts_ms !== undefined && now !== undefined && panel.starts_ms > now ? panel.starts_ms : undefined);

/**
 * The panel after the current one, if it is still to come.
 * @param {State} state
 * @returns {Panel | undefined}
 */
export function panelAfter(state) {
  const order = currentPanel(state)?.order ?? -Infinity;
  return Object.values(state.panels)
    .filter((p) => p.order > order && p.status !== 'open')
    .sort((a, b) => a.order - b.order)[0];
}

/**
 * A join code in groups that can be read aloud: "482913" as "482", "913".
 * @param {string} code
 */
export function groups(code) {
  const letters = [...code];
  const size = letters.length % 4 === 0 && letters.length % 3 !== 0 ? 4 : 3;
  const out = [];
  for (let i = 0; i < letters.length; i += size) out.push(letters.slice(i, i + size).join(''));
  // A single letter left over goes with the group before it.
  const last = out.length > 1 && out[out.length - 1].length === 1 ? out.pop() : undefined;
  if (last) out[out.length - 1] += last;
  return out;
}

/**
 * An address as people type it: no scheme, no code, no trailing slash.
 * @param {string} url
 */
export const shortUrl = (url) => url.replace(/^https?:\/\//, '').replace(/[?#].*$/, '').replace(/\/$/, '');

/**
 * The countdown's text with every digit the same: what decides how wide it is.
 * @param {string} text
 */
export const shapeOf = (text) => text.replace(/\d/g, '0');

/**
 * Which chime a change of the countdown asks for. None when it was not seen to happen: after a reload, for another
 * speaker, for a countdown that is held or was lengthened.
 * @param {{id?: string, phase?: Phase}} before
 * @param {{id?: string, phase?: Phase, paused: boolean}} after
 * @returns {'warning' | 'end' | undefined}
 */
export function chimeFor(before, after) {
  if (!before.phase || !after.phase || before.id !== after.id || after.paused) return undefined;
  if (after.phase === 'warning' && before.phase === 'normal') return 'warning';
  if (after.phase === 'overtime' && (before.phase === 'warning' || before.phase === 'normal')) return 'end';
  return undefined;
}

/**
 * How much of the time is left, 1 to 0; in overtime 0. Undefined without a limit.
 * @param {Floor | undefined} floor
 * @param {number | undefined} left ms
 */
export function share(floor, left) {
  const limit = floor?.timer.limit_ms;
  if (!limit || left === undefined) return undefined;
  return Math.max(0, Math.min(1, left / limit));
}

/**
 * The largest of `steps` + 1 sizes between 1 and `least` that fits; `least` when none does.
 * @param {(scale: number) => boolean} fits
 * @param {number} least
 * @param {number} [steps]
 */
export function largest(fits, least, steps = 24) {
  const size = (/** @type {number} */ i) => least ** (i / steps);
  let [lo, hi] = [0, steps]; // lo may fit, hi is taken without asking
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (fits(size(mid))) hi = mid;
    else lo = mid + 1;
  }
  return size(lo);
}
