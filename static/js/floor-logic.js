// What a delegate's phone makes of the state and of what it keeps itself. Pure.

/** @import { Floor, Kind, ListedRequest, State } from './types.js' */
import { placeOf, requestsOf } from './list.js';

/** @typedef {'idle' | 'listed' | 'ready' | 'next' | 'floor'} Level how near the floor is, rising */

/**
 * @typedef {object} AskItem A request that the server has not confirmed yet.
 * @property {'ask'} act
 * @property {string} id the request's
 * @property {{id: string, panel: string, kind: Kind} & Record<string, string>} body
 * @property {number} [at] server ms when it was tapped, where the page knew them
 */

/**
 * @typedef {object} WithdrawItem A withdrawal that waits for its undo to pass, then for the server.
 * @property {'withdraw'} act
 * @property {string} id the request's
 * @property {string} key
 * @property {number} [at] server ms when it was tapped, where the page knew them
 * @property {true} [now] it does not wait for its undo
 */

/** @typedef {AskItem | WithdrawItem} Item */

/**
 * @typedef {object} Kept What a phone keeps of one debate.
 * @property {string} [participant] whom it joined as
 * @property {'code'} [via] it joined by the join code, so it may take back only what it asked for itself
 * @property {Record<string, {panel: string, kind: Kind, dropped?: true}>} mine requests asked on this phone
 * @property {string[]} floors interventions that came of them
 * @property {Item[]} outbox
 */

/** @typedef {ListedRequest & {place: number, own: boolean}} Ticket own: asked on this phone */

export const UNDO_MS = 5000;
export const GIVE_UP_MS = 5 * 60_000;
const ORDER = ['idle', 'listed', 'ready', 'next', 'floor'];

/**
 * The delegation's places on the current list, the nearest first, but for those that are being withdrawn.
 * @param {State} state @param {string} participant @param {Kept} kept
 * @returns {Ticket[]}
 */
export function ticketsOf(state, participant, kept) {
  const leaving = new Set(kept.outbox.filter((i) => i.act === 'withdraw').map((i) => i.id));
  return requestsOf(state, participant, state.panel)
    .filter((r) => !leaving.has(r.id))
    .map((r) => ({ ...r, place: placeOf(state, r.id) ?? 0, own: Object.hasOwn(kept.mine, r.id) }))
    .sort((a, b) => a.place - b.place);
}

/** The delegation's intervention, on the floor or interrupted. @param {State} state @param {string} participant @returns {{floor: Floor, interrupted: boolean} | undefined} */
export function holdingOf(state, participant) {
  if (state.floor?.participant === participant) return { floor: state.floor, interrupted: false };
  if (state.interrupted?.participant === participant) return { floor: state.interrupted, interrupted: true };
}

/** Whether an intervention came of a request made on this phone: known, or one of ours of this kind has left the list. @param {State} state @param {Floor} floor @param {Kept} kept */
export function isOwnFloor(state, floor, kept) {
  if (kept.floors.includes(floor.id)) return true;
  return Object.entries(kept.mine).some(([id, r]) => !r.dropped && r.panel === floor.panel && r.kind === floor.kind && !Object.hasOwn(state.requests, id));
}

/**
 * How near the floor is. "Ready" is at two speakers before, the one who has the floor among them.
 * @param {State} state @param {string} participant @param {Kept} kept
 * @returns {Level}
 */
export function levelOf(state, participant, kept) {
  if (holdingOf(state, participant)) return 'floor';
  const place = ticketsOf(state, participant, kept)[0]?.place;
  if (place === undefined) return 'idle';
  if (place === 1) return 'next';
  return place - 1 + (state.floor ? 1 : 0) <= 2 ? 'ready' : 'listed';
}

/** Whether somebody should be alerted: the floor has come nearer, to where it matters. @param {Level | undefined} before @param {Level} level */
export const alerts = (before, level) => before !== undefined && ORDER.indexOf(level) > Math.max(1, ORDER.indexOf(before));

/**
 * What becomes of something that waits to be sent.
 * @param {Item} item
 * @param {{age: number | undefined, undoable: boolean}} is age: ms since it was tapped, undefined while that cannot be known; undoable: it waits for its undo
 * @param {State | undefined} state
 * @returns {'wait' | 'send' | 'done' | 'give_up'}
 */
export function fateOf(item, { age, undoable }, state) {
  const listed = state && Object.hasOwn(state.requests, item.id);
  if (item.act === 'ask' ? listed : state && !listed) return 'done';
  if (age !== undefined && age > GIVE_UP_MS) return 'give_up';
  return age === undefined || undoable ? 'wait' : 'send'; // what may be stale is not sent
}

/**
 * What of the kept has no meaning any more: requests that left the list, of panels that are not the current one.
 * @param {Kept} kept @param {State} state
 * @returns {Kept}
 */
export function tidy(kept, state) {
  const waiting = new Set(kept.outbox.map((i) => i.id));
  const mine = Object.entries(kept.mine).filter(([id, r]) => waiting.has(id) || Object.hasOwn(state.requests, id) || r.panel === state.panel);
  return mine.length === Object.keys(kept.mine).length ? kept : { ...kept, mine: Object.fromEntries(mine) };
}

/**
 * Offers of others to change places with one of these.
 * @param {State} state @param {Ticket[]} tickets
 * @returns {{from: ListedRequest & {place: number}, mine: Ticket}[]}
 */
export function offersTo(state, tickets) {
  return tickets.flatMap((mine) =>
    Object.entries(state.requests)
      .filter(([, r]) => r.exchange === mine.id)
      .map(([id, r]) => ({ from: { ...r, id, place: placeOf(state, id) ?? 0 }, mine })),
  );
}

/**
 * What became of an offer of ours that stood before and stands no more: both have changed places, or the other did not want to.
 * @param {State} before @param {State} state @param {string} id our request
 * @returns {'exchanged' | 'declined' | undefined}
 */
export function offerBecame(before, state, id) {
  const was = Object.hasOwn(before.requests, id) ? before.requests[id] : undefined;
  const now = Object.hasOwn(state.requests, id) ? state.requests[id] : undefined;
  if (!was?.exchange || !now || now.exchange === was.exchange || !Object.hasOwn(state.requests, was.exchange)) return undefined;
  return now.rank === before.requests[was.exchange]?.rank ? 'exchanged' : 'declined';
}

/** Whether a delegation was taken off the current list, since it was not in the room. @param {State} state @param {string} participant */
export const wasAbsent = ({ absent, panel }, participant) => absent !== undefined && Object.hasOwn(absent, participant) && absent[participant].panel === panel;

/** The delegation's nearest place on the list, 0 for none. @param {State} state @param {string} participant @param {Kept} kept */
export const placeIn = (state, participant, kept) => ticketsOf(state, participant, kept)[0]?.place ?? 0;

/** An address of the web or of this server; anything that would run is none. @param {string} url */
export const webOnly = (url) => (/^(https?:\/\/|\/(?!\/))/i.test(url) ? url : '#');
