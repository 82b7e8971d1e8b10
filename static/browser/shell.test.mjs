// The pages as an app: they start while the server is away and say so, show nothing old while it is there, and take the next release.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { DEBATE, PATIENCE, Server, build, launch, open, step } from './harness.mjs';

/** A server before the real one, which can make another release of it: every file that matches is changed, and a first page, which has it in itself. */
async function releasing(target) {
  const change = { from: undefined, to: '', version: '' };
  const front = createServer((req, res) => {
    const headers = { ...req.headers, 'accept-encoding': 'identity' };
    if (change.from) delete headers['if-none-match'];
    const on = request({ host: '127.0.0.1', port: target(), path: req.url, method: req.method, headers }, (answer) => {
      const parts = [];
      answer.on('data', (d) => parts.push(d));
      answer.on('end', () => {
        let body = Buffer.concat(parts);
        const out = { ...answer.headers };
        if (change.from && (/\/floor(\.json)?$/.test(req.url) || req.url === '/sw.js')) {
          body = Buffer.from(body.toString().replaceAll(change.from, change.to).replace(/"version":"\w+"/, `"version":"${change.version}"`));
          if (req.url === '/sw.js') body = Buffer.from(body.toString().replace(/("\/static\/messages\/en\/floor\.json":"\\")\w+/, `$1${change.version}`));
          else out.etag = `"${change.version}"`;
          if (req.url === '/sw.js') delete out.etag;
          out['content-length'] = String(body.length);
        }
        res.writeHead(answer.statusCode, out);
        res.end(body);
      });
    });
    on.on('error', () => res.destroy());
    req.pipe(on);
  });
  front.on('upgrade', (req, socket) => {
    const on = request({ host: '127.0.0.1', port: target(), path: req.url, headers: req.headers });
    on.on('upgrade', (answer, far, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${Object.entries(answer.headers).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
      socket.write(head);
      far.pipe(socket).pipe(far);
      far.on('error', () => socket.destroy());
      socket.on('error', () => far.destroy());
    });
    on.on('error', () => socket.destroy());
    on.on('response', () => socket.destroy());
    on.end();
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return { base: `http://127.0.0.1:${front.address().port}`, change, close: () => front.close() };
}

/** Waits until an asynchronous question is answered with yes (a page's own waiting takes the promise for a yes). */
async function until(page, question, what) {
  const end = Date.now() + PATIENCE;
  while (!(await page.evaluate(question).catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what} does not happen`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const complete = (page) =>
  until(page, async () => (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).match('/complete')))).some(Boolean), 'keeping the page');
const keptNames = (page) => page.evaluate(async () => (await caches.keys()).sort());

test('the pages start while the server is away, and take the next release', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const front = await releasing(() => server.port);
  t.after(() => front.close());
  const browser = await launch();
  t.after(() => browser.close());
  const url = `${front.base}/${DEBATE}/floor`;
  const phone = await open(browser, url, 'phone');
  const pages = { phone };

  await step(pages, 'what a page is built from is kept, and nothing else', async () => {
    await complete(phone);
    const paths = await phone.evaluate(async () => (await Promise.all((await caches.keys()).map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat());
    assert.ok(paths.includes('/static/floor.html') && paths.includes('/static/js/floor.js') && paths.includes('/static/messages/en/floor.json'), paths.join(' '));
    assert.deepEqual(paths.filter((p) => !p.startsWith('/static/') && p !== '/complete'), []);
    const link = await phone.locator('link[rel=manifest]').getAttribute('href');
    const app = await (await fetch(new URL(link, url))).json();
    assert.equal(new URL(app.start_url, new URL(link, url)).pathname, `/${DEBATE}/floor`);
    for (const { src } of app.icons) assert.equal((await fetch(front.base + src)).status, 200, src);
  });

  await step(pages, 'the page starts without the server, says so, and comes back by itself', async () => {
    await server.kill();
    await phone.reload();
    await phone.getByText('The server does not answer').waitFor();
    await server.start();
    await phone.locator('.banner').waitFor({ state: 'detached' });
    await phone.locator('input[role=combobox]').waitFor();
  });

  await step(pages, 'another release is shown at once, and the old one is let go', async () => {
    const before = await keptNames(phone);
    Object.assign(front.change, { from: 'Whom do you speak for?', to: 'For whom do you speak?', version: 'feedfacefeedface' });
    await phone.reload();
    await phone.getByText('For whom do you speak?').waitFor();
    await until(phone, async () => (await caches.keys()).join() === 'shell-feedfacefeedface', 'letting the old release go');
    assert.notDeepEqual(await keptNames(phone), before);
  });

  await step(pages, 'a page that is open takes the next release when it is idle', async () => {
    const wall = await open(browser, new URL(server.links.display).href.replace(server.base, front.base), 'wall');
    pages.wall = wall;
    await complete(wall);
    const loaded = () => wall.evaluate(() => performance.timeOrigin);
    const first = await loaded();
    Object.assign(front.change, { from: 'Whom do you speak for?', to: 'Who speaks?', version: 'cafecafecafecafe' });
    await wall.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await wall.waitForFunction((first) => performance.timeOrigin !== first, first);
    assert.deepEqual(wall.faults, []);
  });
});
