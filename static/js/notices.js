// What the chair tells the room, in the reader's words: known sentences, announced limits, rulings. Pure.
// Their messages are notices.json, which a page brings when it may need them.

/** @import { Message, Ruled, State } from './types.js' */
/** @import { Say } from './i18n.js' */
import { format } from './countdown.js';
import { t } from './i18n.js';

/** The sentences that every page knows. */
export const PRESETS = ['ten', 'five', 'brief', 'theme', 'last', 'seats', 'break', 'soon'];

const FRESH_MS = 20_000; // for so long nobody may miss it

/** Whether it is so new that the room must not miss it. @param {{at_ms: number} | undefined} told @param {number | undefined} now */
export const isFresh = (told, now) => told !== undefined && now !== undefined && now - told.at_ms < FRESH_MS;

/**
 * What the room is told now: a ruling while it is new, if no message came after it; else the chair's message.
 * @param {State} state
 * @param {number | undefined} now
 * @returns {{ruled?: Ruled, message?: Message}} at most one
 */
export function tellingOf({ ruled, message }, now) {
  if (ruled && isFresh(ruled, now) && !(message && message.at_ms > ruled.at_ms)) return { ruled };
  return message ? { message } : {};
}

/** How long it is since an instant, without what the instants leapt over when the server's clock was set. @param {State} state @param {number} from @param {number} now */
export const since = ({ clock_steps: steps = [] }, from, now) =>
  steps.reduce((ms, { followed_ms: followed, by_ms: by }) => (followed !== undefined && from < followed && followed <= now ? ms - by : ms), now - from);

const CLOCK_MS = 300_000; // for so long it is said that the clock was set

/** The last setting of the server's clock while it is news. @param {State} state @param {number | undefined} now */
export function clockNews({ clock_steps: steps = [] }, now) {
  const last = steps.at(-1);
  return last && now !== undefined && now - (last.followed_ms ?? last.at_ms) < CLOCK_MS ? last : undefined;
}

/**
 * The chair's message. Its text stands in for what is not known in the language, or not brought yet.
 * @param {Message} message
 * @param {Say} [say] in another language than the reader's
 */
export function messageText({ kind, limit_ms: limit, preset, text }, say = t) {
  /** @type {[string, Record<string, string | number>]} */
  const [key, params] =
    kind === 'limit' && limit !== undefined
      ? limit % 60_000 === 0
        ? ['notice.limit_minutes', { count: limit / 60_000 }]
        : ['notice.limit_time', { time: `\u2066${format(limit)}\u2069` }]
      : [`notice.preset.${preset}`, {}];
  const words = say(key, params);
  return words === key ? text : words;
}

/**
 * The chair's ruling on a point of order; undefined while its words are not here.
 * @param {Ruled} ruled
 * @param {string} name of who raised it
 * @param {Say} [say]
 */
export function ruledText({ ruling }, name, say = t) {
  const key = `notice.ruled_${ruling}`;
  const words = say(key, { name: `\u2068${name}\u2069` });
  return words === key ? undefined : words;
}
