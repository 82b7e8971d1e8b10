// Badges, as people use them: the chair opens the cards and prints them, a delegate scans the code on one and is in;
// a badge that is renewed puts its phone out, and the phone says so.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import jsQR from 'jsqr';
import { DEBATE, Server, build, launch, open, step } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the QR code in a picture says. */
async function scan(browser, png) {
  const page = await browser.newPage();
  const { data, width, height } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.drawImage(image, 0, 0);
    return { data: [...context.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height };
  }, png.toString('base64'));
  await page.close();
  return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

test('a badge that was printed signs a phone in until it is renewed', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const chair = await open(browser, server.links.chair, 'tablet');
  const pages = { chair };
  let link = '';

  await step(pages, 'the chair opens the cards', async () => {
    await chair.goto(`${server.base}/${DEBATE}/cards?as=chair&lang=en&lang=fr&lang=ar`);
    assert.match(await chair.locator('[role=status]').textContent(), /240/);
    assert.equal(await chair.locator('[data-print]').isVisible(), true);
    await chair.evaluate(axe);
    // @ts-ignore axe is there by now
    const found = await chair.evaluate(() => axe.run('header', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
    assert.deepEqual(found.violations.map((v) => v.id), []);
  });

  await step(pages, 'they are printed on sheets, and no card is cut in two', async () => {
    for (const paper of ['a4', 'letter']) {
      await chair.goto(`${server.base}/${DEBATE}/cards?as=chair&lang=en&paper=${paper}`);
      const sheets = await chair.locator('.sheet').count();
      const pdf = (await chair.pdf({ preferCSSPageSize: true })).toString('latin1');
      assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, sheets, `pages of ${paper}`);
      await chair.emulateMedia({ media: 'print' });
      const cut = await chair.evaluate(() =>
        [...document.querySelectorAll('.card')].filter((card) => {
          const [inner, outer] = [card.getBoundingClientRect(), /** @type {Element} */ (card.closest('.sheet')).getBoundingClientRect()];
          const overflows = [...card.querySelectorAll('h2, .words, .qr')].some((e) => e.getBoundingClientRect().bottom > inner.bottom + 1);
          return overflows || inner.top < outer.top || inner.bottom > outer.bottom || inner.left < outer.left || inner.right > outer.right;
        }).length,
      );
      assert.equal(cut, 0, `cards that do not fit on ${paper}`);
      await chair.emulateMedia({ media: null });
    }
  });

  await step(pages, 'the code on a card can be scanned', async () => {
    await chair.goto(`${server.base}/${DEBATE}/cards?as=chair&lang=en,fr&participant=ken`);
    assert.equal(await chair.locator('.card').count(), 1);
    await chair.emulateMedia({ media: 'print' });
    link = (await scan(browser, await chair.locator('.card').screenshot())) ?? '';
    assert.ok(link.startsWith(`${server.base}/${DEBATE}/enter?token=`), `the code says ${link}`);
    assert.equal(await chair.locator('h2').textContent(), 'Kenya');
  });

  const phone = await open(browser, link, 'phone');
  pages.phone = phone;
  await step(pages, 'who scans it is in, and asks for the floor', async () => {
    assert.equal(phone.url(), `${server.base}/${DEBATE}/floor`);
    await phone.getByText('Kenya').first().waitFor();
    const me = await phone.evaluate(async (debate) => (await fetch(`/api/v1/debates/${debate}/me?as=delegate`)).json(), DEBATE);
    assert.deepEqual(me, { role: 'delegate', participant: 'ken', by: 'badge' });
    await phone.getByRole('button', { name: /ask for the floor/i }).first().click();
    for (;;) {
      const requests = Object.values((await server.state()).state.requests);
      if (requests.some((r) => r.participant === 'ken')) break;
      await new Promise((r) => setTimeout(r, 50));
    }
  });

  await step(pages, 'a renewed badge puts the phone out, and it says why', async () => {
    await server.send('POST', '/badges/renew', { id: 'renewed', participant: 'ken' });
    await phone.getByText(/was replaced/i).first().waitFor();
    const again = await open(browser, link, 'phone');
    pages.again = again;
    await again.getByText(/was replaced/i).first().waitFor();
    assert.ok(!again.url().includes('token='), `the token stays in the address: ${again.url()}`);
  });
});
