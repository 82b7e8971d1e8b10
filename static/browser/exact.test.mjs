// All screens show the same second: on a quiet network and on an uneven one, with
// devices whose clocks are wrong, and after the network was away.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PATIENCE, Server, build, launch } from './harness.mjs';
import { Proxy } from './proxy.mjs';
import { counted, exact, forward, median, phone, pinged, right, seconds, secondsOf, seenOf, spreads, unknowing, watched } from './watching.mjs';

test('all screens show the same second', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const { links } = server;
  const recognise = (id, participant) => server.send('PUT', '/floor', { id, participant, limit_ms: 600_000 });
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  await recognise('i-1', 'ken');
  const each = (pages, act) => Promise.all(Object.values(pages).map(act));
  /** What a slow machine makes longer is said, for who reads it, and asserted nowhere. */
  const report = (t, every, from, offs) => {
    for (const [who, off] of Object.entries(offs)) t.diagnostic(`${who} is off by ${off.map(Math.round)} ms`);
    const frame = Math.max(...every.map((seen) => median(seen.frames.slice(-300))));
    t.diagnostic(`apart: ${spreads(every.map((seen) => seen.changes), from).map(Math.round)} ms, with a frame of ${frame.toFixed(1)} ms`);
  };
  const closeAll = (pages) => Promise.all(Object.values(pages).map((p) => p.context().close()));

  await t.test('as exactly as a page can know, whatever their own clocks say', async (t) => {
    const pages = {
      chair: await watched(browser, links.chair, 'tablet'),
      wall: await watched(browser, links.display, 'wall'),
      'a wall that is five hours fast': await watched(browser, links.display, 'wall', 5 * 3600_000),
      'a phone that is three days slow': await phone(browser, links, links.join, -3 * 86_400_000),
    };
    const begins = await secondsOf(server);
    await each(pages, (page) => pinged(page, 8)); // the clock's first burst
    const from = Date.now();
    await each(pages, (page) => counted(page, 5, from));
    // Somebody sets a device's clock back in the middle.
    await pages['a wall that is five hours fast'].evaluate(() => window.watched.set(-3600_000));
    const since = Date.now();
    await each(pages, (page) => counted(page, 5, since));
    const offs = {};
    const every = [];
    for (const [who, page] of Object.entries(pages)) {
      const seen = await seenOf(page);
      every.push(seen);
      offs[who] = exact(seen, begins, from, who);
      assert.deepEqual(seen.changes.filter((c) => c.at >= from && seconds(c.text) === undefined && !unknowing(seen, c)), [], `${who} always knows the time`);
      forward(seen.changes, who);
    }
    report(t, every, from, offs);
    // The time of day is the server's as well: read until no minute begins between the two.
    const clockOf = (p) => p.locator('[data-clock]').first().textContent();
    for (const until = Date.now() + PATIENCE; ; ) {
      const [right, fast] = await Promise.all([pages.wall, pages['a wall that is five hours fast']].map(clockOf));
      if (fast === right) break;
      assert.ok(Date.now() < until, `the clock on the wall shows ${fast} at ${right}`);
    }
    await closeAll(pages);
  });

  await t.test('as exactly as a page can know on a network with 200 ms of jitter', async (t) => {
    const way = 20;
    const proxies = await Promise.all([7, 8, 9].map((seed) => new Proxy(server.port, { delay: way, jitter: 200, seed }).start()));
    t.after(() => proxies.forEach((p) => p.stop()));
    const pages = {
      chair: await watched(browser, proxies[0].link(links.chair), 'tablet'),
      wall: await watched(browser, proxies[1].link(links.display), 'wall'),
      phone: await phone(browser, links, proxies[2].link(links.join)),
    };
    const begins = await secondsOf(server);
    await each(pages, (page) => pinged(page, 8)); // more come only as long as these do not agree
    const from = Date.now();
    await each(pages, (page) => counted(page, 8, from));
    const offs = {};
    const every = [];
    for (const [who, page] of Object.entries(pages)) {
      const seen = await seenOf(page);
      every.push(seen);
      offs[who] = exact(seen, begins, from, who, way);
      forward(seen.changes, who);
    }
    report(t, every, from, offs);
    await closeAll(pages);
  });

  await t.test('a screen without a network says so, and is right once it is back', async (t) => {
    await recognise('i-4', 'chn');
    const line = await new Proxy(server.port).start();
    t.after(() => line.stop());
    const page = await watched(browser, line.link(links.display), 'wall');
    line.cut();
    await page.locator('.wall[data-old]').waitFor();
    await server.send('PATCH', '/floor', { add_ms: 60_000 });
    const begins = await secondsOf(server);
    line.mend();
    await page.locator('.wall:not([data-old])').waitFor({ timeout: 2 * PATIENCE });
    const back = Date.now();
    await counted(page, 2, back); // it goes on
    const seen = await seenOf(page);
    for (const c of seen.changes.filter((c) => c.at >= back)) right(seen, c, begins);
    await page.context().close();
  });
});
