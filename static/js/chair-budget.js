// Whether the time suffices: when the list will be finished at the pace seen so far, and which limit lets everybody speak. Pure.

/** @import { Floor, Kind, ListedRequest, RecordEntry, State } from './types.js' */
import { used } from './countdown.js';
import { CHANGE_MS, currentPanel } from './list.js';

const DAY_MS = 86_400_000;
const PRIOR = 2; // interventions at the full limit, and changes of CHANGE_MS, which count as seen before the first
const FEW = 3; // fewer interventions of this panel say less than those of the whole debate
const PAUSE_MS = 120_000; // longer between two speakers is a pause, not a change
const LEAST_MS = 30_000; // nobody is offered less than this to speak
const ORDER_MS = 60_000; // a point of order, put briefly

/**
 * @typedef {object} Pace
 * @property {number | undefined} limit ms of the panel; undefined: none
 * @property {number | undefined} share of the limit that an intervention takes; undefined without a limit
 * @property {number | undefined} each ms that an intervention takes; undefined when nothing is known
 * @property {number} change ms between the end of one and the start of the next
 */

/**
 * @typedef {object} Budget
 * @property {number} [need] ms that the floor and the list take at the present pace
 * @property {number} [ends] server ms of the scheduled end
 * @property {number} [left] ms to the scheduled end, below zero when it has passed
 * @property {number} [finish] server ms at which the list will be finished; with `ends` only
 * @property {number} [over] ms by which that is after the scheduled end, below zero when before
 * @property {boolean} tight the list does not fit
 * @property {number} [limit] ms: the limit that lets everybody on the list speak in time, rounded down; absent when the present one does, or when none would
 */

/** @param {State} state @returns {Pace} */
export function paceOf(state) {
  const limit = currentPanel(state)?.limit_ms;
  const all = Object.values(state.record ?? {}).filter((r) => r.kind === 'intervention' && r.ended_ms !== undefined);
  const own = all.filter((r) => r.panel === state.panel);
  const seen = own.length >= FEW ? own : all;
  if (limit === undefined) {
    const each = seen.length === 0 ? undefined : seen.reduce((sum, r) => sum + r.used_ms, 0) / seen.length;
    return { limit, share: undefined, each, change: changeover(state) };
  }
  // By share, not by minutes: when the limit is made shorter, so are the interventions.
  const limited = seen.filter((r) => r.limit_ms !== undefined);
  const sum = limited.reduce((total, r) => total + r.used_ms / /** @type {number} */ (r.limit_ms), PRIOR);
  const share = Math.min(1.5, Math.max(0.5, sum / (limited.length + PRIOR)));
  return { limit, share, each: share * limit, change: changeover(state) };
}

/** How long it takes from the end of one speaker to the start of the next, on average. @param {State} state */
function changeover(state) {
  const begin = (/** @type {RecordEntry} */ r) => r.started_ms ?? r.recognised_ms;
  const own = Object.values(state.record ?? {}).filter((r) => r.panel === state.panel && r.kind !== 'point_of_order');
  own.sort((a, b) => begin(a) - begin(b));
  let [sum, count] = [PRIOR * CHANGE_MS, PRIOR];
  for (let i = 1; i < own.length; i++) {
    const ended = own[i - 1].ended_ms;
    if (ended === undefined) continue;
    const gap = begin(own[i]) - ended;
    if (gap < 0 || gap > PAUSE_MS) continue;
    sum += gap;
    count++;
  }
  return sum / count;
}

/**
 * The scheduled end against the floor and the list. A schedule of another day (a rehearsal) says nothing.
 * @param {State} state
 * @param {ListedRequest[]} list of the current panel
 * @param {number | undefined} now server ms
 * @returns {Budget}
 */
export function budget(state, list, now) {
  const ends = currentPanel(state)?.ends_ms;
  const { limit, share, each, change } = paceOf(state);
  const known = ends !== undefined && now !== undefined && Math.abs(ends - now) <= DAY_MS;
  const left = known ? ends - now : undefined;
  const schedule = known ? { ends, left } : {};

  const rest = restOf(state, each, share, now);
  /** @param {Kind} kind */
  const takes = (kind) => {
    if (kind === 'point_of_order') return ORDER_MS;
    const reply = state.debate.right_of_reply?.first_ms;
    if (kind !== 'right_of_reply' || reply === undefined) return each;
    return (share ?? 1) * Math.min(reply, limit ?? reply);
  };
  let need = rest;
  for (const r of list) {
    const ms = takes(r.kind);
    need = need === undefined || ms === undefined ? undefined : need + ms + change;
  }
  if (left === undefined || now === undefined) return { ...schedule, ...(need !== undefined && { need }), tight: false };
  if (need === undefined) return { ...schedule, tight: left < 0 };
  const over = need - left;
  const answer = { ...schedule, need, finish: now + need, over, tight: over > 0 };
  const turns = list.filter((r) => r.kind !== 'right_of_reply' && r.kind !== 'point_of_order').length;
  if (over <= 0 || turns === 0 || each === undefined) return answer;
  const others = need - turns * each;
  const fits = round((left - others) / turns / (share ?? 1));
  return fits >= LEAST_MS && fits < (limit ?? Infinity) ? { ...answer, limit: fits } : answer;
}

/** Down to what a chair would say: half minutes, below two minutes quarters. @param {number} ms */
function round(ms) {
  const step = ms < 120_000 ? 15_000 : 30_000;
  return Math.floor(ms / step) * step;
}

/**
 * What is left of those who have the floor: at the pace of the others, not to the last second of the limit.
 * @param {State} state @param {number | undefined} each @param {number | undefined} share @param {number | undefined} now
 */
function restOf({ floor, interrupted }, each, share, now) {
  const one = (/** @type {Floor | undefined} */ who) => {
    if (!who) return 0;
    if (now === undefined) return undefined;
    const limit = who.timer.limit_ms;
    const whole = limit === undefined ? each : (share ?? 1) * limit;
    return whole === undefined ? undefined : Math.max(0, whole - used(who.timer, now));
  };
  const [a, b] = [one(floor), one(interrupted)];
  return a === undefined || b === undefined ? undefined : a + b;
}
