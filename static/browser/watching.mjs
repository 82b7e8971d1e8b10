// Watching what the countdowns of pages show, and when, against the server's clock.
//
// The tests' machine may be slow to draw, so what is measured is what a page knew: it
// must change its digits in the first frame that it draws after the second began. How
// far the second lies outside of the time from the frame before to that frame is by how
// much the page's idea of the server's clock was off, whatever the frame rate.
//
// The machine may be slow to answer, too. A page cannot know the server's clock better than to half
// a round trip, so the round trips are watched, and a page may be off by as much as its own allow.
// How much that is on a given machine is reported, not asserted.

import assert from 'node:assert/strict';
import { open } from './harness.mjs';

/** What whole milliseconds at the server, in a page and in a test may add up to, ms. */
const ROUNDING = 4;

/**
 * Runs in each page before its own scripts: keeps each change of the digits, in the machine's wall time
 * with fractions, when the page looked at the time for it (no sooner), and when it had looked before. Keeps its pings' round
 * trips, and the lapses at which it may not know the time any more. `shift` sets the date that the page sees, in ms.
 */
export function watch({ shift }) {
  const RealDate = Date;
  const local = performance.now.bind(performance);
  // Date.now() has whole milliseconds: at its edges it is exact.
  let wall = -Infinity;
  for (const until = local() + 5; local() < until; ) wall = Math.max(wall, RealDate.now() - local());
  const at = () => wall + local();
  window.watched = { changes: [], words: [], at, shift, frames: [], pongs: [], lapses: [] };
  /** From now on the page may not know the time, after it was patient for so long. */
  const lapse = (patience) => window.watched.lapses.push({ at: at(), local: performance.now(), patience });
  window.watched.set = (to) => {
    window.watched.shift = to;
    lapse(250);
  };

  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length ? args : [RealDate.now() + window.watched.shift]));
    }
    static now() {
      return RealDate.now() + window.watched.shift;
    }
  };

  // A device that is suspended: the page stands still and its clock with it, and nobody tells it. It wakes when an address answers.
  let lost = 0;
  performance.now = () => local() - lost;
  const wake = () => {
    window.watched.woke = at();
    lapse(0);
  };
  window.watched.suspend = (address) => {
    const since = local();
    const answer = new XMLHttpRequest();
    answer.open('GET', address, false);
    answer.send();
    lost += local() - since;
    wake();
  };
  document.addEventListener('freeze', () => console.debug('asleep'), true);
  document.addEventListener('resume', wake, true);

  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        const { type, t0, t1, t2 } = JSON.parse(data);
        // Once the page has taken it: so the round trip is no shorter than the page's own.
        if (type === 'pong') setTimeout(() => t0 >= (window.watched.lapses.at(-1)?.local ?? 0) && window.watched.pongs.push({ at: at(), trip: performance.now() - t0 - (t2 - t1) }));
      });
    }
  };

  // When the frame before began, and the last one, with the first of what is done in it; and whether it is at work.
  let [before, frame, stamp, drawing] = [at(), at(), 0, false];
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (act) =>
    request((now) => {
      if (now !== stamp) {
        [before, frame, stamp] = [frame, at(), now];
        window.watched.frames.push(frame - before);
        if (frame - before > 4000) lapse(0); // for the page it has slept
      }
      drawing = true;
      try {
        act(now);
      } finally {
        queueMicrotask(() => (drawing = false)); // after those who observe what was done
      }
    });
  const tick = () => requestAnimationFrame(tick);
  tick();
  let last;
  let word;
  new MutationObserver(() => {
    const phase = document.querySelector('.phase-word')?.textContent;
    if (phase !== word) window.watched.words.push({ word: (word = phase), at: at() });
    const text = document.querySelector('[data-countdown]')?.textContent ?? '';
    if (text === last) return;
    last = text;
    window.watched.changes.push({ text, at: at(), looked: frame, before: drawing ? before : frame });
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

export const figure = (page) => page.waitForFunction(() => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? ''));

/** Opens a page that is watched. */
export async function watched(browser, url, kind, shift = 0, prepare = async (page) => undefined) {
  const page = await open(browser, 'about:blank', kind);
  await page.addInitScript(watch, { shift });
  await page.goto(url);
  await prepare(page);
  await figure(page);
  return page;
}

/** Opens a delegate's phone that is watched. */
export function phone(browser, links, url, shift) {
  return watched(browser, url, 'phone', shift, async (page) => {
    await page.locator('.join-debate').waitFor(); // drawn with the state: by then the options are no more made anew
    await page.locator('input[role=combobox]').fill('oman');
    await page.locator('.option').first().click();
    await page.locator('#code').fill(links.join_code);
    await page.locator('button[type=submit]').click();
  });
}

/** What was seen of a page until now. */
export const seenOf = (page) =>
  page.evaluate(() => {
    const { changes, words, frames, pongs, lapses, woke } = window.watched;
    return { changes, words, frames, pongs, lapses, woke };
  });

/** Waits until so many pings of a page were answered. */
export const pinged = (page, n) => page.waitForFunction((n) => window.watched.pongs.length >= n, n);

/** Waits until a page has shown so many figures from an instant on; else it says what became of the page. */
export async function counted(page, n, from) {
  try {
    await page.waitForFunction(([n, from]) => window.watched.changes.filter((c) => c.at >= from && /\d/.test(c.text)).length >= n, [n, from]);
  } catch (cause) {
    throw new Error(`${await plight(page, from)}: ${cause.message}`, { cause });
  }
}

/** What there is to know of a page that does not go on. */
async function plight(page, from) {
  const now = () =>
    page.evaluate(() => {
      const { at, changes, frames, lapses, pongs } = window.watched;
      const digits = document.querySelector('[data-countdown]')?.textContent;
      return { wall: Date.now() - window.watched.shift, at: at(), age: performance.now(), frames: frames.length, digits, hidden: document.hidden, changes: changes.slice(-3), pongs: pongs.slice(-3), lapses };
    });
  const answer = (async () => {
    const [then, url] = [await now(), page.url()];
    await pause(1000);
    return JSON.stringify({ url, from, then, second: await now(), faults: page.faults });
  })();
  return Promise.race([answer, pause(10_000).then(() => `${page.url()} does not answer`)]).catch(String);
}

export const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
export const pause = (ms) => new Promise((r) => setTimeout(r, ms));

/** The seconds that digits stand for, below zero in overtime; undefined: none. */
export function seconds(text) {
  const digits = text.match(/^(\+)?(\d+):(\d\d)$/);
  return digits ? (digits[1] ? -1 : 1) * (Number(digits[2]) * 60 + Number(digits[3])) : undefined;
}

/** The server's clock less this machine's wall clock, in ms, within ± half of a round trip. */
async function serverAhead(server) {
  let best = { trip: Infinity, ahead: 0 };
  let wall = -Infinity;
  for (const until = performance.now() + 5; performance.now() < until; ) wall = Math.max(wall, Date.now() - performance.now());
  for (let n = 0; n < 40; n++) {
    const t0 = wall + performance.now();
    const { t1, t2 } = await (await fetch(`${server.base}/api/v1/clock`)).json();
    const trip = wall + performance.now() - t0;
    if (trip < best.trip) best = { trip, ahead: (t1 + t2) / 2 - t0 - trip / 2 };
  }
  return best;
}

/** When each second of a running countdown begins, in wall time, within ± `doubt`: a function of the figure. */
export async function secondsOf(server) {
  const { timer } = (await server.state()).state.floor;
  assert.equal(timer.state, 'running');
  const { ahead, trip } = await serverAhead(server);
  return Object.assign((s) => timer.since_ms + (timer.limit_ms - timer.used_ms) - s * 1000 - ahead, { doubt: trip / 2 });
}

const FRESH = 2400; // ms after its first pong in which a page takes better ones over at once, a little less than it is (js/clock.js)

/**
 * By how much a page may be off at an instant, in ms, for the round trips of its pings: after a lapse by half of the shortest until
 * then, as long as it takes better ones over at once; later ones only move it nearer. `way`: what each way takes at least,
 * which makes nobody unsure.
 */
function doubt({ pongs, lapses }, at, way = 0) {
  const lapse = lapses.findLast((l) => l.at <= at);
  const heard = pongs.filter((p) => p.at > (lapse?.at ?? -Infinity));
  const fresh = heard.filter((p, n) => n === 0 || (p.at <= at && p.at < heard[0].at + FRESH));
  const here = Math.max(0, Math.min(...fresh.map((p) => p.trip)) / 2 - way);
  // A page that was patient may go on with what it knew before.
  return lapse?.patience ? Math.max(here, doubt({ pongs, lapses: lapses.filter((l) => l !== lapse) }, at, way)) : here;
}

/** How much a page may be off at a change, with the test's own doubt. */
export const allowed = (seen, c, begins, way = 0) => doubt(seen, c.at, way) + begins.doubt + ROUNDING;

/** Whether a page cannot know the time at a change: after a lapse nobody has answered for longer than it is patient. */
export const unknowing = ({ pongs, lapses }, c) =>
  lapses.some((l) => c.at >= l.at + l.patience && !pongs.some((p) => p.at > l.at && p.at < c.at));

/** By how much a page was off at each second from `from` on, in ms: above zero too late, below too early. */
export function offBy(all, begins, from) {
  return all.filter((c) => c.at >= from && seconds(c.text) > 0).map((c) => {
    const second = begins(seconds(c.text));
    if (second > c.at) return c.at - second;
    return second < c.before ? c.before - second : 0;
  });
}

/** A page changed at each second from `from` on, as exactly as it can know when that is. Gives by how much it was off, ms. */
export function exact(seen, begins, from, who, way = 0) {
  // A figure after none may have begun long before.
  const all = seen.changes.filter((c, n) => c.at >= from && seconds(c.text) > 0 && seconds(seen.changes[n - 1]?.text ?? '') !== undefined);
  const off = offBy(all, begins, from);
  const most = all.map((c) => allowed(seen, c, begins, way));
  assert.deepEqual(off.filter((ms, n) => Math.abs(ms) > most[n]), [], `${who} is off by ${off.map(Math.round)} ms, and may be by ${most.map(Math.round)}`);
  return off;
}

/** A figure was shown in its second, as far as the page can know when that is. */
export function right(seen, c, begins, way = 0) {
  const [second, most] = [begins(seconds(c.text)), allowed(seen, c, begins, way)];
  const [late, looked] = [c.at - second, c.looked - second]; // the page looked at the time between them
  assert.ok(late >= -most && looked <= 1000 + most, `${c.text} was shown ${Math.round(looked)} to ${Math.round(late)} ms after its second began, give or take ${Math.round(most)}`);
}

/** No figure of one intervention, with an unchanged limit, goes backwards. */
export function forward(all, who) {
  const shown = all.map((c) => seconds(c.text)).filter((s) => s !== undefined);
  for (let n = 1; n < shown.length; n++) assert.ok(shown[n] <= shown[n - 1], `${who} went from ${shown[n - 1]} back to ${shown[n]}`);
}

/** How far apart the pages changed to the same figure, for each figure that all of them showed. */
export function spreads(every, from) {
  const moments = new Map();
  for (const all of every) {
    for (const c of all) if (c.at >= from && seconds(c.text) > 0) moments.set(c.text, [...(moments.get(c.text) ?? []), c.at]);
  }
  return [...moments.values()].filter((m) => m.length === every.length).map((m) => Math.max(...m) - Math.min(...m));
}
