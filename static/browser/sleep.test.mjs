// A page that slept says that it catches up until it knows the time again, and shows no
// wrong figure meanwhile: a tab that the browser froze, and a device that was suspended,
// its own clock with it. (By puppeteer: playwright keeps its pages from being frozen.)

import { test } from 'node:test';
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { ARGUMENTS, CHROMIUM, PATIENCE, Server, build } from './harness.mjs';
import { Proxy } from './proxy.mjs';
import { pause, right, seconds, secondsOf, seenOf, watch } from './watching.mjs';

const figure = () => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? '');

const DELAY = 150; // ms on each way
const ASLEEP = 3000; // ms, at the least

/** The ways of falling asleep; each ends when the page goes on. `meanwhile` comes when it surely sleeps. */
const sleeps = {
  async 'a tab that was frozen'(page, meanwhile) {
    const other = await page.browserContext().newPage();
    await other.bringToFront();
    const life = await page.createCDPSession();
    const asleep = new Promise((done) => page.once('console', done)); // its last word
    await life.send('Page.setWebLifecycleState', { state: 'frozen' });
    await asleep;
    await pause(ASLEEP);
    await meanwhile();
    await life.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
  },
  async 'a device that was suspended'(page, meanwhile) {
    await page.setRequestInterception(true);
    const asleep = new Promise((done) => page.on('request', (request) => (request.url().endsWith('/wake') ? done(request) : request.continue())));
    const slept = page.evaluate(() => window.watched.suspend('/wake'));
    const request = await asleep;
    await pause(ASLEEP);
    await meanwhile();
    await request.respond({ status: 204 });
    await slept;
  },
};

test('a page that slept says so until it knows the time', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  t.after(() => browser.close());
  const slow = await new Proxy(server.port, { delay: DELAY }).start();
  t.after(() => slow.stop());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open' });
  let n = 0;
  const recognise = (participant, limit_ms) => server.send('PUT', '/floor', { id: `i-${++n}`, participant, limit_ms });

  for (const [who, sleep] of Object.entries(sleeps)) {
    await t.test(who, async (t) => {
      await recognise('ken', 600_000);
      const page = await (await browser.createBrowserContext()).newPage();
      page.setDefaultTimeout(PATIENCE);
      await page.evaluateOnNewDocument(watch, { shift: 0 });
      await page.goto(slow.link(server.links.display));
      await page.waitForFunction(figure);
      await page.waitForFunction(() => window.watched.pongs.length >= 8); // the clock's first burst
      let begins;
      await sleep(page, async () => {
        await recognise('fra', 900_000); // another has the floor, for longer
        begins = await secondsOf(server);
        slow.hold(); // so that there is something to see, however seldom the page draws
      });
      await page.waitForFunction(() => window.watched.words.some((w) => w.at >= window.watched.woke && w.word === 'Catching up…'));
      slow.go();
      await page.waitForFunction(() => window.watched.changes.filter((c) => c.at >= window.watched.woke && /\d/.test(c.text)).length >= 2); // it goes on
      const seen = await seenOf(page);
      const { changes, woke } = seen;
      const since = changes.filter((c) => c.at >= woke);
      t.diagnostic(since.map((c) => `${Math.round(c.at - woke)} ms: ${c.text}`).join(', '));
      assert.equal(since[0].text, '–:––', 'what it shows first');
      for (const c of since.filter((c) => seconds(c.text) !== undefined)) right(seen, c, begins, DELAY);
      await page.close();
    });
  }
});
