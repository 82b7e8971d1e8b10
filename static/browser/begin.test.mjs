// A page one of whose files is lost comes to life all the same, by itself, and says meanwhile what it does.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, PATIENCE, Server, build, launch, open } from './harness.mjs';
import { Gateway } from './losing.mjs';

/** Each page: how it is reached, on what, and what shows that it is alive. */
const PAGES = {
  display: { device: 'wall', script: 'display', alive: '[data-scene]' },
  chair: { device: 'tablet', script: 'chair', alive: '.console' },
  rapporteur: { device: 'laptop', script: 'record', alive: '.top' },
  join: { device: 'phone', script: 'floor', alive: '.page-head .name:not([data-until-drawn] *)' },
  landing: { device: 'laptop', script: 'landing', alive: '.main-door' },
  certificate: { device: 'laptop', script: 'certificate', alive: '.landing h1' },
  cards: { device: 'laptop', script: 'cards', alive: '[data-print]:not([hidden])' },
};

/** Waits as short as may be between two tries. */
const soon = () => (Math.random = () => 0);

test('a page one of whose files is lost', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const gateway = await new Gateway(() => server.port).start();
  t.after(() => gateway.stop());
  const browser = await launch();
  t.after(() => browser.close());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });

  /** A device that has the page's link, with nothing loaded. `come` opens the page. */
  async function device(name, more = {}) {
    const page = await open(browser, 'about:blank', PAGES[name].device, { serviceWorkers: 'block', reducedMotion: 'reduce', ...more });
    await page.addInitScript(soon);
    const officer = { chair: 'chair', rapporteur: 'rapporteur', display: 'display', cards: 'chair' }[name];
    if (officer) await page.context().request.get(gateway.link(server.links[officer]), { maxRedirects: 0 });
    const at = { chair: `/${DEBATE}/chair`, rapporteur: `/${DEBATE}/record`, display: `/${DEBATE}/display`, join: `/${DEBATE}/floor`, landing: '/', certificate: '/certificate', cards: `/${DEBATE}/cards?as=chair&category=media` }[name];
    page.come = () => page.goto(gateway.link(`http://host:1${at}`).replace('host', '127.0.0.1'), { waitUntil: 'commit' });
    page.loads = 0;
    page.on('domcontentloaded', () => page.url() !== 'about:blank' && page.loads++);
    return page;
  }

  /** Waits until a page is alive, styled, and says no more that it is not. */
  async function lives(page, name) {
    await page.locator(PAGES[name].alive).first().waitFor();
    await page.locator('#begin').waitFor({ state: 'detached' });
    const unstyled = await page.evaluate(() => [...document.querySelectorAll('link[rel=stylesheet]')].filter((link) => !link.sheet?.cssRules.length).length);
    assert.equal(unstyled, 0, `${name} is without style`);
  }

  for (const name of Object.keys(PAGES)) {
    await t.test(name, async () => {
      const { script } = PAGES[name];
      const module = script === 'cards' ? script : 'i18n'; // all others import it
      const others = ['common', script].map((part) => `/static/messages/en/${part}.json`);
      const sheets = ['tokens', 'base', 'parts', script].map((sheet) => `/static/css/${sheet}.css`);
      // A phone that comes for the first time has its sheets and words in the page.
      for (const lost of name === 'join' ? [[`/static/js/${module}.js`]] : [[`/static/js/${module}.js`], [...sheets, ...others]]) {
        const page = await device(name);
        gateway.losses.clear();
        gateway.lose('503', ...lost);
        if (name === 'join') gateway.lose('503', ...lost); // a preload that fails is asked for again
        await page.come();
        await page.locator('#begin').waitFor();
        await lives(page, name).catch((e) => assert.fail(`${name} without ${lost}: ${e.message}`));
        assert.ok(page.loads <= 2, `${name} without ${lost} was loaded ${page.loads} times`);
        await page.context().close();
      }
    });
  }

  for (const [how, file] of [['reset', 'js/clock.js'], ['502', 'css/display.css'], ['cut', 'js/app.js'], ['cut', 'css/tokens.css'], ['cut', 'messages/en/display.json']]) {
    await t.test(`of a wall, by "${how}": ${file}`, async () => {
      const wall = await device('display');
      gateway.lose(how, `/static/${file}`);
      if (how === 'reset') gateway.lose(how, `/static/${file}`); // Chromium asks once more by itself
      await wall.come();
      await lives(wall, 'display');
      await wall.context().close();
    });
  }

  for (const file of ['js/clock.js', 'css/display.css']) {
    await t.test(`of a wall, for ever: ${file}`, async () => {
      const wall = await device('display');
      await wall.clock.install();
      const path = `/static/${file}`;
      const asked = new Promise((r) => (gateway.onRequest = (p) => p === path && r()));
      gateway.lose('hang', path);
      await wall.come();
      await asked;
      for (const until = Date.now() + PATIENCE; (await wall.locator(PAGES.display.alive).count()) === 0; ) {
        assert.ok(Date.now() < until, 'it hangs');
        await wall.clock.runFor(1000).catch(() => {}); // it may be in between
      }
      await lives(wall, 'display');
      await wall.context().close();
    });
  }

  await t.test('of another release: a part that asks what the others do not have', async () => {
    const wall = await device('display');
    gateway.lose((text) => text.replaceAll('formatTime', 'formatHour'), '/static/js/i18n.js');
    await wall.come();
    await wall.locator('#begin').waitFor();
    await lives(wall, 'display');
    assert.equal(wall.loads, 2);
    await wall.context().close();
  });

  for (const [name, ever, loads] of [['display', false, 2], ['chair', false, 2], ['display', true, 3]]) {
    await t.test(`of another release than the server is by then${ever ? ', as long as it may' : ''}: ${name}`, async () => {
      const page = await device(name);
      let other = 0;
      await page.routeWebSocket(/\/stream/, (ws) => {
        const far = ws.connectToServer();
        const is = ever || other++ === 0;
        far.onMessage((text) => ws.send(is ? String(text).replace(/"release":"\w+"/, '"release":"another"') : text));
      });
      await page.come();
      for (const until = Date.now() + PATIENCE; page.loads < loads; ) {
        assert.ok(Date.now() < until, `${name} was loaded ${page.loads} times`);
        await new Promise((r) => setTimeout(r, 50));
      }
      await lives(page, name);
      assert.equal(page.loads, loads);
      await page.context().close();
    });
  }

  await t.test('since the server is restarted while walls load', async () => {
    const walls = await Promise.all([1, 2, 3].map(() => device('display')));
    let go;
    gateway.held = new Promise((r) => (go = r));
    await Promise.all(walls.map((wall) => wall.come()));
    let [files, restarted] = [0, undefined];
    gateway.onRequest = (path) => {
      if (path.startsWith('/static/') && ++files === 15) restarted = server.kill('SIGTERM').then(() => server.start());
    };
    go();
    for (const wall of walls) await lives(wall, 'display');
    await restarted;
    gateway.onRequest = () => {};
    gateway.held = undefined;
    for (const wall of walls) await wall.context().close();
  });

  await t.test('says so in the language of its reader, without any other file', async () => {
    for (const [locale, words] of [['ar', 'لم يصل جزء'], ['zh-CN', '自动重试']]) {
      const wall = await device('display', { locale });
      await wall.route('**/static/**', (route) => route.abort('connectionreset'));
      await wall.come();
      await wall.locator('#begin', { hasText: words }).waitFor();
      assert.equal(await wall.locator('#begin').getAttribute('dir'), locale === 'ar' ? 'rtl' : 'ltr');
      if (process.env.ROSTRUM_SHOTS) await wall.screenshot({ path: `${process.env.ROSTRUM_SHOTS}/lost-${locale}.png` });
      await wall.context().close();
    }
  });

  await t.test('is not begun again while the server is away, nor fast, and comes when it is back', async () => {
    const wall = await device('display');
    let away = true;
    const times = [];
    await wall.route('**/*', (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path.endsWith('/display')) times.push(performance.now());
      return away && (times.length > 1 || path.endsWith('/display.js')) ? route.abort('connectionreset') : route.continue();
    });
    await wall.come();
    await wall.locator('#begin').waitFor();
    for (const until = Date.now() + PATIENCE; times.length < 4; ) {
      assert.ok(Date.now() < until, 'it does not look for the server');
      await new Promise((r) => setTimeout(r, 50));
    }
    assert.equal(wall.loads, 1, 'it looks for the server before it begins again');
    for (let i = 1; i < times.length; i++) assert.ok(times[i] - times[i - 1] > 900, `${times}`);
    away = false;
    await lives(wall, 'display');
    assert.equal(wall.loads, 2);
    await wall.context().close();
  });

  await t.test('is left alone once it is alive, whatever else is lost', async () => {
    const chair = await device('chair');
    gateway.lose('reset', '/static/js/shell.js', '/static/messages/en/problems.json');
    await chair.come();
    await lives(chair, 'chair');
    await chair.locator('[data-opens=message]').click();
    await chair.locator('#message-text').fill('A draft');
    await chair.evaluate(() => {
      setTimeout(() => {
        throw new Error('of a part that is not needed');
      });
      void Promise.reject(new Error('nor this'));
      dispatchEvent(new CustomEvent('rostrum-release', { detail: 'another', cancelable: true }));
    });
    await chair.clock.install();
    await chair.clock.runFor(10_000);
    assert.equal(chair.loads, 1);
    assert.equal(await chair.locator('#message-text').inputValue(), 'A draft');
    await chair.context().close();
  });
});
