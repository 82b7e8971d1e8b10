// A page of another site that would make a phone speak for another delegation, on a network without TLS, where a browser says of no
// request which site it comes from, and with one that does.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { DEBATE, Server, build, launch, open, step } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A site that sends whoever opens it to a link, and another page of it that sends a form there. */
async function elsewhere(t, { link, token }) {
  const site = createServer((req, res) => {
    res.setHeader('Content-Type', 'text/html');
    if (req.url === '/form') res.end(`<form method="post" action="${link.split('?')[0]}"><input name="token" value="${token}"></form><script>document.forms[0].submit()</script>`);
    else res.end(`<script>location = ${JSON.stringify(link)}</script>`);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => site.close());
  return /** @type {import('node:net').AddressInfo} */ (site.address()).port;
}

test('no page of another site makes a phone speak for another', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch({ args: ['--host-resolver-rules=MAP *.test 127.0.0.1'] });
  t.after(() => browser.close());
  const join = async (participant) => (await server.as(undefined, 'POST', '/join', { participant, code: server.links.join_code })).answer.token;
  const tokens = { ken: await join('ken'), omn: await join('omn') };

  for (const [how, host, says] of [
    ['without TLS, on an address that no browser trusts', 'room.test', false],
    ['where browsers say which site it comes from', '127.0.0.1', true],
  ]) {
    await t.test(how, async (t) => {
      const base = `http://${host}:${server.port}`;
      const link = `${base}/${DEBATE}/enter?token=${encodeURIComponent(tokens.omn)}`;
      const port = await elsewhere(t, { link, token: tokens.omn });
      const phone = await open(browser, `${base}/${DEBATE}/enter?token=${encodeURIComponent(tokens.ken)}`, 'phone');
      /** @type {Record<string, string>[]} what the browser sends with the form */
      const sent = [];
      const asked = [];
      phone.on('request', async (r) => {
        if (!r.url().includes('/enter')) return;
        (r.method() === 'POST' ? sent : asked).push(await r.allHeaders());
      });
      const me = () => phone.evaluate(async (path) => (await (await fetch(path)).json()).participant, `${base}/api/v1/debates/${DEBATE}/me?as=delegate`);
      const pages = { phone };

      await step(pages, 'a page of another site leads to a question, and nothing has changed', async () => {
        await phone.waitForURL(`${base}/${DEBATE}/floor`);
        await phone.goto(`http://evil.test:${port}/`);
        await phone.waitForURL(link);
        assert.deepEqual(await phone.locator('h2').allTextContents(), ['Kenya', 'Oman']);
        assert.equal(asked.at(-1)?.['sec-fetch-site'], says ? 'cross-site' : undefined);
        await phone.evaluate(axe);
        // @ts-ignore axe is there by now
        const found = await phone.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
        assert.deepEqual(found.violations.map((v) => v.id), []);
      });
      await step(pages, 'who keeps the delegation is on its page', async () => {
        await phone.getByRole('link', { name: 'Keep Kenya' }).click();
        await phone.waitForURL(`${base}/${DEBATE}/floor`);
        assert.equal(await me(), 'ken');
      });
      await step(pages, 'a form of another site is refused', async () => {
        await phone.goto(`http://evil.test:${port}/form`);
        await phone.waitForURL(`${base}/${DEBATE}/enter`);
        await phone.locator('.wrong h1').waitFor();
        assert.equal(await me(), 'ken');
        assert.equal(sent.pop()?.['sec-fetch-site'], says ? 'cross-site' : undefined);
      });
      await step(pages, 'who wants the other delegation speaks for it, and the form tells no more than its site', async () => {
        await phone.goto(`http://evil.test:${port}/`);
        await phone.getByRole('button', { name: 'Speak for Oman instead' }).click();
        await phone.waitForURL(`${base}/${DEBATE}/floor`);
        assert.equal(await me(), 'omn');
        assert.deepEqual([sent[0].origin, sent[0].referer], [base, `${base}/`]);
      });
      await step(pages, 'and going back to the question leads to its page', async () => {
        await phone.goBack();
        await phone.waitForURL(`${base}/${DEBATE}/floor`);
      });
      await phone.context().close();
    });
  }
});
