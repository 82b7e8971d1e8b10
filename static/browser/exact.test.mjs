// All screens show the same second: on a quiet network and on an uneven one, with
// devices whose clocks are wrong, and after the network was away.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PATIENCE, Server, build, launch } from './harness.mjs';
import { Proxy } from './proxy.mjs';
import { FRAME, changes, forward, median, offBy, pause, phone, right, seconds, secondsOf, spreads, watched } from './watching.mjs';

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
  const closeAll = (pages) => Promise.all(Object.values(pages).map((p) => p.context().close()));

  await t.test('within one frame on a quiet network, whatever their own clocks say', async (t) => {
    const pages = {
      chair: await watched(browser, links.chair, 'tablet'),
      wall: await watched(browser, links.display, 'wall'),
      'a wall that is five hours fast': await watched(browser, links.display, 'wall', 5 * 3600_000),
      'a phone that is three days slow': await phone(browser, links, links.join, -3 * 86_400_000),
    };
    const begins = await secondsOf(server);
    await pause(3000); // the clock's first burst
    const from = Date.now();
    await pause(5000);
    // Somebody sets a device's clock back in the middle.
    await pages['a wall that is five hours fast'].evaluate(() => (window.watched.shift = -3600_000));
    await pause(5000);
    const every = [];
    let frame = FRAME;
    for (const [who, page] of Object.entries(pages)) {
      const all = await changes(page);
      every.push(all);
      frame = Math.max(frame, median((await page.evaluate(() => window.watched.frames)).slice(-300)));
      const off = offBy(all, begins, from);
      assert.ok(off.length >= 8, `${who} changed ${off.length} times in 10 s`);
      assert.ok(median(off.map(Math.abs)) <= 4, `${who} is off by ${off.map(Math.round)} ms`);
      assert.deepEqual(all.filter((c) => c.at >= from && seconds(c.text) === undefined), [], `${who} always knows the time`);
      forward(all, who);
    }
    const apart = spreads(every, from);
    t.diagnostic(`apart: ${apart.map(Math.round)} ms, with a frame of ${frame.toFixed(1)} ms`);
    assert.ok(median(apart) <= frame + 4, `the screens change ${apart.map(Math.round)} ms apart, a frame has ${frame.toFixed(1)} ms`);
    // The time of day is the server's as well.
    const [right, fast] = await Promise.all([pages.wall, pages['a wall that is five hours fast']].map((p) => p.locator('[data-clock]').first().textContent()));
    assert.equal(fast, right, 'the clock on the wall');
    await closeAll(pages);
  });

  await t.test('within 50 ms on a network with 200 ms of jitter', async (t) => {
    const proxies = await Promise.all([7, 8, 9].map((seed) => new Proxy(server.port, { delay: 20, jitter: 200, seed }).start()));
    t.after(() => proxies.forEach((p) => p.stop()));
    const pages = {
      chair: await watched(browser, proxies[0].link(links.chair), 'tablet'),
      wall: await watched(browser, proxies[1].link(links.display), 'wall'),
      phone: await phone(browser, links, proxies[2].link(links.join)),
    };
    const begins = await secondsOf(server);
    await pause(12_000); // as many pings as an uneven line gets
    const from = Date.now();
    await pause(8000);
    const every = [];
    for (const [who, page] of Object.entries(pages)) {
      const all = await changes(page);
      every.push(all);
      const off = offBy(all, begins, from);
      t.diagnostic(`${who} is off by ${off.map(Math.round)} ms`);
      assert.ok(off.length >= 6, `${who} changed ${off.length} times in 8 s`);
      assert.ok(median(off.map(Math.abs)) <= 50, `${who} is off by ${off.map(Math.round)} ms`);
      forward(all, who);
    }
    const apart = spreads(every, from);
    t.diagnostic(`apart: ${apart.map(Math.round)} ms`);
    assert.ok(median(apart) <= 50 + FRAME, `the screens change ${apart.map(Math.round)} ms apart`);
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
    await pause(3000);
    const all = (await changes(page)).filter((c) => c.at >= back);
    assert.ok(all.length >= 2, 'it goes on');
    for (const c of all) right(c, begins);
    await page.context().close();
  });
});
