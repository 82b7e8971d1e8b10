// A page as a person uses it: looks for something by what it is and says, waits until it
// is there, clicks it. Written over what every engine can do (see engines.mjs).

import { PATIENCE } from './harness.mjs';

/**
 * @typedef {object} What Something that can be seen on a page: the first that is all of this.
 * @property {string} [css] a selector
 * @property {'button' | 'option' | 'alert' | 'switch'} [role]
 * @property {string} [name] its accessible name, in full
 * @property {string} [text] a part of what it says
 * @property {number} [nth] not the first but this one, from 0
 */

/** Finds what can be seen. Runs in the page. @param {What} what */
function seen({ css, role, name, text, nth = 0 }) {
  const roles = { button: 'button, [role=button], input[type=submit]' };
  const plain = (/** @type {string} */ s) => s.replace(/\s+/g, ' ').trim();
  const all = [...document.querySelectorAll(css ?? roles[role] ?? (role ? `[role=${role}]` : '*'))].filter((el) => {
    if (css && role && !el.matches(roles[role] ?? `[role=${role}]`)) return false;
    const box = el.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(el).visibility !== 'visible') return false;
    const says = plain(el.innerText ?? el.textContent);
    if (name !== undefined && plain(el.getAttribute('aria-label') ?? says) !== name) return false;
    return text === undefined || says.includes(text);
  });
  return all.at(nth);
}

/**
 * Gives an element where a click would reach it: not deaf, not under another, and in the same
 * place for two frames, since an engine's driver clicks where the element was when it looked.
 * Runs in the page. @param {Element | undefined} el
 */
async function still(el) {
  if (!el || el.matches('[aria-disabled=true], [aria-busy=true], :disabled')) return undefined;
  el.scrollIntoView({ block: 'nearest' });
  const places = [];
  for (let frame = 0; frame < 3; frame++) {
    const { x, y, width, height } = el.getBoundingClientRect();
    places.push(`${x} ${y} ${width} ${height}`);
    const hit = document.elementFromPoint(x + width / 2, y + height / 2);
    if (!hit || !el.contains(hit) || places[0] !== places[frame]) return undefined;
    await new Promise((drawn) => requestAnimationFrame(drawn));
  }
  return el;
}

const pause = () => new Promise((r) => setTimeout(r, 30));
const target = (/** @type {What | string} */ what) => (typeof what === 'string' ? { css: what } : what);

export class Page {
  /** @param {import('./engines.mjs').Tab} tab */
  constructor(tab) {
    this.tab = tab;
  }

  async go(url) {
    await this.tab.go(url);
    await this.tab.watch?.();
  }

  async reload() {
    await this.tab.reload();
    await this.tab.watch?.();
  }

  /** Runs a function in the page, with JSON in and out. */
  run(f, ...args) {
    return this.tab.run(f, ...args);
  }

  /** Tries until it succeeds; fails with its last failure. */
  async #patiently(what, attempt) {
    let why;
    for (const until = performance.now() + PATIENCE; performance.now() < until; await pause()) {
      try {
        const [done, value] = await attempt();
        if (done) return value;
        why = undefined;
      } catch (e) {
        why = e;
      }
    }
    throw new Error(`not within ${PATIENCE / 1000} s: ${what}${why ? ` (${why.message})` : ''}`, { cause: why });
  }

  /** Waits until a function that runs in the page gives something true, and gives it. */
  until(f, ...args) {
    return this.#patiently(`${f}`, async () => {
      const value = await this.run(f, ...args);
      return [Boolean(value), value];
    });
  }

  /** Waits until it can be seen. @param {What | string} what */
  see(what) {
    return this.#patiently(`seeing ${JSON.stringify(what)}`, async () => [await this.#there(what)]);
  }

  /** Waits until it cannot be seen any more. @param {What | string} what */
  gone(what) {
    return this.#patiently(`${JSON.stringify(what)} being gone`, async () => [!(await this.#there(what))]);
  }

  #there(what) {
    return this.run(`(what) => Boolean((${seen})(what))`, target(what));
  }

  /** Waits until it is there and answers (a button may be deaf for a while), and clicks it. @param {What | string} what */
  click(what) {
    return this.#patiently(`clicking ${JSON.stringify(what)}`, async () => {
      const element = await this.tab.find(`(what) => (${still})((${seen})(what))`, target(what));
      if (!element) return [false];
      await this.tab.click(element);
      return [true];
    });
  }

  /** Writes into a field in place of what is there. @param {What | string} what @param {string} text */
  fill(what, text) {
    return this.#patiently(`filling ${JSON.stringify(what)}`, async () => {
      const element = await this.tab.find(
        `(what) => {
          const el = (${seen})(what);
          if (el?.value) {
            el.value = '';
            el.dispatchEvent(new InputEvent('input', { bubbles: true }));
          }
          return el;
        }`,
        target(what),
      );
      if (!element) return [false];
      await this.tab.type(element, text);
      return [true];
    });
  }

  /** What all that a selector finds say. */
  texts(css) {
    return this.run((css) => [...document.querySelectorAll(css)].map((el) => el.innerText.trim()), css);
  }

  /** What the countdown shows, in seconds, negative in overtime; undefined while it shows no figure. */
  async shown() {
    const text = await this.run(() => document.querySelector('[data-countdown]')?.textContent ?? '');
    const digits = text.match(/(\+)?(?:(\d+):)?(\d+):(\d\d)/);
    if (!digits) return undefined;
    const seconds = Number(digits[2] ?? 0) * 3600 + Number(digits[3]) * 60 + Number(digits[4]);
    return digits[1] ? -seconds : seconds;
  }

  /** Exceptions in the page, and what it logged as an error where the engine tells. */
  async faults() {
    return [...this.tab.faults, ...((await this.tab.faultsInPage?.()) ?? [])];
  }

  /** @param {{path: string}} to */
  screenshot({ path }) {
    return this.tab.picture(path);
  }

  close() {
    return this.tab.close();
  }
}
