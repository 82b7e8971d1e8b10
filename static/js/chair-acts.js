// What the chair is most likely to do next. Pure.

/** @import { Kind, ListedRequest, Panel, State } from './types.js' */
import { currentPanel } from './list.js';

/**
 * @typedef {object} Act What the large button does. `rule`: two buttons stand in its place.
 * @property {'none' | 'open' | 'open_list' | 'call' | 'start' | 'hold' | 'resume' | 'rule' | 'close' | 'switch'} kind
 * @property {string} floor the intervention that it is about; "" when nobody has the floor
 * @property {string} [request] call: the first of the list
 * @property {string} [participant] whom it is about
 * @property {Kind} [as] call: the kind
 * @property {string} [panel] switch: the next one
 */

/**
 * The most likely next act. It never ends an intervention, and it never changes by the clock alone: overtime still offers to
 * hold, since a button that turned into "call the next" under a finger would cut somebody off. A point of order is
 * offered at once, since calling it holds the speaker's countdown and ends nothing.
 * @param {State} state
 * @param {ListedRequest[]} list of the current panel
 * @returns {Act}
 */
export function mainAct(state, list) {
  const panel = currentPanel(state);
  const floor = state.floor;
  const about = { floor: floor?.id ?? '', participant: floor?.participant };
  if (!panel) return { kind: 'none', ...about };
  const next = nextPanel(state);
  if (panel.status !== 'open') {
    const over = !floor && panel.status === 'closed' && next !== undefined && heardIn(state, state.panel);
    return over ? { kind: 'switch', ...about, panel: next } : { kind: 'open', ...about };
  }
  const [first] = list;
  const call = first && { kind: /** @type {const} */ ('call'), floor: about.floor, request: first.id, participant: first.participant, as: first.kind };
  if (floor) {
    if (floor.kind === 'point_of_order') return { kind: 'rule', ...about };
    if (first?.kind === 'point_of_order') return call;
    if (floor.timer.state === 'running') return { kind: 'hold', ...about };
    return { kind: floor.timer.state === 'ready' ? 'start' : 'resume', ...about };
  }
  if (first) return call;
  if (panel.no_list) {
    const speaker = unheard(state, panel);
    if (speaker !== undefined) return { kind: 'call', floor: '', participant: speaker, as: kindFor(panel, speaker) };
    return next === undefined ? { kind: 'close', ...about } : { kind: 'switch', ...about, panel: next };
  }
  if (panel.list === 'open') return { kind: 'none', ...about };
  return { kind: heardIn(state, state.panel) ? 'close' : 'open_list', ...about };
}

/** An act as one text: another meaning, another text. @param {Act} act */
export const meaning = (act) => [act.kind, act.floor, act.request, act.participant, act.panel].join(' ');

/** The panels in the programme's order. @param {State} state */
export const programme = (state) => Object.entries(state.panels).sort(([, a], [, b]) => a.order - b.order);

/** The panel after the current one in the programme. @param {State} state @returns {string | undefined} */
export function nextPanel(state) {
  const panels = programme(state);
  const at = panels.findIndex(([id]) => id === state.panel);
  return at < 0 ? undefined : panels[at + 1]?.[0];
}

/** Whether somebody has had the floor in a panel. @param {State} state @param {string} panel */
export const heardIn = (state, panel) => Object.values(state.record ?? {}).some((r) => r.panel === panel && r.ended_ms !== undefined);

/** Whom the programme names for a panel, each once: the moderator, then the others. @param {Panel | undefined} panel */
export const namesOf = (panel) => [...new Set([...(panel?.moderator !== undefined ? [panel.moderator] : []), ...(panel?.panellists ?? [])])];

/** The speakers of an item without a list, in the programme's order: its panellists, else its moderator. @param {Panel} panel */
export const speakersOf = (panel) => (panel.panellists?.length ? [...new Set(panel.panellists)] : namesOf(panel));

/** The first of the panel's speakers of the programme who has not had the floor in it. @param {State} state @param {Panel} panel */
function unheard(state, panel) {
  const heard = new Set(
    Object.values(state.record ?? {})
      .filter((r) => r.panel === state.panel)
      .map((r) => r.participant),
  );
  return speakersOf(panel).find((p) => !heard.has(p));
}

/**
 * As what somebody speaks who is called without a request: a panellist answers; where nobody can ask, it is an address.
 * @param {Panel | undefined} panel
 * @param {string} participant
 * @returns {Kind}
 */
export function kindFor(panel, participant) {
  if (!namesOf(panel).includes(participant)) return 'intervention';
  return panel?.no_list ? 'address' : 'response';
}

/**
 * Those whom a panel that is over did not reach, by panel: of the current one where it is closed, and of those before it.
 * @param {State} state
 * @returns {{panel: string, requests: ListedRequest[]}[]}
 */
export function notReached(state) {
  const here = currentPanel(state)?.order ?? -1;
  return programme(state).flatMap(([id, panel]) => {
    const over = id === state.panel ? panel.status === 'closed' && heardIn(state, id) : panel.order < here;
    if (!over) return [];
    const requests = Object.entries(state.requests)
      .filter(([, r]) => r.panel === id)
      .map(([request, r]) => ({ ...r, id: request }));
    return requests.length > 0 ? [{ panel: id, requests }] : [];
  });
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

/** Where the rights of reply that close a list begin; its length where there are none. @param {ListedRequest[]} list */
export function repliesFrom(list) {
  let at = list.length;
  while (at > 0 && list[at - 1].kind === 'right_of_reply') at--;
  return at;
}

/**
 * What an order would change: for each request of it its place now, from 0; those that are gone are left out.
 * @param {ListedRequest[]} list as it is
 * @param {string[]} order ids
 * @returns {{request: ListedRequest, from: number, to: number}[]}
 */
export function moves(list, order) {
  const at = new Map(list.map((r, i) => [r.id, i]));
  const there = order.filter((id) => at.has(id));
  const named = new Set(there);
  const ids = [...there, ...list.map((r) => r.id).filter((id) => !named.has(id))];
  return ids.map((id, to) => {
    const from = /** @type {number} */ (at.get(id));
    return { request: list[from], from, to };
  });
}
