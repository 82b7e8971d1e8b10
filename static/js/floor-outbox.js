// Sends a delegate's requests and withdrawals, each once, when it can. What cannot be sent is kept, and given up after five minutes.
//
// How old something is, the device's date cannot say: it may be set at any time. What was tapped on this page is as old as
// performance.now() says. That begins at zero with each load and may stand still while the device sleeps: so what another load or tab left, and
// what was tapped before a sleep, is as old as the server's time says, and is not sent while that is not known.

/** @import { Kind, Problem, State } from './types.js' */
/** @import { Api } from './api.js' */
/** @import { Clock } from './clock.js' */
/** @import { Item } from './floor-logic.js' */
/** @import { Store } from './floor-store.js' */
import { ProblemError, newId } from './api.js';
import { GIVE_UP_MS, UNDO_MS, fateOf } from './floor-logic.js';

/**
 * @typedef {object} Options
 * @property {Store} store
 * @property {() => Api} api
 * @property {() => Clock | undefined} clock the server's
 * @property {() => State | undefined} state
 * @property {() => void} onChange
 * @property {(item: Item) => void} onGivenUp
 * @property {(item: Item, problem: Problem) => void} onRefused
 */

/** @typedef {{at: number, lapses: number, tapped: boolean}} Seen of an item, on this page: when first, performance.now() ms; how often the clock had been forgotten by then; whether it was tapped here */

const TIME_MS = 500; // so often it is asked again whether the time is known

export class Outbox {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Set<string>} what is on its way now */
    this.sending = new Set();
    /** @type {Set<string>} what was tried in vain */
    this.failed = new Set();
    /** @type {Map<string, Seen>} by the item's id */
    this.seen = new Map();
    /** @type {{server: number, local: number} | undefined} the server's time when it was known last, ms */
    this.heard = undefined;
    this.failures = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    window.addEventListener('online', () => this.hurry());
    // A phone that is put away may not wake again for a while: what was withdrawn must not be called.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) return this.hurry();
      this.put((items) => items.map((i) => (i.act === 'withdraw' ? { ...i, now: true } : i)));
      this.run();
    });
  }

  get items() {
    return this.options.store.kept.outbox;
  }

  /** @param {string} panel @param {Kind} kind @param {Record<string, string>} details those that are empty are left out */
  ask(panel, kind, details) {
    const id = newId();
    this.look(id, true);
    const body = { id, panel, kind, ...Object.fromEntries(Object.entries(details).filter(([, text]) => text.trim() !== '')) };
    this.options.store.update((kept) => ({
      ...kept,
      mine: { ...kept.mine, [id]: { panel, kind } },
      outbox: [...kept.outbox, { act: 'ask', id, body, at: this.serverTime() }],
    }));
    this.run();
  }

  /** Withdraws in a while, so that it can be undone. @param {string} id @param {{now?: true}} [when] now: at once */
  withdraw(id, when) {
    this.seen.delete(id);
    this.look(id, true);
    this.put((items) => [...items.filter((i) => i.id !== id), { act: 'withdraw', id, key: newId(), at: this.serverTime(), ...when }]);
    this.run();
  }

  /** Whether a withdrawal can still be taken back. @param {Item} item */
  undoable(item) {
    return item.act === 'withdraw' && !item.now && this.left(item) > 0;
  }

  /** For how long, ms. @private @param {Item} item */
  left({ id }) {
    return this.look(id).at + UNDO_MS - performance.now();
  }

  // --- how old it is

  /** @private @param {string} id @param {boolean} [tapped] @returns {Seen} */
  look(id, tapped = false) {
    const known = this.seen.get(id);
    if (known) return known;
    const seen = { at: performance.now(), lapses: this.options.clock()?.lapses ?? 0, tapped };
    this.seen.set(id, seen);
    return seen;
  }

  /** The server's time; where that is not known now, as it was last, gone on by the local clock: too early rather than too late. @private */
  serverTime() {
    const local = performance.now();
    const server = this.options.clock()?.now();
    if (server !== undefined) this.heard = { server, local };
    return this.heard && Math.round(this.heard.server + local - this.heard.local);
  }

  /** How long ago it was tapped, ms; undefined while that is not known. @private @param {Item} item */
  age(item) {
    const clock = this.options.clock();
    const seen = this.look(item.id);
    const here = performance.now() - seen.at; // at the least
    if (here > GIVE_UP_MS || (seen.tapped && seen.lapses === (clock?.lapses ?? 0))) return here;
    const now = clock?.now();
    if (now === undefined) return undefined;
    return item.at === undefined ? Infinity : Math.abs(now - item.at); // from the future it cannot be: then nothing is known
  }

  // --- what becomes of it

  /** Takes back a withdrawal. @param {string} id */
  keep(id) {
    this.put((items) => items.filter((i) => i.id !== id));
    this.options.onChange();
  }

  /**
   * This phone does not want a request any more. If one got there without our knowing, the page withdraws it when it shows.
   * @param {string} id
   * @param {boolean} [unsent] take it out of what is to be sent
   */
  drop(id, unsent = true) {
    this.options.store.update((kept) => ({
      ...kept,
      mine: kept.mine[id] ? { ...kept.mine, [id]: { ...kept.mine[id], dropped: true } } : kept.mine,
      outbox: unsent ? kept.outbox.filter((i) => i.id !== id) : kept.outbox,
    }));
    this.options.onChange();
  }

  /** The line seems to be back. */
  hurry() {
    this.failures = 0;
    this.run();
  }

  /** Does what can be done now, and comes back when there will be more. */
  run() {
    clearTimeout(this.timer);
    this.serverTime();
    let next = Infinity;
    for (const item of this.items) {
      const [age, undoable] = [this.age(item), this.undoable(item)];
      const fate = fateOf(item, { age, undoable }, this.options.state());
      if (fate === 'done') this.take(item);
      else if (fate === 'give_up') {
        this.take(item);
        this.options.onGivenUp(item);
      } else if (fate === 'wait') next = Math.min(next, age === undefined ? TIME_MS : this.left(item));
      else if (!this.sending.has(item.id)) this.send(item);
    }
    if (this.items.length) this.timer = setTimeout(() => this.run(), Math.min(next, 5000));
    this.options.onChange();
  }

  /** @private @param {Item} item */
  async send(item) {
    if (this.failures > 0 && performance.now() < this.again) return;
    this.sending.add(item.id);
    try {
      const api = this.options.api();
      if (item.act === 'ask') await api.command('POST', '/requests', item.body, { tries: 1 });
      else await api.command('DELETE', `/requests/${encodeURIComponent(item.id)}`, undefined, { key: item.key, tries: 1 });
      this.failures = 0;
      this.answered(item);
    } catch (err) {
      this.sending.delete(item.id);
      const problem = err instanceof ProblemError ? err.problem : { code: 'network' };
      if (problem.code === 'rate_limited' || problem.status === 429) {
        // Not refused, only too soon: so says the server, or a gateway before it.
        this.failed.add(item.id);
        this.failures = Math.max(1, this.failures);
        this.again = performance.now() + (problem.retry_ms ?? 10_000);
      } else if (problem.code === 'network' || [502, 503, 504].includes(problem.status ?? 0)) {
        // Nobody answered, or the server is stopping: it may have been done, and may be done yet.
        this.failed.add(item.id);
        this.again = performance.now() + Math.min(10_000, 1000 * 2 ** this.failures++) * (0.5 + Math.random() / 2);
      } else {
        this.take(item);
        if (item.act === 'ask') this.forget(item.id);
        if (problem.code !== 'no_such_request') this.options.onRefused(item, problem);
      }
      this.options.onChange();
    }
  }

  /** When a new try is allowed, performance.now() ms. @private */
  again = 0;

  /** Done, says the answer, which may outrun the stream: what it shows is awaited a moment, so that nothing flickers. @private @param {Item} item */
  answered(item) {
    this.failed.delete(item.id);
    if (item.act === 'withdraw') this.drop(item.id, false);
    setTimeout(() => {
      this.sending.delete(item.id);
      this.take(item);
      this.options.onChange();
    }, 1500);
  }

  /** @private @param {Item} item */
  take(item) {
    this.failed.delete(item.id);
    this.seen.delete(item.id);
    this.put((items) => items.filter((i) => !(i.id === item.id && i.act === item.act)));
  }

  /** @private @param {string} id */
  forget(id) {
    this.options.store.update((kept) => {
      const mine = { ...kept.mine };
      delete mine[id];
      return { ...kept, mine };
    });
  }

  /** @private @param {(items: Item[]) => Item[]} change */
  put(change) {
    this.options.store.update((kept) => ({ ...kept, outbox: change(kept.outbox) }));
  }
}
