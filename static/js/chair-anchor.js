// Keeps the rows that are being read where they are while others come and go above them. (Not every browser anchors scrolling.)

import { scrollerOf } from './chair-drag.js';

const FRAMES = 2;
const ROWS = 5;
const FAR = 400; // px

/**
 * @typedef {object} Anchor
 * @property {HTMLElement} scroller
 * @property {number} at where it was scrolled to by us: elsewhere, somebody has scrolled since
 * @property {(readonly [HTMLElement, number])[]} seen rows in sight, and where they are to stay
 */

/** @type {Anchor | undefined} */
let anchor;

/**
 * Remembers where the rows in sight are; what it gives puts them there again. At the list's beginning nothing is held:
 * who looks there wants to see who is next.
 * @param {HTMLElement | null} list
 * @returns {() => void}
 */
export function hold(list) {
  if (!list) return () => {};
  const scroller = scrollerOf(list);
  const top = scroller === list ? list.getBoundingClientRect().top : 0;
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[data-request]')]);
  if (rows.length === 0 || rows[0].getBoundingClientRect().top >= top) {
    anchor = undefined;
    return () => {};
  }
  // While nobody scrolls, what is held stays what it was: else each change would add its error.
  const same = anchor && anchor.scroller === scroller && anchor.at === scroller.scrollTop && anchor.seen.some(([row]) => row.isConnected);
  if (!same) {
    // The first row in sight, by halving: reading where each of two hundred is takes too long.
    let [low, high] = [0, rows.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    const seen = rows.slice(low, low + ROWS).map((row) => /** @type {const} */ ([row, row.getBoundingClientRect().top]));
    anchor = { scroller, at: scroller.scrollTop, seen };
  }
  const held = /** @type {Anchor} */ (anchor);
  return () => settle(held, FRAMES);
}

/**
 * Puts the rows back. Rows out of sight have the height that the browser guesses until they come near: for a few frames what
 * they turn out to be moves the others. As soon as somebody scrolls, that is left alone.
 * @param {Anchor} held @param {number} frames
 */
function settle(held, frames) {
  if (held !== anchor || held.scroller.scrollTop !== held.at) return;
  const moved = held.seen.filter(([row]) => row.isConnected).map(([row, y]) => row.getBoundingClientRect().top - y);
  if (moved.length === 0) return;
  // The first tells, unless it was itself moved far away: that one is not followed.
  const least = Math.min(...moved.map(Math.abs));
  const by = /** @type {number} */ (moved.find((y) => Math.abs(y) <= least + FAR));
  if (Math.abs(by) >= 1) {
    const to = held.scroller.scrollTop + by;
    held.scroller.scrollTop = to;
    held.at = held.scroller.scrollTop;
    if (Math.abs(held.at - to) > 1) anchor = undefined; // the list ends there
  }
  if (frames > 0) requestAnimationFrame(() => settle(held, frames - 1));
}
