// The server's machine sleeps, and its clock is set: what the chair is offered, and what the wall shows.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Server, build, launch, open, step, until } from './harness.mjs';

const MINUTE = 60_000;
const LIMIT = 30 * MINUTE; // longer than the test takes anywhere, and shorter than the sleep

const server = new Server(build({ tags: 'fakeclock' }));
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Record<string, import('playwright-core').Page>} */
const pages = {};

before(async () => {
  await server.start();
  browser = await launch();
  pages.chair = await open(browser, server.links.chair, 'tablet');
  pages.wall = await open(browser, server.links.display, 'wall');
});

after(async () => {
  await browser?.close();
  await server.kill();
});

/** What is left on the page, ms in whole seconds; undefined while it catches up, or is not in a phase. */
const left = (page, phase) =>
  page.evaluate((phase) => {
    if (phase && document.querySelector('.phase-panel')?.getAttribute('data-phase') !== phase) return;
    const found = /(\+?)(\d+):(\d\d)$/.exec(document.querySelector('[data-countdown]')?.textContent ?? '');
    return found ? (found[1] ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * 1000 : undefined;
  }, phase);

/** Notes all figures that a page draws from now on, with the countdown's state by the page's own words. */
const keep = (page) =>
  page.evaluate(() => {
    /** @type {string[]} */
    const seen = (window.seen = []);
    const look = () => {
      const text = document.querySelector('[data-countdown]')?.textContent ?? '';
      if (seen.at(-1) !== text) seen.push(text);
      requestAnimationFrame(look);
    };
    look();
  });

/** No later than the countdown began, performance.now() ms. */
let begun = 0;

async function recognise(id, participant) {
  begun = performance.now();
  await server.send('PUT', '/floor', { id, participant, limit_ms: LIMIT });
}

/** The figures that a page has drawn and that cannot be: more than the limit, or less than the time leaves that really went by; `but` those. */
async function wrong(page, but = /^(–:––)?$/) {
  const seen = await page.evaluate(() => /** @type {string[]} */ (window.seen));
  const least = LIMIT - (performance.now() - begun) - 1000;
  const ms = (text) => {
    const [, over, minutes, seconds] = /^(\+?)(\d+):(\d\d)$/.exec(text) ?? [];
    return minutes === undefined ? NaN : (over ? -1 : 1) * (Number(minutes) * 60 + Number(seconds)) * 1000;
  };
  return seen.filter((text) => !but.test(text) && !(ms(text) <= LIMIT && ms(text) >= least));
}

const stateWhere = (is) =>
  until(`a state where ${is}`, async () => {
    const { state } = await server.state();
    return is(state) && state;
  });

const counting = (page) => page.waitForFunction(() => /^(30:00|2\d:\d\d)$/.test(document.querySelector('[data-countdown]')?.textContent ?? ''));

test('a sleep of the machine, and a clock that is set', { timeout: 600_000 }, async () => {
  const { chair, wall } = pages;
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  await recognise('i1', 'ken');
  for (const page of [chair, wall]) {
    await counting(page);
    await keep(page);
  }

  await step(pages, 'the countdown is held, and no screen shows the sleep', async () => {
    server.setClocks({ slept: 45 * MINUTE });
    await chair.getByText("The server's machine slept for 45 min").waitFor();
    const state = await stateWhere((s) => s.sleep);
    assert.equal(state.floor.timer.state, 'paused');
    const remains = Math.ceil((state.floor.timer.limit_ms - state.floor.timer.used_ms) / 1000) * 1000;
    for (const page of [chair, wall]) {
      assert.equal(await until('a held figure', () => left(page, 'paused')), remains);
      assert.deepEqual(await wrong(page), []);
    }
  });

  await step(pages, 'the chair counts the time with one tap, and takes that back', async () => {
    await chair.getByRole('button', { name: 'Count that time and go on' }).click();
    await chair.locator('.outage').waitFor({ state: 'detached' });
    const state = await stateWhere((s) => !s.sleep);
    assert.equal(state.floor.timer.state, 'running');
    assert.ok(state.floor.timer.used_ms >= 45 * MINUTE);
    await chair.getByRole('button', { name: 'Undo' }).and(chair.locator(':not([aria-disabled=true])')).click();
    await chair.getByRole('button', { name: 'Count that time and go on' }).waitFor();
  });

  await step(pages, 'or goes on without it, with one tap', async () => {
    const used = (await server.state()).state.floor.timer.used_ms;
    await chair.locator('.main-act[data-act=resume]:not([aria-disabled=true]), .main-act[data-act=start]:not([aria-disabled=true])').click();
    const state = await stateWhere((s) => s.floor.timer.state === 'running');
    assert.equal(state.floor.timer.used_ms, used);
    await chair.locator('.outage').waitFor({ state: 'detached' });
  });

  await step(pages, 'a clock that is set is said, and changes no figure', async () => {
    const before = (await server.state()).state.floor.timer;
    server.setClocks({ slept: 45 * MINUTE, set: 120 * MINUTE });
    await chair.getByText("The server's clock was set by").waitFor();
    const state = await stateWhere((s) => s.clock_ahead_ms);
    assert.deepEqual(state.floor.timer, before);
    assert.ok(Math.abs(state.clock_ahead_ms - 120 * MINUTE) < 2000);
    // The wall's time of day is right all the same.
    const day = Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'America/New_York' });
    await until("the wall shows the room's time", async () => {
      const shown = await wall.locator('[data-clock]').first().textContent();
      const right = Date.now() + 165 * MINUTE;
      return [day.format(right), day.format(right - MINUTE)].includes(shown ?? '');
    });
    // While it was counted the sleep was in the countdown.
    for (const page of [chair, wall]) assert.deepEqual(await wrong(page, /^(–:––|\+1[5-9]:\d\d|\+[2-4]\d:\d\d)$/), []);
  });

  await step(pages, 'once the floor is empty the times follow, and the next countdown is right at once', async () => {
    await server.send('DELETE', '/floor');
    await stateWhere((s) => s.clock_steps?.[0].followed_ms);
    await wall.waitForFunction(() => !document.querySelector('[data-countdown]')); // of who spoke before
    await keep(wall);
    await recognise('i2', 'bra');
    await counting(wall);
    assert.deepEqual(await wrong(wall), []);
  });

  for (const page of [chair, wall]) assert.deepEqual(page.faults.filter((fault) => !/Failed to load resource/.test(fault)), []);
});
