// Every page in its states, by the rules of WCAG 2.2 AA that a program can check
// (axe-core), left to right and right to left, and without sideways scrolling
// down to 320 px.

import { test } from 'node:test';
import { check } from './axe.mjs';
import { DEBATE, Server, build, launch, open } from './harness.mjs';

const narrow = { viewport: { width: 320, height: 568 } };

test('the pages can be used by everybody', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const { links, base } = server;

  /** Opens every page anew and checks it. */
  async function all(state) {
    for (const locale of ['en', 'ar']) {
      for (const [what, url, device, more] of [
        ['landing', base, 'phone', narrow],
        ['chair', links.chair, 'tablet'],
        ['chair on a phone', links.chair, 'phone', narrow],
        ['display', links.display, 'wall'],
        ['delegate', links.join, 'phone', narrow],
        ['rapporteur', links.rapporteur, 'laptop'],
      ]) {
        const page = await open(browser, url, device, { locale, reducedMotion: 'reduce', ...more });
        await check(page, `${what}, ${state}, ${locale}`);
        await page.context().close();
      }
    }
  }

  await all('before it begins');
  // Without its link a page says so, on the narrowest phone too.
  for (const locale of ['en', 'ar']) {
    for (const path of ['chair', 'record', 'display']) {
      const page = await open(browser, `${base}/${DEBATE}/${path}`, 'phone', { locale, reducedMotion: 'reduce', ...narrow });
      if (path !== 'display') await page.locator('.banner[data-kind=denied] .button').first().waitFor();
      await check(page, `${path} without its link, ${locale}`);
      await page.context().close();
    }
  }
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  for (const participant of ['ken', 'gbr', 'omn', 'chn', 'fra', 'rus']) {
    await server.send('POST', '/requests', { id: `r-${participant}`, participant, note: 'Victims of trafficking', speaker: 'H.E. the Minister' });
  }
  await server.send('PUT', '/floor', { id: 'i-1', request: 'r-gbr' });
  await all('while somebody speaks');
  await server.send('PATCH', '/floor', { limit_ms: 1000 });
  await server.send('PUT', '/interventions/i-1/note', { text: 'A note.', base: 0 }, 'rapporteur');
  await new Promise((r) => setTimeout(r, 1500)); // into overtime
  await all('in overtime');
  await server.send('DELETE', '/floor');
  await server.send('PATCH', '/panels/morning', { status: 'suspended', list: 'closed' });
  await all('suspended');

  await t.test('a delegate at every step', async () => {
    for (const locale of ['en', 'ar']) {
      const page = await open(browser, links.join, 'phone', { locale, reducedMotion: 'reduce', ...narrow });
      await page.locator('input[role=combobox]').fill('ken');
      await page.locator('.option').first().waitFor();
      await check(page, `choosing, ${locale}`);
      await page.locator('.option').first().click();
      await page.locator('#code').fill(links.join_code);
      await page.locator('button[type=submit]').click();
      await page.locator('.hero').first().waitFor();
      await check(page, `joined, ${locale}`);
      await page.context().close();
    }
  });
});
