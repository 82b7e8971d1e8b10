// What a delegate's phone brings over a crowded network until it can ask for the floor: the page, the roster, joining.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Server, build, launch, open } from './harness.mjs';

const MOST = 60_000; // bytes on the wire, headers and stream among them

/** Counts what comes to a page from now on, bytes as they were on the wire. */
async function weigh(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  // What a page brings for later, seconds after it can be used: whether this test sees it hangs on how fast it types.
  const later = /\/(problems|floor-soon)\.json|\/(shell|floor-soon|floor-alerts)\.js|\.webmanifest|\/icons\/|\/sw\.js/;
  const seen = { bytes: 0, files: new Map(), names: new Map() };
  wire.on('Network.responseReceived', (e) => seen.names.set(e.requestId, e.response.url));
  wire.on('Network.loadingFinished', (e) => {
    if (later.test(seen.names.get(e.requestId) ?? '')) return;
    seen.bytes += e.encodedDataLength;
    seen.files.set(seen.names.get(e.requestId), e.encodedDataLength);
  });
  wire.on('Network.webSocketFrameReceived', (e) => (seen.bytes += e.response.payloadData.length));
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
    if (process.env.ROSTRUM_WEIGH) console.log(locale, seen.bytes, [...seen.files].map(([u, n]) => `${n} ${u?.replace(/.*\/(?=.*\/)/, '')}`).join('\n'));
    assert.ok(seen.bytes < MOST, `${seen.bytes} bytes in ${locale}, the largest:\n${largest.join('\n')}`);
    assert.ok(seen.bytes > 20_000, 'the measure is wrong');
    await page.context().close();
  }
});
