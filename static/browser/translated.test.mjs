// Pages under a translator. One that does as it is asked leaves every page alone. One that does not puts its own words everywhere, all the
// time: nothing that is shown may stay behind or be about something else, nothing is called that is not named, and nobody who
// types is disturbed.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, Server, build, drawn, launch, open, step, until } from './harness.mjs';
import { translator } from './translator.mjs';

const binary = build();
/** @type {import('playwright-core').Browser} */
let browser;
/** A page on each device that is there for several tests, with what it has brought from the server at `port`. @type {Record<string, import('playwright-core').Page>} */
const devices = {};
let port;

before(async () => {
  browser = await launch();
  for (const device of ['phone', 'tablet', 'laptop', 'wall']) devices[device] = await open(browser, 'about:blank', device, { serviceWorkers: 'block' });
});

after(() => browser?.close());

/** A page with a translator in it, open until the test's end. `more.hours`: its time goes on when the test says so, too. */
async function translated(t, url, device, as, { hours = false } = {}) {
  const page = await open(browser, 'about:blank', device, { serviceWorkers: 'block' });
  t.after(() => page.context().close());
  if (hours) await page.clock.install();
  await page.addInitScript(translator, as);
  await page.goto(url);
  return page;
}

/** Opens a page with a translator in it on a device that knows nothing of who was there before. */
async function onDevice(device, url, as) {
  const page = devices[device];
  await page.addInitScript(translator, as);
  await page.goto(url);
  page.faults.length = 0;
  return page;
}

/** Ends what a device shows, and forgets it. */
async function forget(device) {
  const page = devices[device];
  await page.evaluate(() => localStorage.clear());
  await page.context().clearCookies();
  await page.goto('about:blank');
}

/** What a page says somewhere, without the translator's marks. */
const text = (page, css) => page.evaluate((css) => document.querySelector(css)?.textContent.replace(/[‹›\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim(), css);

/** Lets the words come that a translator owes to what it has read, and the page draw them. Says how many came. */
async function come(page, backwards) {
  const words = await page.evaluate((backwards) => window.translator?.come(backwards ?? undefined) ?? 0, backwards);
  await drawn(page);
  return words;
}

/** Waits until pages say something somewhere, and sees that they go on saying so when a late translator's words have come. */
async function say(wanted) {
  const is = (said, wanted) => (wanted instanceof RegExp ? wanted.test(said ?? '') : said === wanted);
  await Promise.all(
    wanted.map(async ([page, css, wanted]) => {
      let said;
      await until(`${css} says “${wanted}”`, async () => is((said = await text(page, css)), wanted)).catch((e) => assert.fail(`${e.message}, but “${said}”`));
    }),
  );
  await Promise.all([...new Set(wanted.map(([page]) => page))].map((page) => come(page)));
  for (const [page, css, wanted_] of wanted) {
    const said = await text(page, css);
    assert.ok(is(said, wanted_), `${css} said “${wanted_}”, and then “${said}”`);
  }
}

const says = (page, css, wanted) => say([[page, css, wanted]]);

/** Lets so much time go by on pages with `hours`, in parts: more at once is a sleep to a page. */
async function pass(pages, ms) {
  for (let left = ms; left > 0; left -= 2000) await Promise.all(pages.map((page) => page.clock.fastForward(Math.min(left, 2000))));
  await Promise.all(pages.map(drawn));
}

/** Makes a debate with an open list, where the one before was. */
async function convene(t) {
  const server = await Object.assign(new Server(binary), { port }).start();
  port = server.port;
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

const faultsOf = (page) => page.faults.filter((f) => !/Failed to load resource/.test(f));
const ready = '.main-act:not([aria-disabled=true])';

/** Taps what names somebody: where others have changed its words the first tap is refused, and said so. */
async function tap(server, chair, css) {
  const floor = async () => (await server.state()).state.floor?.id;
  const before = await floor();
  let sent = 0;
  chair.on('request', (request) => (sent += Number(request.method() === 'PUT' && /\/floor/.test(request.url()))));
  // In one go, since a page that is drawn meanwhile takes the words of others away.
  await until('the button takes a tap', () =>
    chair.evaluate((css) => {
      window.translator.come();
      const button = document.querySelector(css);
      button?.click();
      return button !== null;
    }, css),
  );
  await chair.locator('.said').filter({ hasText: 'had changed' }).waitFor();
  assert.deepEqual([sent, await floor()], [0, before], 'the first tap is refused');
  await until('the second tap counts', async () => {
    await chair.waitForTimeout(800); // for so long the button is deaf
    await chair.locator(css).click();
    await drawn(chair);
    return sent > 0; // or its note was gone by then, so that it was a first one again
  });
}

test('a translator that does as it is asked leaves every page alone', async (t) => {
  const server = await convene(t);
  await server.send('PUT', '/floor', { id: 'i-1', participant: 'ken' });
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
    const page = await onDevice(device, url, { honours: true });
    await says(page, css, /\S/);
    if (name !== 'display') {
      // The page's own menu is what its reader has instead, and the language that it brings is kept from translators, too.
      await page.locator('.language-menu select').first().selectOption('ar');
      await page.waitForFunction(() => document.documentElement.lang === 'ar');
    }
    await drawn(page);
    assert.equal(await page.evaluate(() => window.translator.words), 0, `${name} was translated`);
    assert.equal(await page.evaluate(() => document.documentElement.translate), false, name);
    await forget(device);
  }
  await t.test('the badges too, whose page has a menu as well', async () => {
    const chair = await onDevice('tablet', server.links.chair, { honours: true });
    await says(chair, '.floor-name', 'Kenya');
    await chair.goto(`${server.base}/${DEBATE}/cards?as=chair&participant=ken`);
    await chair.locator('[data-language]').selectOption('fr');
    await chair.waitForFunction(() => document.documentElement.lang === 'fr');
    assert.equal(await chair.locator('.card').count(), 1, 'the choice of cards is lost');
    assert.equal(await chair.evaluate(() => window.translator.words), 0);
    await forget('tablet');
  });
});

const KINDS = [
  ['that wraps each text at once, as Chrome’s', { how: 'wrap' }],
  ['that wraps each text when its words have come', { how: 'wrap', late: true }],
  ['that writes over the texts when its words have come', { how: 'data', late: true }],
];

for (const [name, as] of KINDS) {
  test(`under a translator ${name} every page says what holds`, async (t) => {
    const server = await convene(t);
    await allSayWhatHolds(server, as);
    for (const [device, page] of Object.entries(devices)) {
      assert.deepEqual(faultsOf(page), [], device);
      await forget(device);
    }
  });
}

async function allSayWhatHolds(server, as) {
  const ask = (participant) => server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
  await ask('fra');
  await ask('ken');
  const pages = {
    phone: await onDevice('phone', await badge(server, 'ken'), as),
    wall: await onDevice('wall', server.links.display, as),
    chair: await onDevice('tablet', server.links.chair, as),
    record: await onDevice('laptop', server.links.rapporteur, as),
  };
  const { phone, wall, chair, record } = pages;

  await step(pages, 'they say who is next', async () => {
    await say([[phone, '.hero .place', /2$/], [wall, '.next .name, .rows .name', 'France'], [chair, '.main-whom', 'France'], [record, '.now', 'Nobody has the floor']]);
    for (const page of Object.values(pages)) {
      await until('the page is translated', async () => {
        await come(page);
        return page.evaluate(() => window.translator.words > 10 && /‹/.test(document.body.textContent));
      });
    }
  });
  await step(pages, 'the chair’s button calls whom it names', async () => {
    await tap(server, chair, `${ready}[data-act=call]`);
    await say([
      [phone, '.speaking .name', 'France'], [phone, '.hero .place', /1$/], [wall, '.who .name', 'France'], [chair, '.floor-name', 'France'], [record, '.now-name', 'France'],
      [chair, '.entries .entry-name', 'Kenya'],
    ]);
    assert.equal((await server.state()).state.floor.participant, 'fra');
  });
  await step(pages, 'the digits go on', async () => {
    await Promise.all(
      [phone, wall, chair].map(async (page) => {
        const figure = await text(page, '[data-countdown]');
        await until(`the countdown leaves ${figure}`, async () => {
          const now = await text(page, '[data-countdown]');
          return now !== figure && /^\+?\d+:\d\d$/.test(now);
        });
      }),
    );
  });
  await step(pages, 'what is typed stays, with the caret in it, while names come and go around it', async () => {
    const note = record.locator('.note textarea').first();
    await note.click();
    await record.keyboard.type('Kept ');
    await record.keyboard.type('here');
    await record.keyboard.press('Home');
    await server.send('DELETE', '/floor');
    await server.send('PUT', '/floor', { id: 'i-omn', participant: 'omn' });
    await says(record, '.now-name', 'Oman');
    await record.keyboard.type('Not ');
    assert.equal(await record.evaluate(() => document.activeElement?.value), 'Not Kept here');
    await server.noted((text) => text === 'Not Kept here');
  });
  await step(pages, 'others come and go, and the list is put in another order', async () => {
    for (const participant of ['chn', 'bra', 'omn']) await ask(participant);
    await server.send('PATCH', '/requests/r-omn', { before: 'r-ken' });
    await say([
      [phone, '.hero .place', /2$/], [phone, '.speaking .name', 'Oman'], [wall, '.who .name', 'Oman'], [chair, '.floor-name', 'Oman'],
      [chair, '.entries', /Oman.*Kenya.*China.*Brazil/], [wall, '.next', /Oman.*Kenya.*China/], [record, '.rows .entry', /France|Oman/],
    ]);
    await server.send('DELETE', '/requests/r-omn');
    await server.send('DELETE', '/floor');
    await say([[chair, '.main-whom', 'Kenya'], [phone, '.hero .place', /1$/], [wall, '.next .name, .rows .name', 'Kenya']]);
  });
  await step(pages, 'the button names another, and calls that one', async () => {
    await tap(server, chair, `${ready}[data-act=call]`);
    await say([[phone, '.stage h2', 'Your delegation has the floor'], [wall, '.who .name', 'Kenya'], [chair, '.floor-name', 'Kenya']]);
    assert.equal((await server.state()).state.floor.participant, 'ken');
    assert.match(await phone.title(), /You have the floor/);
  });
  await step(pages, 'the page speaks another language when it is asked to', async () => {
    await chair.locator('.language-menu select').selectOption('fr');
    await says(chair, '#list-title', 'Liste des orateurs');
    assert.equal(await chair.evaluate(() => document.documentElement.translate), false);
  });
}

test('under a translator that puts old words into what is new, the page has its own way within seconds', async (t) => {
  const server = await convene(t);
  for (const participant of ['fra', 'ken']) await server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
  const as = { how: 'element', late: true };
  const [phone, wall] = await Promise.all([
    translated(t, await badge(server, 'ken'), 'phone', as, { hours: true }),
    translated(t, server.links.display, 'wall', as, { hours: true }),
  ]);
  const pages = [phone, wall];
  const shown = [[phone, '.speaking .name'], [wall, '.who .name']];
  await says(wall, '.next .name, .rows .name', 'France');
  // Each page draws when it likes, and then the words that it took back, or whose element it made anew, come to nothing: until they stand.
  const called = [['fra', 'France'], ['omn', 'Oman'], ['chn', 'China'], ['bra', 'Brazil']];
  const stood = new Set();
  for (let round = 0; stood.size < shown.length; round++) {
    assert.ok(round < 8, `the words that the translator was slowest with never came to stand on ${shown.filter((at) => !stood.has(at)).map(([, css]) => css)}`);
    for (const [participant, name] of called) {
      await server.send('PUT', '/floor', { id: `i-${participant}-${round}`, participant });
      for (const [page, css] of shown) await until(`${css} says ${name}`, async () => (await text(page, css)) === name);
    }
    for (const at of shown) {
      const [page, css] = at;
      const said = await page.evaluate((css) => {
        window.translator.come(true);
        return document.querySelector(css)?.textContent;
      }, css);
      if (said?.includes('France')) stood.add(at);
    }
  }
  await pass(pages, 11_000);
  for (const [page, css] of shown) await until(`${css} says Brazil again`, async () => (await text(page, css)) === 'Brazil');
  for (const page of pages) await come(page);
  for (const [page, css] of shown) assert.equal(await text(page, css), 'Brazil');
  assert.deepEqual([...faultsOf(phone), ...faultsOf(wall)], []);
});

test('a page and a translator come to rest', async (t) => {
  const server = await convene(t);
  for (const participant of ['fra', 'ken']) await server.send('POST', '/requests', { id: `r-${participant}`, participant, panel: 'morning' });
  const as = { how: 'wrap', late: true };
  const pages = await Promise.all(
    [[server.links.chair, 'tablet'], [await badge(server, 'ken'), 'phone'], [`${server.base}/`, 'phone'], [server.links.join, 'phone']].map(([url, device]) => translated(t, url, device, as, { hours: true })),
  );
  const comes = () => Promise.all(pages.map((page) => come(page)));
  const hours = () => pages[0].evaluate(() => performance.now());
  await Promise.all(pages.map((page) => until('there is something to read', async () => (await come(page)) > 5)));
  // What came soon after it was drawn is drawn once more ten seconds later; and a page is drawn every ten seconds at the least.
  for (let round = 1; ; round++) {
    const since = await hours();
    const counts = [];
    for (let part = 0; part < 3; part++) {
      await pass(pages, 4000);
      counts.push(await comes());
    }
    const more = pages.map((page, n) => counts.reduce((sum, words) => sum + words[n], 0));
    const most = (8 * (await hours() - since)) / 11_000; // a waiting time may be another by now
    if (more.every((n) => n <= most)) break;
    assert.ok(round < 6, `the translator goes on writing: ${more} times in eleven seconds`);
  }
});

test('where what others did cannot be undone, all is drawn from the beginning, and the person is where they were', async (t) => {
  const server = await convene(t);
  await server.send('PUT', '/floor', { id: 'i-fra', participant: 'fra' });
  const record = await open(browser, server.links.rapporteur, 'laptop');
  t.after(() => record.context().close());
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
