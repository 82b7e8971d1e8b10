// What a delegate's phone keeps of a debate across reloads: whom it speaks for, which requests are its own, what is not sent yet.

/** @import { Kept } from './floor-logic.js' */

/** @returns {Kept} */
const nothingKept = () => ({ mine: {}, floors: [], outbox: [] });

export class Store {
  /** @param {string} debate */
  constructor(debate) {
    this.key = `rostrum.floor.${debate}`;
    this.kept = this.read() ?? nothingKept();
  }

  /** Changes what is kept. Reads it anew first, since the page may be open twice. @param {(kept: Kept) => Kept} change */
  update(change) {
    this.kept = change(this.read() ?? this.kept);
    try {
      localStorage.setItem(this.key, JSON.stringify(this.kept));
    } catch {
      // Storage may be forbidden or full: then it lasts as long as the page.
    }
  }

  /** @private @returns {Kept | undefined} */
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? 'null');
      return kept && typeof kept === 'object' ? { ...nothingKept(), ...kept } : undefined;
    } catch {
      return undefined;
    }
  }
}
