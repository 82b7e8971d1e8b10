// What a delegate's phone brings over a crowded network until it can ask for the floor: the page, the roster, joining.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Server, build, launch, open } from './harness.mjs';

const MOST = 60_000; // bytes on the wire, headers and stream among them
const FIRST = 20_000; // of the first answer, which fills a slow line for 0.4 s

/** Counts what comes to a page from now on, bytes as they were on the wire. */
async function weigh(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  // What a page brings for later, seconds after it can be used: whether this test sees it hangs on how fast it types.
  const later = /\/(problems|floor-soon)\.json|\/(shell|bearings|floor-soon|floor-alerts)\.js|\.webmanifest|\/icons\/|\/sw\.js/;
  const seen = { bytes: 0, files: new Map(), names: new Map() };
  wire.on('Network.responseReceived', (e) => seen.names.set(e.requestId, e.response.url));
  wire.on('Network.loadingFinished', (e) => {
    if (later.test(seen.names.get(e.requestId) ?? '')) return;
    seen.bytes += e.encodedDataLength;
    seen.files.set(seen.names.get(e.requestId), e.encodedDataLength);
  });
  // How often the page has asked for the time by then hangs on how fast this test types, too.
  wire.on('Network.webSocketFrameReceived', ({ response: { payloadData } }) => (seen.bytes += payloadData.startsWith('{"type":"pong"') ? 0 : payloadData.length));
  return seen;
}

test('a phone asks for the floor after less than 60 KB', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const browser = await launch();
  t.after(() => browser.close());
  for (const [locale, country] of [['en', 'Kenya'], ['ru', 'Кения'], ['ar', 'كينيا']]) {
    const page = await open(browser, 'about:blank', 'phone', { locale });
    const seen = await weigh(page);
    await page.goto(server.links.join);
    await page.locator('input[role=combobox]').fill(country);
    await page.getByRole('option', { name: country, exact: true }).click();
    await page.locator('#code').fill(server.links.join_code);
    await page.locator('button[type=submit]').click();
    await page.locator('.act-bar .primary').waitFor();
    const largest = [...seen.files].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([url, n]) => `${n} ${new URL(url).pathname}`);
    t.diagnostic(`${locale}: ${seen.bytes} bytes in ${seen.files.size} files`);
    assert.ok(seen.bytes < MOST, `${seen.bytes} bytes in ${locale}, the largest:\n${largest.join('\n')}`);
    assert.ok(seen.bytes > 20_000, 'the measure is wrong');
    await page.context().close();
  }
});

// On a slow network each round trip is half a second: how many there are before somebody can type is the page's structure. So here
// nothing is answered but the page itself.
test('the join form needs one answer of the server', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const browser = await launch();
  t.after(() => browser.close());
  for (const [locale, letters, country, joining] of [['en', 'ken', 'Kenya', 'Joining…'], ['ru', 'кен', 'Кения', undefined], ['ar', 'كين', 'كينيا', undefined], ['fr', 'cote d iv', "Côte d'Ivoire", undefined]]) {
    const { headers } = await fetch(server.links.join, { headers: { 'Accept-Encoding': 'gzip', 'Accept-Language': locale } });
    const bytes = Number(headers.get('content-length'));
    t.diagnostic(`${locale}: ${bytes} bytes`);
    assert.ok(headers.get('content-encoding') === 'gzip' && bytes < FIRST && bytes > 5000, `the first answer has ${bytes} bytes in ${locale}`);

    const page = await open(browser, 'about:blank', 'phone', { locale, serviceWorkers: 'block' });
    const held = [];
    let holding = true;
    await page.route('**/*', (route) => (holding && !route.request().isNavigationRequest() ? held.push(route) : route.continue()));
    await page.goto(`${server.links.join}#code=${server.links.join_code}`, { waitUntil: 'commit' });
    const head = await page.locator('.page-head').boundingBox();
    await page.locator('#who').pressSequentially(letters);
    await page.getByRole('option', { name: country, exact: true }).click();
    assert.equal(await page.locator('#code').inputValue(), server.links.join_code);
    assert.equal(await page.locator('html').getAttribute('dir'), locale === 'ar' ? 'rtl' : 'ltr');
    await page.locator('button[type=submit]').click();
    if (joining) await page.getByRole('button', { name: joining }).waitFor();
    assert.ok(held.length > 10, 'the page brings nothing more');

    // When the rest comes nothing moves, and what was wished for is done.
    holding = false;
    await Promise.all(held.splice(0).map((route) => route.continue()));
    await page.locator('.act-bar .primary').waitFor();
    assert.equal((await page.locator('.page-head').boundingBox())?.height, head?.height, 'what is below the head moves');
    assert.deepEqual(page.faults.filter((f) => !f.includes('401')), []); // it asks once who it is
    await page.context().close();
  }
});
