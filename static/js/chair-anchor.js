// Keeps the row that is being read where it is while others come and go above it. (Not every browser anchors scrolling.)

import { scrollerOf } from './chair-drag.js';

const FRAMES = 2;

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
  if (rows.length === 0 || rows[0].getBoundingClientRect().top >= top) return () => {};
  // The first row in sight, by halving: reading where each of two hundred is takes too long.
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  const seen = rows.slice(low, low + 4).map((row) => /** @type {const} */ ([row, row.getBoundingClientRect().top]));
  return () => {
    const [row, y] = seen.find(([r]) => r.isConnected) ?? [];
    if (!row || y === undefined) return;
    settle(scroller, row, y, FRAMES);
  };
}

/**
 * Puts a row back. Rows out of sight have the height that the browser guesses until they come near: for a few frames what
 * they turn out to be moves the others. As soon as somebody scrolls, that is left alone.
 * @param {HTMLElement} scroller @param {HTMLElement} row @param {number} y @param {number} frames
 */
function settle(scroller, row, y, frames) {
  const by = row.getBoundingClientRect().top - y;
  if (Math.abs(by) >= 1) scroller.scrollTop += by;
  const at = scroller.scrollTop;
  if (frames > 0) requestAnimationFrame(() => row.isConnected && scroller.scrollTop === at && settle(scroller, row, y, frames - 1));
}
