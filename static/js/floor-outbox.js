// Sends a delegate's requests and withdrawals, each once, when it can. What cannot be sent is kept, and given up after five minutes.

/** @import { Kind, Problem, State } from './types.js' */
/** @import { Api } from './api.js' */
/** @import { Item } from './floor-logic.js' */
/** @import { Store } from './floor-store.js' */
import { ProblemError, newId } from './api.js';
import { UNDO_MS, fateOf } from './floor-logic.js';

/**
 * @typedef {object} Options
 * @property {Store} store
 * @property {() => Api} api
 * @property {() => State | undefined} state
 * @property {() => void} onChange
 * @property {(item: Item) => void} onGivenUp
 * @property {(item: Item, problem: Problem) => void} onRefused
 */

export class Outbox {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Set<string>} what is on its way now */
    this.sending = new Set();
    /** @type {Set<string>} what was tried in vain */
    this.failed = new Set();
    this.failures = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    window.addEventListener('online', () => this.hurry());
    // A phone that is put away may not wake again for a while: what was withdrawn must not be called.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) return this.hurry();
      this.put((items) => items.map((i) => (i.act === 'withdraw' ? { ...i, due: 0 } : i)));
      this.run();
    });
  }

  get items() {
    return this.options.store.kept.outbox;
  }

  /** @param {string} panel @param {Kind} kind @param {Record<string, string>} details those that are empty are left out */
  ask(panel, kind, details) {
    const id = newId();
    const body = { id, panel, kind, ...Object.fromEntries(Object.entries(details).filter(([, text]) => text.trim() !== '')) };
    this.options.store.update((kept) => ({
      ...kept,
      mine: { ...kept.mine, [id]: { panel, kind } },
      outbox: [...kept.outbox, { act: 'ask', id, body, at: Date.now() }],
    }));
    this.run();
  }

  /** Withdraws in a while, so that it can be undone. @param {string} id @param {number} [wait] */
  withdraw(id, wait = UNDO_MS) {
    const now = Date.now();
    this.put((items) => [...items.filter((i) => i.id !== id), { act: 'withdraw', id, key: newId(), at: now, due: now + wait }]);
    this.run();
  }

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
    const now = Date.now();
    let next = Infinity;
    for (const item of this.items) {
      const fate = fateOf(item, now, this.options.state());
      if (fate === 'done') this.take(item);
      else if (fate === 'give_up') {
        this.take(item);
        this.options.onGivenUp(item);
      } else if (fate === 'wait' && item.act === 'withdraw') next = Math.min(next, item.due - now);
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
