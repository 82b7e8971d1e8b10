// A page that slept says that it catches up until it knows the time again, and shows no
// wrong figure meanwhile: a tab that the browser froze, and a device that was suspended,
// its own clock with it. (By puppeteer: playwright keeps its pages from being frozen.)

import { test } from 'node:test';
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { ARGUMENTS, CHROMIUM, Server, build } from './harness.mjs';
import { Proxy } from './proxy.mjs';
import { pause, right, seconds, secondsOf, watch } from './watching.mjs';

const figure = () => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? '');

/** The ways of falling asleep; each ends when the page goes on. */
const sleeps = {
  async 'a tab that was frozen'(page, meanwhile) {
    const other = await page.browserContext().newPage();
    await other.bringToFront();
    const life = await page.createCDPSession();
    await life.send('Page.setWebLifecycleState', { state: 'frozen' });
    await pause(3000);
    await meanwhile();
    await life.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
  },
  async 'a device that was suspended'(page, meanwhile) {
    const asleep = page.evaluate(() => window.watched.suspend(3000));
    await pause(500);
    await meanwhile();
    await asleep;
  },
};

test('a page that slept says so until it knows the time', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  t.after(() => browser.close());
  const slow = await new Proxy(server.port, { delay: 150 }).start(); // so that there is something to see
  t.after(() => slow.stop());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open' });
  let n = 0;
  const recognise = (participant, limit_ms) => server.send('PUT', '/floor', { id: `i-${++n}`, participant, limit_ms });

  for (const [who, sleep] of Object.entries(sleeps)) {
    await t.test(who, async (t) => {
      await recognise('ken', 600_000);
      const page = await (await browser.createBrowserContext()).newPage();
      await page.evaluateOnNewDocument(watch, { shift: 0 });
      await page.goto(slow.link(server.links.display));
      await page.waitForFunction(figure);
      await pause(1500);
      let begins;
      await sleep(page, async () => {
        await recognise('fra', 900_000); // another has the floor, for longer
        begins = await secondsOf(server);
      });
      await page.waitForFunction(() => window.watched.woke !== undefined);
      await pause(3500);
      const { changes, words, woke } = await page.evaluate(() => window.watched);
      const since = changes.filter((c) => c.at >= woke);
      t.diagnostic(since.map((c) => `${Math.round(c.at - woke)} ms: ${c.text}`).join(', '));
      assert.equal(since[0].text, '–:––', 'what it shows first');
      assert.ok(words.some((w) => w.at >= woke && w.word === 'Catching up…'), `it says ${words.map((w) => w.word)}`);
      const figures = since.filter((c) => seconds(c.text) !== undefined);
      assert.ok(figures.length >= 2, 'it goes on');
      for (const c of figures) right(c, begins);
      await page.close();
    });
  }
});
