// Against taps that meant something else. Time is passed in: performance.now() ms.

const MAIN_MS = 700;
const LIST_MS = 500;

/** A button is deaf for a while after its meaning has changed: the finger may have been on its way. */
export class Deaf {
  constructor(ms = MAIN_MS) {
    this.ms = ms;
    /** @type {string | undefined} */
    this.meaning = undefined;
    this.since = -Infinity;
  }

  /** Tells what the button means from now on. True when that is new. @param {string} meaning @param {number} now */
  see(meaning, now) {
    if (meaning === this.meaning) return false;
    if (this.meaning !== undefined) this.since = now;
    const changed = this.meaning !== undefined;
    this.meaning = meaning;
    return changed;
  }

  /** @param {number} now */
  deaf(now) {
    return now - this.since < this.ms;
  }
}

/** Which rows of a list have another place than a moment ago, so that a tap may have been for another row. */
export class Moves {
  constructor(ms = LIST_MS) {
    this.ms = ms;
    this.list = '';
    /** @type {Map<string, number> | undefined} row -> place */
    this.places = undefined;
    /** @type {Map<string, number>} row -> when it came to its place */
    this.moved = new Map();
  }

  /**
   * Tells the order from now on, and says whether a row moved. A row that is new at the end has moved nobody; another list has moved all.
   * @param {string} list
   * @param {string[]} ids
   * @param {number} now
   */
  see(list, ids, now) {
    const before = this.places;
    const other = list !== this.list;
    this.list = list;
    this.places = new Map(ids.map((id, place) => [id, place]));
    let moved = false;
    if (!before) return moved;
    for (const [id, place] of this.places) {
      const was = before.get(id);
      if (other || (was === undefined ? place < before.size : was !== place)) {
        this.moved.set(id, now);
        moved = true;
      }
    }
    for (const id of this.moved.keys()) if (!this.places.has(id)) this.moved.delete(id);
    return moved;
  }

  /** @param {string} id @param {number} now */
  deaf(id, now) {
    return now - (this.moved.get(id) ?? -Infinity) < this.ms;
  }
}
