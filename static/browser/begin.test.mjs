// A page one of whose files is lost comes to life all the same, by itself, and says meanwhile what it does.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, Server, build, launch, open, until } from './harness.mjs';
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

/** In the page: waits as short as may be between two tries, and keeps over a reload that it was said. */
const soon = () => {
  Math.random = () => 0;
  new MutationObserver(() => document.getElementById('begin')?.offsetHeight && sessionStorage.setItem('said', 'yes')).observe(document, { subtree: true, childList: true });
};

/** Waits until a page has said that it begins again, which may be over in a second. */
const said = (page) => page.waitForFunction(() => sessionStorage.getItem('said'));

/** So many at a time: a page that is lost does little but wait. */
const ABREAST = 2;

test('a page one of whose files is lost', { concurrency: ABREAST }, async (t) => {
  const server = await started(t);
  const browser = await launch();
  t.after(() => browser.close());
  /** All of them, to be waited for together. @type {Promise<void>[]} */
  const all = [];
  const each = (name, act) => all.push(t.test(name, act));

  async function started(t) {
    const server = await new Server(build()).start();
    t.after(() => server.kill());
    await server.send('PUT', '/panel', { panel: 'morning' });
    await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
    return server;
  }

  /** Devices that nobody uses just now: a new one takes longer than a page does. @type {Map<string, any[]>} */
  const shelf = new Map();

  /**
   * A device that has a page's link, and nothing of it in its cache. Its way to the server is lossy. `come` opens the page.
   * @param {any} [more] of the browser: a device of its own, which is not put back
   */
  async function device(name, more, to = server) {
    const { device: kind } = PAGES[name];
    const page = (!more && shelf.get(kind)?.pop()) || (await made(kind, more ?? {}, to));
    const { gateway } = page;
    gateway.forget();
    const officer = { chair: 'chair', rapporteur: 'rapporteur', display: 'display', cards: 'chair' }[name];
    if (officer) await page.context().request.get(gateway.link(to.links[officer]), { maxRedirects: 0 });
    const at = { chair: `/${DEBATE}/chair`, rapporteur: `/${DEBATE}/record`, display: `/${DEBATE}/display`, join: `/${DEBATE}/floor`, landing: '/', certificate: '/certificate', cards: `/${DEBATE}/cards?as=chair&category=media` }[name];
    page.come = () => page.goto(gateway.link(`http://host:1${at}`).replace('host', '127.0.0.1'), { waitUntil: 'commit' });
    page.loads = 0;
    page.done = async () => {
      if (more) return page.context().close();
      await page.evaluate(() => sessionStorage.clear());
      await page.goto('about:blank');
      const devtools = await page.context().newCDPSession(page);
      for (const cacheDisabled of [true, false]) await devtools.send('Network.setCacheDisabled', { cacheDisabled }); // what the process remembers
      await devtools.send('Network.clearBrowserCache');
      await devtools.detach();
      shelf.set(kind, [...(shelf.get(kind) ?? []), page]);
    };
    return page;
  }

  async function made(kind, more, to) {
    const page = await open(browser, 'about:blank', kind, { serviceWorkers: 'block', reducedMotion: 'reduce', ...more });
    page.gateway = await new Gateway(() => to.port).start();
    t.after(() => page.gateway.stop());
    await page.addInitScript(soon);
    page.on('domcontentloaded', () => page.url() !== 'about:blank' && page.loads++);
    return page;
  }

  /** Waits until a page is alive, styled, and says no more that it is not. */
  async function lives(page, name) {
    await page.locator(PAGES[name].alive).first().waitFor();
    await page.locator('#begin').waitFor({ state: 'detached' });
    const unstyled = await page.evaluate(() => [...document.querySelectorAll('link[rel=stylesheet]')].filter((link) => !link.sheet?.cssRules.length).length);
    assert.equal(unstyled, 0, `${name} is without style`);
    assert.deepEqual(page.gateway.left, [], 'to be lost, and not asked for');
  }

  for (const name of Object.keys(PAGES)) {
    const { script } = PAGES[name];
    const module = `/static/js/${script === 'cards' ? script : 'i18n'}.js`; // all others import it
    // The server writes the words of the cards, which have a look of their own.
    const words = script === 'cards' ? [] : ['common', script].map((part) => `/static/messages/en/${part}.json`);
    const sheets = ['tokens', ...(script === 'cards' ? [] : ['base', 'parts']), script].map((sheet) => `/static/css/${sheet}.css`);
    // A phone that comes for the first time has its sheets and words in the page.
    for (const [what, lost] of name === 'join' ? [['its module', [module]]] : [['its module', [module]], ['its sheets and words', [...sheets, ...words]]]) {
      each(`${name}: ${what}`, async () => {
        const page = await device(name);
        page.gateway.lose('503', ...lost);
        if (name === 'join') page.gateway.lose('503', ...lost); // a preload that fails is asked for again
        await page.come();
        await said(page);
        await lives(page, name).catch((e) => assert.fail(`${name} without ${lost}: ${e.message}`));
        assert.ok(page.loads <= 2, `${name} without ${lost} was loaded ${page.loads} times`);
        await page.done();
      });
    }
  }

  for (const [how, file] of [['reset', 'js/clock.js'], ['502', 'css/display.css'], ['cut', 'js/app.js'], ['cut', 'css/tokens.css'], ['cut', 'messages/en/display.json']]) {
    each(`of a wall, by "${how}": ${file}`, async () => {
      const wall = await device('display');
      wall.gateway.lose(how, `/static/${file}`);
      if (how === 'reset') wall.gateway.lose(how, `/static/${file}`); // Chromium asks once more by itself
      await wall.come();
      await lives(wall, 'display');
      await wall.done();
    });
  }

  for (const file of ['js/clock.js', 'css/display.css']) {
    each(`of a wall, for ever: ${file}`, async () => {
      const wall = await device('display', {});
      await wall.clock.install();
      const path = `/static/${file}`;
      const asked = new Promise((r) => (wall.gateway.onRequest = (p) => p === path && r()));
      wall.gateway.lose('hang', path);
      await wall.come();
      await asked;
      await until('a wall that hangs comes to life', async () => {
        await wall.clock.fastForward(1000).catch(() => {}); // it may be in between
        return (await wall.locator(PAGES.display.alive).count()) > 0;
      });
      await lives(wall, 'display');
      await wall.done();
    });
  }

  each('of another release: a part that asks what the others do not have', async () => {
    const wall = await device('display');
    wall.gateway.lose((text) => text.replaceAll('formatTime', 'formatHour'), '/static/js/i18n.js');
    await wall.come();
    await said(wall);
    await lives(wall, 'display');
    assert.equal(wall.loads, 2);
    await wall.done();
  });

  for (const [name, ever, loads] of [['display', false, 2], ['chair', false, 2], ['display', true, 3]]) {
    each(`of another release than the server is by then${ever ? ', as long as it may' : ''}: ${name}`, async () => {
      const page = await device(name, {});
      let other = 0;
      await page.routeWebSocket(/\/stream/, (ws) => {
        const far = ws.connectToServer();
        const is = ever || other++ === 0;
        far.onMessage((text) => ws.send(is ? String(text).replace(/"release":"\w+"/, '"release":"another"') : text));
      });
      await page.come();
      await until(`${name} is loaded ${loads} times`, () => page.loads >= loads);
      await lives(page, name);
      assert.equal(page.loads, loads);
      await page.done();
    });
  }

  each('since the server is restarted while walls load', async (t) => {
    const restarted = await started(t);
    const walls = await Promise.all([1, 2, 3].map(() => device('display', {}, restarted)));
    let [files, again, go] = [0, undefined, () => {}];
    const held = new Promise((r) => (go = r));
    for (const { gateway } of walls) {
      gateway.held = held;
      gateway.onRequest = (path) => {
        if (path.startsWith('/static/') && ++files === 15) again = restarted.kill('SIGTERM').then(() => restarted.start());
      };
    }
    await Promise.all(walls.map((wall) => wall.come()));
    go();
    for (const wall of walls) await lives(wall, 'display');
    await again;
    for (const wall of walls) await wall.done();
  });

  each('says so in the language of its reader, without any other file', async () => {
    for (const [locale, words] of [['ar', 'لم يصل جزء'], ['zh-CN', '自动重试']]) {
      const wall = await device('display', { locale });
      await wall.route('**/static/**', (route) => route.abort('connectionreset'));
      await wall.come();
      await wall.locator('#begin', { hasText: words }).waitFor();
      assert.equal(await wall.locator('#begin').getAttribute('dir'), locale === 'ar' ? 'rtl' : 'ltr');
      if (process.env.ROSTRUM_SHOTS) await wall.screenshot({ path: `${process.env.ROSTRUM_SHOTS}/lost-${locale}.png` });
      await wall.done();
    }
  });

  each('is not begun again while the server is away, nor fast, and comes when it is back', async () => {
    const wall = await device('display', {});
    // When it looks for the server, by its own clock: how soon the test hears of it is the machine's.
    await wall.addInitScript(() => {
      window.looks = [0];
      const ask = window.fetch;
      window.fetch = (what, ...more) => {
        if (what === location.href) window.looks.push(performance.now());
        return ask(what, ...more);
      };
    });
    let [away, pages] = [true, 0];
    await wall.route('**/*', (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path.endsWith('/display')) pages++;
      return away && (pages > 1 || path.endsWith('/display.js')) ? route.abort('connectionreset') : route.continue();
    });
    await wall.come();
    await wall.locator('#begin').waitFor();
    await until('it looks for the server', () => pages >= 4);
    assert.equal(wall.loads, 1, 'it looks for the server before it begins again');
    const looks = await wall.evaluate(() => window.looks);
    assert.ok(looks.length >= 4, `${looks}`);
    for (let i = 1; i < looks.length; i++) assert.ok(looks[i] - looks[i - 1] > 900, `${looks}`);
    away = false;
    await lives(wall, 'display');
    assert.equal(wall.loads, 2);
    await wall.done();
  });

  each('is left alone once it is alive, whatever else is lost', async () => {
    const chair = await device('chair', {});
    await chair.clock.install();
    await chair.come();
    await lives(chair, 'chair');
    chair.gateway.lose('reset', '/static/js/shell.js', '/static/messages/en/problems.json');
    await chair.locator('[data-opens=message]').click();
    await chair.locator('#message-text').fill('A draft');
    await chair.evaluate(() => {
      setTimeout(() => {
        throw new Error('of a part that is not needed');
      });
      void Promise.reject(new Error('nor this'));
      dispatchEvent(new CustomEvent('rostrum-release', { detail: 'another', cancelable: true }));
    });
    await until('both are known', () => ['of a part that is not needed', 'nor this'].every((words) => chair.faults.some((fault) => fault.includes(words))));
    for (let second = 0; second < 10; second++) {
      await chair.clock.fastForward(1000);
      await chair.evaluate(async () => (await fetch(location.href)).text()); // what a page that begins again would wait for
    }
    assert.equal(chair.loads, 1);
    assert.equal(await chair.locator('#message-text').inputValue(), 'A draft');
    await chair.done();
  });

  await Promise.all(all);
});
