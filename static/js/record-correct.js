// A late correction of an intervention, from what was typed to what is sent. Pure.

/** @import { Correction, Entered, Kind } from './types.js' */
/** @import { Entry, Typing } from './record-logic.js' */
import { formatUsed } from './countdown.js';
import { formatTime } from './i18n.js';
import { typing } from './record-logic.js';

/** @typedef {'participant' | 'started_ms' | 'ended_ms' | 'used_ms'} Field one that can be wrong before it is sent */

/** @param {unknown} name @returns {name is Field} */
export const isField = (name) => ['participant', 'started_ms', 'ended_ms', 'used_ms'].includes(String(name));

/**
 * @typedef {object} Form
 * @property {Entry} entry as it was when the form was opened: what is not changed here is not sent
 * @property {string} participant "" while none is chosen
 * @property {Typing} who
 * @property {Kind} kind
 * @property {Record<string, string>} groups of the debate: id -> name
 * @property {string} behalf
 * @property {string} speaker
 * @property {string} language
 * @property {string} started time of day where the debate is held
 * @property {string} ended
 * @property {string | undefined} used undefined while it follows the start and the end
 * @property {string} reason
 * @property {Field | 'nothing'} [wrong]
 * @property {import('./types.js').Problem} [problem]
 * @property {boolean} [sending]
 * @property {string} key the id under which it is sent
 */

/**
 * A form for an entry.
 * @param {Entry} entry
 * @param {string} name of its participant
 * @param {Record<string, string>} groups their names by id
 * @param {string} key
 * @returns {Form}
 */
export function formOf(entry, name, groups, key) {
  const behalf = entry.behalf_of ?? '';
  return {
    entry,
    participant: entry.participant,
    who: typing(name),
    kind: entry.kind,
    groups,
    behalf: groups[behalf] ?? behalf,
    speaker: entry.speaker ?? '',
    language: entry.language ?? '',
    started: entry.started_ms === undefined ? '' : formatTime(entry.started_ms, true),
    ended: formatTime(endOf(entry), true),
    used: undefined,
    reason: '',
    key,
  };
}

/** @param {Entry} entry */
const endOf = (entry) => entry.ended_ms ?? entry.recognised_ms;

/** Digits of other scripts as those that a computer counts with. @param {string} text */
const latin = (text) => text.normalize('NFKC').replace(/[٠-٩۰-۹]/g, (d) => String(d.charCodeAt(0) & 0xf)).trim();

/** A time of day in seconds: "14:05:30", "14:05", "14.05.30", "140530", "14:05 UTC"; undefined if it is none. @param {string} typed */
export function secondsOfDay(typed) {
  const text = typed.replace(/\s*UTC\s*$/i, ''); // as times are shown where the place's own are not known
  const [, h, m, s = '0'] = latin(text).match(/^(\d{1,2})[:.\s](\d{1,2})(?:[:.\s](\d{1,2}))?$/) ?? latin(text).match(/^(\d\d)(\d\d)(\d\d)?$/) ?? [];
  return h === undefined || +h > 23 || +m > 59 || +s > 59 ? undefined : +h * 3600 + +m * 60 + +s;
}

/** A length of time in ms: "2:45", "1:02:45"; undefined if it is none. @param {string} text */
export function lengthOf(text) {
  const [, h = '0', m, s] = latin(text).match(/^(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})$/) ?? [];
  return m === undefined || +s > 59 ? undefined : ((+h * 60 + +m) * 60 + +s) * 1000;
}

/**
 * The instant at a time of day that is nearest to another instant; that one itself where the time of day is its own.
 * @param {number} seconds of the day @param {number} near ms @param {number} nearSeconds its seconds of the day
 */
export function instantAt(seconds, near, nearSeconds) {
  const day = 86_400;
  const by = ((((seconds - nearSeconds + day / 2) % day) + day) % day) - day / 2;
  return near + by * 1000;
}

/** @param {string} text @param {number} near ms */
function instantOf(text, near) {
  const seconds = secondsOfDay(text);
  if (seconds === undefined) return undefined;
  const shown = (/** @type {number} */ at) => secondsOfDay(formatTime(at, true)) ?? 0;
  const at = instantAt(seconds, near, shown(near));
  return instantAt(seconds, at, shown(at)); // the clocks may have been changed between the two
}

/** Times are shown to the second: what is beyond a bound only by less than that is at it. @param {number} value @param {number} least @param {number} most */
function within(value, least, most) {
  if (value < least && value > least - 1000) return least;
  return value > most && value < most + 1000 ? most : value;
}

/** The times of a form. undefined: cannot be understood. @param {Form} form */
export function timesOf({ entry, started, ended, used }) {
  const typedStart = started.trim() === '' ? 0 : instantOf(started, entry.started_ms ?? entry.recognised_ms);
  const start = typedStart && within(typedStart, entry.recognised_ms, Infinity);
  const typedEnd = instantOf(ended, endOf(entry));
  if (start === undefined || typedEnd === undefined) return { start, end: typedEnd, used: undefined };
  const end = within(typedEnd, Math.max(entry.recognised_ms, start), Infinity);
  const same = used !== undefined && lengthOf(used) === lengthOf(formatUsed(entry.used_ms));
  const length = used === undefined ? follows(entry, start, end) : same ? entry.used_ms : lengthOf(used);
  return { start, end, used: length === undefined ? undefined : within(length, 0, end - entry.recognised_ms) };
}

/** The time used where nobody says otherwise: the pauses stay as long as they were. @param {Entry} entry @param {number} start @param {number} end */
function follows(entry, start, end) {
  if (start === 0) return entry.used_ms;
  if (entry.started_ms === undefined) return end - start;
  return Math.max(0, entry.used_ms + (end - endOf(entry)) - (start - entry.started_ms));
}

/**
 * What a form changes, or which of its fields is wrong. The server's rules are looked at here too, so that the field itself says so.
 * @param {Form} form
 * @param {number | undefined} now server ms, where it is known
 * @returns {{body?: Entered & {reason?: string}, wrong?: Field | 'nothing'}}
 */
export function changesOf(form, now) {
  const { entry } = form;
  const { start, end, used } = timesOf(form);
  if (form.participant === '') return { wrong: 'participant' };
  if (start === undefined || (start !== 0 && start < entry.recognised_ms)) return { wrong: 'started_ms' };
  if (end === undefined || end < Math.max(entry.recognised_ms, start) || end > (now ?? Infinity) + 1000) return { wrong: 'ended_ms' };
  if (used === undefined || used > end - entry.recognised_ms) return { wrong: 'used_ms' };
  /** @type {Entered} */
  const is = {
    participant: form.participant,
    kind: form.kind,
    behalf_of: groupOf(form.groups, form.behalf.trim()),
    speaker: form.speaker.trim(),
    language: form.language,
    started_ms: start,
    ended_ms: end,
    used_ms: used,
  };
  const changed = Object.entries(is).filter(([field, value]) => value !== (entry[/** @type {keyof Entered} */ (field)] ?? (typeof value === 'number' ? 0 : '')));
  if (changed.length === 0) return { wrong: 'nothing' };
  return { body: { ...Object.fromEntries(changed), ...(form.reason.trim() && { reason: form.reason.trim() }) } };
}

/** The id of the group of that name, else the text. @param {Record<string, string>} groups @param {string} text */
const groupOf = (groups, text) => Object.keys(groups).find((id) => groups[id] === text) ?? text;

/** What takes the last correction of an entry back, unless something was corrected since. @param {Correction[]} corrections @returns {Entered | undefined} */
export const putBack = (corrections) => (corrections.at(-1)?.void ? undefined : corrections.at(-1)?.was);
