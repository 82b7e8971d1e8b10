// Watching what the countdowns of pages show, and when, against the server's clock.
//
// The tests' machine may be slow to draw, so what is measured is what a page knew: it
// must change its digits in the first frame that it draws after the second began. How
// far the second lies outside of the time from the frame before to that frame is by how
// much the page's idea of the server's clock was off, whatever the frame rate.

import assert from 'node:assert/strict';
import { open } from './harness.mjs';

/** The time between two frames of a screen, ms. */
export const FRAME = 1000 / 60;

/**
 * Runs in each page before its own scripts: keeps each change of the digits, in the machine's wall time
 * with fractions, and when the frame before was. `shift` sets the date that the page sees, in ms.
 */
export function watch({ shift }) {
  const RealDate = Date;
  const local = performance.now.bind(performance);
  // Date.now() has whole milliseconds: at its edges it is exact.
  let wall = -Infinity;
  for (const until = local() + 5; local() < until; ) wall = Math.max(wall, RealDate.now() - local());
  const at = () => wall + local();
  window.watched = { changes: [], words: [], at, shift, frames: [] };

  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length ? args : [RealDate.now() + window.watched.shift]));
    }
    static now() {
      return RealDate.now() + window.watched.shift;
    }
  };

  // A device that is suspended: the page stands still and its clock with it, and nobody tells it.
  let lost = 0;
  performance.now = () => local() - lost;
  window.watched.suspend = (ms) => {
    const since = local();
    while (local() - since < ms);
    lost += local() - since;
    window.watched.woke = at();
  };
  document.addEventListener('resume', () => (window.watched.woke = at()), true);

  let before = at();
  let frame = at();
  const tick = () => {
    before = frame;
    frame = at();
    window.watched.frames.push(frame - before);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  let last;
  let word;
  new MutationObserver(() => {
    const phase = document.querySelector('.phase-word')?.textContent;
    if (phase !== word) window.watched.words.push({ word: (word = phase), at: at() });
    const text = document.querySelector('[data-countdown]')?.textContent ?? '';
    if (text === last) return;
    last = text;
    const now = at();
    // The page's own frame may have come before this one's in the same round.
    window.watched.changes.push({ text, at: now, before: now - frame < 4 ? before : frame });
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
    await page.locator('input[role=combobox]').fill('oman');
    await page.locator('.option').first().click();
    await page.locator('#code').fill(links.join_code);
    await page.locator('button[type=submit]').click();
  });
}

export const changes = (page) => page.evaluate(() => window.watched.changes);
export const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
export const pause = (ms) => new Promise((r) => setTimeout(r, ms));

/** The seconds that digits stand for, below zero in overtime; undefined: none. */
export function seconds(text) {
  const digits = text.match(/^(\+)?(\d+):(\d\d)$/);
  return digits ? (digits[1] ? -1 : 1) * (Number(digits[2]) * 60 + Number(digits[3])) : undefined;
}

/** The server's clock less this machine's wall clock, in ms. */
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
  return best.ahead;
}

/** When each second of a running countdown begins, in wall time: a function of the figure. */
export async function secondsOf(server) {
  const { timer } = (await server.state()).state.floor;
  assert.equal(timer.state, 'running');
  const ahead = await serverAhead(server);
  return (s) => timer.since_ms + (timer.limit_ms - timer.used_ms) - s * 1000 - ahead;
}

/** By how much a page was off at each second from `from` on, in ms: above zero too late, below too early. */
export function offBy(all, begins, from) {
  return all.filter((c) => c.at >= from && seconds(c.text) > 0).map((c) => {
    const second = begins(seconds(c.text));
    if (second > c.at) return c.at - second;
    return second < c.before ? c.before - second : 0;
  });
}

/** A figure was shown in its second. */
export function right(c, begins) {
  const late = c.at - begins(seconds(c.text));
  assert.ok(late > -50 && late < 1050, `${c.text} was shown ${Math.round(late)} ms after its second began`);
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
