// Facts derived from a state: the list, places, waiting times. Pure.

/** @import { State, ListedRequest, Panel } from './types.js' */
import { used, remaining } from './countdown.js';

/**
 * The list of a panel in the order in which the chair is going to call.
 * @param {State} state
 * @param {string} [panel] the current one if not given
 * @returns {ListedRequest[]}
 */
export function listOf(state, panel = state.panel) {
  return Object.entries(state.requests)
    .filter(([, r]) => r.panel === panel)
    .map(([id, r]) => ({ ...r, id }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0)); // ranks are ASCII: code units are bytes
}

/** @param {State} state @returns {Panel | undefined} */
export function currentPanel(state) {
  return Object.hasOwn(state.panels, state.panel) ? state.panels[state.panel] : undefined;
}

/**
 * A participant's requests, on any panel or on one.
 * @param {State} state
 * @param {string} participant
 * @param {string} [panel]
 */
export function requestsOf(state, participant, panel) {
  return Object.entries(state.requests)
    .filter(([, r]) => r.participant === participant && (panel === undefined || r.panel === panel))
    .map(([id, r]) => ({ ...r, id }));
}

/**
 * Place on its panel's list: 1 is next. Undefined when it is not on a list.
 * @param {State} state
 * @param {string} requestId
 */
export function placeOf(state, requestId) {
  if (!Object.hasOwn(state.requests, requestId)) return undefined;
  const me = state.requests[requestId];
  let place = 1;
  for (const r of Object.values(state.requests)) if (r.panel === me.panel && r.rank < me.rank) place++;
  return place;
}

/** How many interventions a participant has ended in this debate. @param {State} state @param {string} participant */
export function timesSpoken(state, participant) {
  return Object.hasOwn(state.spoken, participant) ? state.spoken[participant].times : 0;
}

/**
 * How long an intervention takes here: what was used per intervention so far, with the limit as what one knows before.
 * @param {State} state
 * @returns {number | undefined} ms
 */
export function pace(state) {
  let times = 0;
  let sum = 0;
  for (const s of Object.values(state.spoken)) {
    times += s.times;
    sum += s.used_ms;
  }
  const limit = currentPanel(state)?.limit_ms;
  const prior = limit === undefined ? 0 : 2;
  return times + prior === 0 ? undefined : (sum + prior * (limit ?? 0)) / (times + prior);
}

export const CHANGE_MS = 10_000; // one speaker ends, the next begins

/**
 * How long until the `place`-th of the current list has the floor: a range, since nobody knows better.
 * Undefined when nothing can be said: the panel is not open, or there is neither a pace nor a limit.
 * @param {State} state
 * @param {number} place 1 is next
 * @param {number | undefined} now server ms
 * @returns {[number, number] | undefined} ms
 */
export function waitRange(state, place, now) {
  const each = pace(state);
  if (each === undefined || currentPanel(state)?.status !== 'open') return undefined;
  let [least, most] = [0, 0];
  const floor = state.floor;
  if (floor) {
    if (now === undefined) return undefined;
    const gone = used(floor.timer, now);
    least = Math.max(0, 0.6 * each - gone);
    most = Math.max(0, 1.2 * each - gone, remaining(floor.timer, now) ?? 0) + CHANGE_MS;
  }
  const between = (place - 1) * each;
  return [least + 0.75 * between, most + 1.25 * between + (place - 1) * CHANGE_MS];
}
