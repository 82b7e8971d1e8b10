// A full room: two hundred on the list and sixty more who come while the chair scrolls and
// taps. Nothing may jump under a finger, and no tap may reach another than the one that it
// was meant for.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Server, build, drawn, launch, open } from './harness.mjs';

const server = new Server(build());
/** @type {import('playwright-core').Browser} */
let browser;
/** All who may ask. @type {{id: string, name: string}[]} */
let roster;
let made = 0;
const ask = (participant, kind = 'intervention') => server.send('POST', '/requests', { id: `r-${++made}`, participant, kind });
const pause = (ms) => new Promise((r) => setTimeout(r, ms));

before(async () => {
  await server.start();
  browser = await launch();
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  roster = (await server.send('GET', '/roster?lang=en')).participants;
  for (const { id } of roster.slice(0, 200)) await ask(id);
});

after(async () => {
  await browser?.close();
  await server.kill();
});

/** The chair's page with the whole list. */
async function desk() {
  const page = await open(browser, server.links.chair, 'tablet');
  await page.locator('.entry').nth(199).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('.entry .name')].every((n) => n.textContent));
  return page;
}

/**
 * Follows the row that is in the middle of the list, from frame to frame: how far it moved in each, and how long that took.
 * A row that leaves the middle hands over to another.
 */
const follow = (page) =>
  page.evaluate(() => {
    const rows = document.querySelector('[data-rows]');
    const box = rows.getBoundingClientRect();
    const middle = () => document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.closest('[data-request]');
    window.moves = [];
    let row = middle();
    let top = row.getBoundingClientRect().top;
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      const at = row.isConnected ? row.getBoundingClientRect().top : undefined;
      if (at !== undefined) window.moves.push({ by: at - top, ms: now - last });
      if (at === undefined || Math.abs(at - box.top - box.height / 2) > 120) row = middle() ?? row;
      top = row.getBoundingClientRect().top;
      last = now;
      window.following = requestAnimationFrame(frame);
    };
    window.following = requestAnimationFrame(frame);
  });

const followed = (page) => page.evaluate(() => (cancelAnimationFrame(window.following), window.moves));
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Points of order at the top and rights of reply at the end, by turns. */
async function arrivals(from, count) {
  for (let n = 0; n < count; n++) {
    await ask(roster[from + n].id, n % 2 ? 'right_of_reply' : 'point_of_order');
    await pause(40);
  }
}

const SLOP = 15; // px that a finger goes before Chromium scrolls

/** Scrolls as a finger does: in strokes over most of the list, at so many pixels in a second. Gives how far. */
async function swipe(page, strokes, speed) {
  const touch = await page.context().newCDPSession(page);
  const box = await page.locator('[data-rows]').boundingBox();
  const [x, from, to] = [box.x + box.width / 3, box.y + box.height - 40, box.y + 40];
  const finger = (type, y) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x, y }] });
  for (let n = 0; n < strokes; n++) {
    await finger('touchStart', from);
    const begun = performance.now();
    for (let y = from; y > to; ) {
      y = Math.max(to, from - (speed * (performance.now() - begun)) / 1000);
      await finger('touchMove', y);
      await pause(8);
    }
    await pause(80); // it rests, so that nothing glides on
    await finger('touchMove', to);
    await finger('touchEnd');
  }
  await touch.detach();
  return strokes * (from - to - SLOP);
}

test('sixty come while the chair reads and scrolls', async (t) => {
  const page = await desk();
  await swipe(page, 4, 1500);

  await t.test('the row that is read stays where it is', async () => {
    await follow(page);
    await arrivals(0, 30);
    const moves = await followed(page);
    assert.ok(moves.length > 0, 'no frame');
    const jumps = moves.filter((m) => Math.abs(m.by) >= 1);
    assert.deepEqual(jumps, [], 'no frame in which the row moved');
  });

  await t.test('scrolling goes on under the finger as if nobody came', async (t) => {
    await follow(page);
    const [moved] = await Promise.all([swipe(page, 5, 600), arrivals(30, 30)]);
    // A slow page follows the finger later.
    await page.evaluate(async () => {
      const rows = document.querySelector('[data-rows]');
      for (let [still, last] = [0, NaN]; still < 5; ) {
        await new Promise((done) => requestAnimationFrame(done));
        still = rows.scrollTop === last ? still + 1 : 0;
        last = rows.scrollTop;
      }
    });
    const moves = await followed(page);
    const row = await page.evaluate(() => document.querySelector('.entry').offsetHeight);
    const back = moves.filter((m) => m.by > row / 4);
    assert.deepEqual(back, [], 'no frame in which the list went against the finger');
    const went = -moves.reduce((sum, m) => sum + m.by, 0);
    t.diagnostic(`the finger went ${moved.toFixed(0)} px, the list ${went.toFixed(0)} px`);
    assert.ok(Math.abs(went - moved) < row, `the finger went ${moved.toFixed(0)} px, the list ${went.toFixed(0)} px`);
    const frames = moves.map((m) => m.ms);
    // How smoothly hangs on the machine: it is said, and not asserted.
    t.diagnostic(`frames: ${median(frames).toFixed(1)} ms, the longest ${Math.max(...frames).toFixed(0)} ms`);
  });
  assert.equal(await page.locator('.entry').count(), 260);
  assert.deepEqual(page.faults.filter((f) => !/Failed to load resource/.test(f)), []);
  await page.context().close();
});

test('a tap reaches whom it was meant for, or nobody', async (t) => {
  const page = await desk();
  // When the list moved, and when the finger came down. A finger `at` a place comes down as soon as the list has moved, however slow the machine.
  await page.evaluate(() => {
    window.tapped = { taps: 0, calls: 0 };
    const { fetch } = window;
    window.fetch = (url, more) => {
      if (more?.method === 'PUT' && String(url).includes('/floor')) window.tapped.calls++;
      return fetch(url, more);
    };
    const first = () => document.querySelector('.entry')?.dataset.request;
    let was = first();
    new MutationObserver(() => {
      if (first() === was) return;
      was = first();
      window.tapped.moved = Number(document.timeline.currentTime); // the frame's: the page counts from within it
      if (!window.tapped.at) return;
      const under = document.elementFromPoint(...window.tapped.at);
      under.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, isPrimary: true }));
      under.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));
    }).observe(document.querySelector('[data-rows]'), { subtree: true, childList: true });
    addEventListener('pointerdown', () => (window.tapped.down = performance.now()), true);
    addEventListener('click', () => window.tapped.taps++, true);
  });
  /** Waits until the list has come to rest, so that its rows hear. */
  const rest = () => page.locator('.entry').nth(2).locator('.call:not([aria-disabled=true])').waitFor();
  /** The middle of a row's button that calls. */
  const button = async (n) => {
    const { x, y, width, height } = await page.locator('.entry .call').nth(n).boundingBox();
    return [x + width / 2, y + height / 2];
  };
  let early = 0;
  let taps = 0;
  // One by one those in front withdraw: every row moves up by one. First under a finger that is just coming down.
  for (const wait of ['at once', 'at once', 0, 100, 200, 300, 0, 100]) {
    await rest();
    const at = await button(2);
    await page.evaluate((at) => (window.tapped.at = at), wait === 'at once' ? at : undefined);
    const first = await page.locator('.entry').first().getAttribute('data-request');
    await server.send('DELETE', `/requests/${first}`);
    await page.locator(`.entry[data-request="${first}"]`).waitFor({ state: 'detached' });
    if (wait !== 'at once') {
      await pause(wait);
      await page.touchscreen.tap(...at); // by a finger that was on its way
    }
    taps++;
    await page.waitForFunction((taps) => window.tapped.taps >= taps, taps);
    await drawn(page);
    const { after, called } = await page.evaluate(() => ({ after: window.tapped.down - window.tapped.moved, called: window.tapped.calls }));
    if (after < 490) {
      early++;
      assert.equal(called, 0, `a call by a tap ${after.toFixed(0)} ms after the list moved`);
    } else if (called > 0) {
      // Too slow a finger: it meant the one it reached.
      await page.locator('.floor-time [data-countdown]').waitFor();
      await page.evaluate(() => (window.tapped.calls = 0));
      await server.send('DELETE', '/floor');
    }
  }
  t.diagnostic(`${early} taps came within half a second`);
  assert.ok(early >= 2, 'the tap at once');
  // Once the list stands still, the tap reaches the row under the finger.
  await rest();
  const meant = await page.locator('.entry').nth(2).getAttribute('data-request');
  const participant = (await server.state()).state.requests[meant].participant;
  await page.touchscreen.tap(...(await button(2)));
  await page.locator('.floor-time [data-countdown]').waitFor();
  assert.equal((await server.state()).state.floor.participant, participant);
  await page.context().close();
});
