// What the chair is most likely to do next, and whether the time suffices. Pure.

/** @import { Kind, ListedRequest, Panel, State } from './types.js' */
import { used, remaining } from './countdown.js';
import { CHANGE_MS, currentPanel, pace } from './list.js';

/**
 * @typedef {object} Act What the large button does.
 * @property {'none' | 'open' | 'open_list' | 'call' | 'start' | 'hold' | 'resume'} kind
 * @property {string} floor the intervention that it is about; "" when nobody has the floor
 * @property {string} [request] call: the first of the list
 * @property {string} [participant] whom it is about
 * @property {Kind} [as] call without a request: the kind
 */

/**
 * The most likely next act. It never ends an intervention, and it never changes by the clock alone: overtime still offers to
 * hold, since a button that turned into "call the next" under a finger would cut somebody off.
 * @param {State} state
 * @param {ListedRequest[]} list of the current panel
 * @returns {Act}
 */
export function mainAct(state, list) {
  const panel = currentPanel(state);
  const floor = state.floor;
  const about = { floor: floor?.id ?? '', participant: floor?.participant };
  if (!panel) return { kind: 'none', ...about };
  if (panel.status !== 'open') return { kind: 'open', ...about };
  if (floor) {
    if (floor.timer.state === 'running') return { kind: 'hold', ...about };
    return { kind: floor.timer.state === 'ready' ? 'start' : 'resume', ...about };
  }
  const [first] = list;
  if (first) return { kind: 'call', floor: '', request: first.id, participant: first.participant };
  if (panel.limit_ms === undefined && panel.list === 'closed') {
    const next = unheard(state, panel);
    if (next !== undefined) return { kind: 'call', floor: '', participant: next, as: kindFor(panel, next) };
    return { kind: 'none', ...about };
  }
  return { kind: panel.list === 'closed' ? 'open_list' : 'none', ...about };
}

/** An act as one text: another meaning, another text. @param {Act} act */
export const meaning = (act) => [act.kind, act.floor, act.request, act.participant].join(' ');

/** The first of the panel's speakers of the programme who has not had the floor in it. @param {State} state @param {Panel} panel */
function unheard(state, panel) {
  const heard = new Set(
    Object.values(state.record ?? {})
      .filter((r) => r.panel === state.panel)
      .map((r) => r.participant),
  );
  return panel.panellists?.find((p) => !heard.has(p));
}

/**
 * As what somebody speaks who is called without a request: a panellist answers; where nobody can ask, it is an address.
 * @param {Panel | undefined} panel
 * @param {string} participant
 * @returns {Kind}
 */
export function kindFor(panel, participant) {
  const programme = panel && (panel.moderator === participant || panel.panellists?.includes(participant));
  if (!programme) return 'intervention';
  return panel.limit_ms === undefined && panel.list === 'closed' ? 'address' : 'response';
}

const DAY_MS = 86_400_000;

/**
 * @typedef {object} Budget
 * @property {number} [need] ms that the floor and the list take at the present pace
 * @property {number} [left] ms to the scheduled end, below zero when it has passed
 * @property {number} [ends] server ms of the scheduled end
 * @property {boolean} tight the list does not fit
 */

/**
 * The scheduled end against the list. A schedule of another day (a rehearsal) says nothing.
 * @param {State} state
 * @param {number} count requests on the list
 * @param {number | undefined} now server ms
 * @returns {Budget}
 */
export function budget(state, count, now) {
  const ends = currentPanel(state)?.ends_ms;
  const each = pace(state);
  const timer = state.floor?.timer;
  let need;
  if (each !== undefined && (now !== undefined || !timer)) {
    const gone = timer ? used(timer, now ?? 0) : 0;
    const rest = timer ? Math.max(0, remaining(timer, now ?? 0) ?? each - gone) : 0;
    need = rest + count * (each + CHANGE_MS);
  }
  if (ends === undefined || now === undefined || Math.abs(ends - now) > DAY_MS) return { need, tight: false };
  const left = ends - now;
  return { need, left, ends, tight: left < (need ?? 0) };
}

/**
 * Before whom a request must be put to go one place up or down; undefined when it is there already.
 * @param {ListedRequest[]} list
 * @param {string} id
 * @param {-1 | 1} by
 * @returns {string | null | undefined}
 */
export function neighbour(list, id, by) {
  const at = list.findIndex((r) => r.id === id);
  if (at < 0 || (by < 0 ? at === 0 : at === list.length - 1)) return undefined;
  return by < 0 ? list[at - 1].id : (list[at + 2]?.id ?? null);
}
