// Messages, plurals, numbers and times in the reader's language.
// A page's messages are messages/LANG/common.json and messages/LANG/PAGE.json.

/** @import { Offset, Problem } from './types.js' */
import { brought } from './api.js';

/** @typedef {string | Record<string, string>} Message a text with {name} places, or one for each plural category of `count` */

/** The languages with the names that their readers know. @type {Record<string, string>} */
export const LANGUAGES = { ar: 'العربية', zh: '中文', en: 'English', fr: 'Français', ru: 'Русский', es: 'Español' };

const STORED = 'rostrum.lang';
const PATIENCE_MS = 30_000; // for a file of messages

let lang = 'en';
/** @type {Record<string, Message>} */
let messages = {};
let plural = new Intl.PluralRules('en');
let number = new Intl.NumberFormat('en');
/** Of the debate's place; undefined: it names none. @type {Offset[] | undefined} */
let place;

/** The locale for Intl. Arabic keeps the digits of the countdown and the join code beside it. @param {string} l */
const locale = (l) => (l === 'ar' ? 'ar-u-nu-latn' : l);

/** The language in force. */
export const language = () => lang;

/** @returns {'ltr' | 'rtl'} */
export const direction = () => (lang === 'ar' ? 'rtl' : 'ltr');

/**
 * Which of ours a reader wants: what the address says, what they chose before, what their browser asks for; English.
 * @param {{query?: string | null, stored?: string | null, browser?: readonly string[]}} from
 */
export function choose({ query, stored, browser = [] }) {
  for (const wish of [query, stored, ...browser]) {
    const base = wish?.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(LANGUAGES, base)) return base;
  }
  return 'en';
}

/** The reader's language from the page's surroundings. */
export function preferred() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  return choose({ query: new URLSearchParams(location.search).get('lang'), stored, browser: navigator.languages });
}

/** Remembers the reader's choice. @param {string} l */
export function remember(l) {
  try {
    localStorage.setItem(STORED, l);
  } catch {
    // As above.
  }
}

/** Files of messages beside common's and the page's, for parts that came later. @type {Set<string>} */
const more = new Set();

/** @param {string} l @param {string} name @returns {Promise<Record<string, Message>>} */
async function read(l, name) {
  const here = brought('messages', `${l}/${name}`);
  if (here) return here;
  // One that never comes fails in time, so that it is asked for again.
  const res = await fetch(new URL(`../messages/${l}/${name}.json`, import.meta.url), { cache: 'no-cache', signal: AbortSignal.timeout?.(PATIENCE_MS) });
  if (!res.ok) throw new Error(`messages ${l}/${name}: ${res.status}`);
  return res.json();
}

/** How often a language was wished for. */
let wishes = 0;

/**
 * Brings a page's messages and makes the language the document's, unless another was wished for meanwhile; says whether it did.
 * Throws when they cannot be had; what was, stays.
 * @param {string} l
 * @param {string} page
 */
export async function load(l, page) {
  const wish = ++wishes;
  /** @type {Map<string, Record<string, Message>>} */
  const parts = new Map();
  const missing = () => ['common', page, ...more].filter((name) => !parts.has(name));
  // Parts that came meanwhile came in the language that was.
  for (let names = missing(); names.length; names = missing()) await Promise.all(names.map(async (name) => parts.set(name, await read(l, name))));
  if (wish !== wishes) return false;
  use(l, Object.assign({}, ...parts.values()));
  document.documentElement.lang = l;
  document.documentElement.dir = direction();
  return true;
}

/** Brings the messages of a part of the page that came later, now and with every other language. Throws when they cannot be had. @param {string} name */
export async function loadMore(name) {
  const l = lang;
  const found = await read(l, name);
  more.add(name);
  if (l === lang) messages = { ...messages, ...found };
  else await loadMore(name); // the language has changed meanwhile
}

/** Puts messages in force. @param {string} l @param {Record<string, Message>} m */
export function use(l, m) {
  lang = l;
  messages = m;
  plural = new Intl.PluralRules(locale(l));
  number = new Intl.NumberFormat(locale(l));
}

/** @param {string} key */
export const has = (key) => Object.hasOwn(messages, key);

/**
 * The message in the reader's language; the key itself when there is none (a test sees to it that there is).
 * Numbers are formatted; `count` chooses the plural.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export const t = (key, params = {}) => put(messages, plural, number, key, params);

/** @typedef {typeof t} Say */

/** Some messages in another language than the reader's, for screens that speak two. Throws when they cannot be had. @param {string} l @param {string} name @returns {Promise<Say>} */
export async function inLanguage(l, name) {
  const found = await read(l, name);
  const [rules, format] = [new Intl.PluralRules(locale(l)), new Intl.NumberFormat(locale(l))];
  return (key, params = {}) => put(found, rules, format, key, params);
}

/** @param {Record<string, Message>} messages @param {Intl.PluralRules} plural @param {Intl.NumberFormat} number @param {string} key @param {Record<string, string | number>} params */
function put(messages, plural, number, key, params) {
  if (!Object.hasOwn(messages, key)) return key;
  const message = messages[key];
  const text = typeof message === 'string' ? message : (message[plural.select(Number(params.count))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (place, name) => {
    if (!Object.hasOwn(params, name)) return place;
    const value = params[name];
    return typeof value === 'number' ? number.format(value) : value;
  });
}

/** `key.id` if there is such a message, else the id as it is: for categories and groups that a debate file made up. @param {string} key @param {string} id */
export const tOr = (key, id) => (has(`${key}.${id}`) ? t(`${key}.${id}`) : id);

let missing = () => {};

/** What to do when a refusal is to be told before the messages of refusals are here: bring them, and tell it again. @param {() => void} act */
export const onMissing = (act) => (missing = act);

/** What is wrong and what to do, from a problem's code. @param {Problem | {code: string, field?: string, detail?: string, retry_ms?: number}} problem */
export function problemText(problem) {
  const key = `problem.${problem.code}`;
  if (!has(key) && !more.has('problems')) {
    missing();
    return t('common.loading'); // for a moment
  }
  return has(key) ? t(key, { field: problem.field ?? '', time: formatWait(problem.retry_ms ?? 60_000) }) : t('problem.unknown', { code: problem.code });
}

/** How large a file is, or the room for some. @param {number} bytes */
export function formatSize(bytes) {
  const [n, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1000)), 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(language() === 'ar' ? 'ar-u-nu-latn' : language(), { style: 'unit', unit, maximumFractionDigits: n < 100 ? 1 : 0 }).format(n);
}

/** @param {number} n */
export const formatNumber = (n) => number.format(n);

/**
 * From now on times of day are those of the debate's place, by what the server says of it: the browser's own list of timezones may be older, or
 * lack this one. Without a timezone they are the device's.
 * @param {{timezone?: string, utc_offsets?: Offset[]}} debate
 */
export const setPlace = ({ timezone, utc_offsets: offsets = [] }) => (place = timezone === undefined ? undefined : offsets);

/** How far the debate's place is ahead of UTC at an instant; undefined where that is not known. @param {Offset[]} offsets @param {number} ms */
const offsetAt = (offsets, ms) => offsets.find(({ from_ms: from = -Infinity, until_ms: until = Infinity }) => from <= ms && ms < until)?.utc_offset_ms;

/** Whether the time of day at an instant is known where the debate is held. @param {number} ms server ms */
export const isTimeKnown = (ms) => place === undefined || offsetAt(place, ms) !== undefined;

/** A time of day, "14:05", where the debate is held; where that is not known, "14:05 UTC". @param {number} ms server ms @param {boolean} [seconds] */
export function formatTime(ms, seconds = false) {
  const offset = place && offsetAt(place, ms);
  const format = new Intl.DateTimeFormat(locale(lang), { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }), hourCycle: 'h23', timeZone: place && 'UTC' });
  const time = format.format(ms + (offset ?? 0));
  return isTimeKnown(ms) ? time : `${time} UTC`;
}

/** How long to wait: "45 seconds", "3 minutes". @param {number} ms */
export function formatWait(ms) {
  const [n, unit] = ms > 90_000 ? [Math.ceil(ms / 60_000), 'minute'] : [Math.max(1, Math.ceil(ms / 1000)), 'second'];
  return new Intl.NumberFormat(locale(lang), { style: 'unit', unit, unitDisplay: 'long' }).format(n);
}

/** A date written out. @param {string} date YYYY-MM-DD */
export function formatDate(date) {
  const at = new Date(`${date}T12:00:00Z`);
  return Number.isNaN(at.getTime()) ? date : new Intl.DateTimeFormat(locale(lang), { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/**
 * A waiting time as people say it: "less than a minute", "about 4 min", "4 to 7 min".
 * @param {[number, number]} range ms
 */
export function formatRange([least, most]) {
  const min = Math.floor(least / 60_000);
  const max = Math.ceil(most / 60_000);
  if (max <= 1) return t('common.wait_soon');
  return min < 1 ? t('common.wait_up_to', { count: max }) : t('common.wait_range', { min, count: max });
}
