// Text as large as its box allows. Elements with data-fit have a size of their own from the layout; their text's size is
// multiplied by --fit, which is measured here, down to the fraction that data-fit names.

import { largest, shapeOf } from './display-facts.js';

/** @type {WeakMap<Element, string>} what an element was last measured with */
const measured = new WeakMap();

/** Measures what has changed since. Call it after rendering, before the browser paints. @param {Element} root */
export function fit(root) {
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-fit]'))) {
    const key = `${el.clientWidth}×${el.clientHeight} ${el.textContent}`;
    if (measured.get(el) === key) continue;
    measured.set(el, key);
    delete el.dataset.tight;
    const fits = (/** @type {number} */ scale) => {
      el.style.setProperty('--fit', String(scale));
      return el.scrollHeight <= el.clientHeight + 1 && el.scrollWidth <= el.clientWidth + 1;
    };
    const scale = largest(fits, Number(el.dataset.fit) || 0.3);
    // Even the least size may be too large for one long word: then it breaks inside.
    if (!fits(scale)) el.dataset.tight = '';
  }
}

/** @type {Map<string, number>} */
const widths = new Map();

/**
 * How wide the countdown's digits are, in em of their font: measured once for each shape, so that nothing moves in between.
 * @param {HTMLElement} countdown
 */
export function digitsEm(countdown) {
  const shape = shapeOf(countdown.textContent ?? '');
  let em = widths.get(shape);
  if (em === undefined) {
    const probe = /** @type {HTMLElement} */ (countdown.cloneNode());
    probe.removeAttribute('data-countdown');
    probe.className = 'countdown probe';
    probe.textContent = shape;
    document.body.append(probe);
    em = probe.getBoundingClientRect().width / parseFloat(getComputedStyle(probe).fontSize);
    probe.remove();
    if (em > 0) widths.set(shape, em);
  }
  return em;
}
