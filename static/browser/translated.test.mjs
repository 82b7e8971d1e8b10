// Pages under a translator. One that does as it is asked leaves every page alone. One that does not puts its own words everywhere, all the
// time: nothing that is shown may stay behind or be about something else, nothing is called that is not named, and nobody who
// types is disturbed.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, PATIENCE, Server, build, launch, open, step } from './harness.mjs';
import { translator } from './translator.mjs';

/** A page with a translator in it. */
async function translated(browser, url, device, as) {
  const page = await open(browser, 'about:blank', device, { serviceWorkers: 'block' });
  await page.addInitScript(translator, as);
  await page.goto(url);
  return page;
}

/** What a page says somewhere, without the translator's marks. */
const text = (page, css) => page.evaluate((css) => document.querySelector(css)?.textContent.replace(/[‹›\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim(), css);

/** Waits until the page says something somewhere, and sees that it goes on saying so while a late translator's words come. */
async function says(page, css, wanted, stays = 0) {
  const is = (said) => (wanted instanceof RegExp ? wanted.test(said ?? '') : said === wanted);
  for (const until = performance.now() + PATIENCE; !is(await text(page, css)); await page.waitForTimeout(50)) {
    assert.ok(performance.now() < until, `${css} says “${await text(page, css)}”, not “${wanted}”`);
  }
  if (!stays) return;
  await page.waitForTimeout(stays);
  assert.ok(is(await text(page, css)), `${css} said “${wanted}”, and then “${await text(page, css)}”`);
}

/** Makes a debate with an open list. */
async function convene(t) {
  const server = await new Server(binary).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  return server;
}

/** The link of a phone whose delegation has joined. */
async function badge(server, participant) {
  const { answer } = await server.as(undefined, 'POST', '/join', { participant, code: server.links.join_code });
  return `${server.base}/${DEBATE}/enter?token=${encodeURIComponent(answer.token)}`;
}

const binary = build();

const faultsOf = (page) => page.faults.filter((f) => !/Failed to load resource/.test(f));
const ready = '.main-act:not([aria-disabled=true])';

/** Taps what names somebody: where others have changed its words the first tap is refused, and said so. */
async function tap(server, chair, css) {
  const floor = async () => (await server.state()).state.floor?.id;
  const before = await floor();
  await chair.locator(css).click();
  const note = chair.locator('.said').filter({ hasText: 'had changed' });
  for (;;) {
    await note.waitFor();
    assert.equal(await floor(), before, 'the first tap is refused');
    await chair.waitForTimeout(800); // for so long the button is deaf
    // Where the note was gone by then, this tap is a first one again.
    const spoke = await note.isVisible();
    await chair.locator(css).click();
    if (spoke) break;
  }
}

test('a translator that does as it is asked leaves every page alone', async (t) => {
  const server = await convene(t);
  await server.send('PUT', '/floor', { id: 'i-1', participant: 'ken' });
  const browser = await launch();
  t.after(() => browser.close());
  const pages = {
    landing: [`${server.base}/`, 'phone', '.door-name'],
    wrong: [`${server.base}/${DEBATE}/enter?token=none`, 'phone', '.wrong h1'],
    certificate: [`${server.base}/certificate`, 'tablet', 'h1'],
    join: [server.links.join, 'phone', '#door-heading'],
    delegate: [await badge(server, 'fra'), 'phone', '.speaking .name'],
    chair: [server.links.chair, 'tablet', '.floor-name'],
    display: [server.links.display, 'wall', 'h1'],
    record: [server.links.rapporteur, 'laptop', '.now-name'],
  };
  for (const [name, [url, device, css]] of Object.entries(pages)) {
    const page = await translated(browser, url, device, { honours: true });
    await says(page, css, /\S/);
    if (name !== 'display') {
      // The page's own menu is what its reader has instead, and the language that it brings is kept from translators, too.
      await page.locator('.language-menu select').first().selectOption('ar');
      await page.waitForFunction(() => document.documentElement.lang === 'ar');
    }
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal(await page.evaluate(() => window.translator.words), 0, `${name} was translated`);
    assert.equal(await page.evaluate(() => document.documentElement.translate), false, name);
    await page.context().close();
  }
  await t.test('the badges too, whose page has a menu as well', async () => {
    const chair = await translated(browser, server.links.chair, 'tablet', { honours: true });
    await says(chair, '.floor-name', 'Kenya');
    await chair.goto(`${server.base}/${DEBATE}/cards?as=chair&participant=ken`);
    await chair.locator('[data-language]').selectOption('fr');
    await chair.waitForFunction(() => document.documentElement.lang === 'fr');
    assert.equal(await chair.locator('.card').count(), 1, 'the choice of cards is lost');
    assert.equal(await chair.evaluate(() => window.translator.words), 0);
  });
});

const KINDS = [
  ['that wraps each text at once, as Chrome’s', { how: 'wrap' }, 0],
  ['that wraps each text when its words have come', { how: 'wrap', late: 700 }, 1500],
  ['that writes over the texts when its words have come', { how: 'data', late: 700 }, 1500],
];

for (const [name, as, stays] of KINDS) {
  test(`under a translator ${name} every page says what holds`, async (t) => {
    const server = await convene(t);
    const ask = (participant) => server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
    await ask('fra');
    await ask('ken');
    const browser = await launch();
    t.after(() => browser.close());
    const [phone, wall, chair, record] = await Promise.all([
      translated(browser, await badge(server, 'ken'), 'phone', as),
      translated(browser, server.links.display, 'wall', as),
      translated(browser, server.links.chair, 'tablet', as),
      translated(browser, server.links.rapporteur, 'laptop', as),
    ]);
    const pages = { phone, wall, chair, record };
    const says2 = (page, css, wanted) => says(page, css, wanted, stays);

    await step(pages, 'they say who is next', async () => {
      await Promise.all([says(phone, '.hero .place', /2$/), says(wall, '.next .name, .rows .name', 'France'), says(chair, '.main-whom', 'France'), says(record, '.now', 'Nobody has the floor')]);
      for (const page of Object.values(pages)) await page.waitForFunction(() => window.translator.words > 10 && /‹/.test(document.body.textContent));
    });
    await step(pages, 'the chair’s button calls whom it names', async () => {
      await tap(server, chair, `${ready}[data-act=call]`);
      await Promise.all([
        says2(phone, '.speaking .name', 'France'), says2(phone, '.hero .place', /1$/), says2(wall, '.who .name', 'France'), says2(chair, '.floor-name', 'France'), says2(record, '.now-name', 'France'),
        says2(chair, '.entries .entry-name', 'Kenya'),
      ]);
      assert.equal((await server.state()).state.floor.participant, 'fra');
    });
    await step(pages, 'the digits go on', async () => {
      const figures = await Promise.all([phone, wall, chair].map((page) => text(page, '[data-countdown]')));
      await Promise.all([phone, wall, chair].map((page, n) => says(page, '[data-countdown]', new RegExp(`^(?!${figures[n]}$)\\d:\\d\\d$`))));
    });
    await step(pages, 'what is typed stays, with the caret in it, while names come and go around it', async () => {
      const note = record.locator('.note textarea').first();
      await note.click();
      await record.keyboard.type('Kept ');
      await record.keyboard.type('here');
      await record.keyboard.press('Home');
      await server.send('DELETE', '/floor');
      await server.send('PUT', '/floor', { id: 'i-omn', participant: 'omn' });
      await says2(record, '.now-name', 'Oman');
      await record.keyboard.type('Not ');
      assert.equal(await record.evaluate(() => document.activeElement?.value), 'Not Kept here');
      await server.noted((text) => text === 'Not Kept here');
    });
    await step(pages, 'others come and go, and the list is put in another order', async () => {
      for (const participant of ['chn', 'bra', 'omn']) await ask(participant);
      await server.send('PATCH', '/requests/r-omn', { before: 'r-ken' });
      await Promise.all([
        says2(phone, '.hero .place', /2$/), says2(phone, '.speaking .name', 'Oman'), says2(wall, '.who .name', 'Oman'), says2(chair, '.floor-name', 'Oman'),
        says2(chair, '.entries', /Oman.*Kenya.*China.*Brazil/), says2(wall, '.next', /Oman.*Kenya.*China/), says2(record, '.rows .entry', /France|Oman/),
      ]);
      await server.send('DELETE', '/requests/r-omn');
      await server.send('DELETE', '/floor');
      await Promise.all([says2(chair, '.main-whom', 'Kenya'), says2(phone, '.hero .place', /1$/), says2(wall, '.next .name, .rows .name', 'Kenya')]);
    });
    await step(pages, 'the button names another, and calls that one', async () => {
      await tap(server, chair, `${ready}[data-act=call]`);
      await Promise.all([says2(phone, '.stage h2', 'Your delegation has the floor'), says2(wall, '.who .name', 'Kenya'), says2(chair, '.floor-name', 'Kenya')]);
      assert.equal((await server.state()).state.floor.participant, 'ken');
      assert.match(await phone.title(), /You have the floor/);
    });
    await step(pages, 'the page speaks another language when it is asked to', async () => {
      await chair.locator('.language-menu select').selectOption('fr');
      await says(chair, '#list-title', 'Liste des orateurs');
      assert.equal(await chair.evaluate(() => document.documentElement.translate), false);
    });
    for (const [who, page] of Object.entries(pages)) assert.deepEqual(faultsOf(page), [], who);
  });
}

test('under a translator that puts old words into what is new, the page has its own way within seconds', async (t) => {
  const server = await convene(t);
  for (const participant of ['fra', 'ken']) await server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
  const browser = await launch();
  t.after(() => browser.close());
  const phone = await translated(browser, await badge(server, 'ken'), 'phone', { how: 'element', late: 700 });
  const wall = await translated(browser, server.links.display, 'wall', { how: 'element', late: 700 });
  await says(wall, '.next .name, .rows .name', 'France');
  for (const participant of ['fra', 'omn', 'chn', 'bra']) await server.send('PUT', '/floor', { id: `i-${participant}`, participant });
  await Promise.all([says(phone, '.speaking .name', 'Brazil'), says(wall, '.who .name', 'Brazil')]);
  await wall.waitForTimeout(11_000);
  await Promise.all([says(phone, '.speaking .name', 'Brazil', 1500), says(wall, '.who .name', 'Brazil', 1500)]);
  assert.deepEqual([...faultsOf(phone), ...faultsOf(wall)], []);
});

test('a page and a translator come to rest', async (t) => {
  const server = await convene(t);
  for (const participant of ['fra', 'ken']) await server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
  const browser = await launch();
  t.after(() => browser.close());
  const pages = await Promise.all([
    translated(browser, server.links.chair, 'tablet', { how: 'wrap', late: 100 }),
    translated(browser, await badge(server, 'ken'), 'phone', { how: 'wrap', late: 100 }),
    translated(browser, `${server.base}/`, 'phone', { how: 'wrap', late: 100 }),
    translated(browser, server.links.join, 'phone', { how: 'wrap', late: 100 }),
  ]);
  const words = () => Promise.all(pages.map((page) => page.evaluate(() => window.translator.words)));
  await Promise.all(pages.map((page) => page.waitForFunction(() => window.translator.words > 5)));
  // What came soon after it was drawn is drawn once more ten seconds later; and a page is drawn every ten seconds at the least.
  for (let round = 1; ; round++) {
    const before = await words();
    const since = performance.now();
    await pages[0].waitForTimeout(11_000);
    const more = (await words()).map((n, page) => n - before[page]);
    const most = (8 * Math.max(11_000, performance.now() - since)) / 11_000; // a waiting time may be another by now
    if (more.every((n) => n <= most)) break;
    assert.ok(round < 6, `the translator goes on writing: ${more} times in eleven seconds`);
  }
});

test('where what others did cannot be undone, all is drawn from the beginning, and the person is where they were', async (t) => {
  const server = await convene(t);
  await server.send('PUT', '/floor', { id: 'i-fra', participant: 'fra' });
  const browser = await launch();
  t.after(() => browser.close());
  const record = await open(browser, server.links.rapporteur, 'laptop');
  const note = record.locator('.note textarea').first();
  await record.waitForFunction(() => performance.getEntriesByType('resource').some((e) => e.name.endsWith('/bearings.js') && e.responseEnd > 0));
  await note.fill('Kept here');
  await note.evaluate((el) => el.setSelectionRange(4, 4));
  await record.evaluate(async () => {
    // Taken out, changed where nobody sees it, and put back.
    const app = document.getElementById('app') ?? document.body;
    const parts = [...app.childNodes];
    app.replaceChildren();
    await new Promise((done) => setTimeout(done, 50));
    for (const part of parts) if (part instanceof Element) part.innerHTML = part.innerHTML.replaceAll('France', 'Elsewhere');
    app.append(...parts.reverse());
    for (let n = 0; n < 5000; n++) app.append(document.createElement('i'));
  });
  await server.send('PUT', '/floor', { id: 'i-ken', participant: 'ken' });
  await says(record, '.now-name', 'Kenya');
  await says(record, '.rows', /France/);
  assert.equal(await record.locator('#app > i').count(), 0);
  assert.equal(await record.locator('.note textarea').count(), 2);
  await server.noted((text) => text === 'Kept here');
  assert.deepEqual(faultsOf(record), []);
});
