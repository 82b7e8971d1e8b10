// Takes the README's pictures anew, in the middle of the example debate:
//   node static/browser/screenshots.mjs

import { fileURLToPath } from 'node:url';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, build, launch, open } from './harness.mjs';

const images = fileURLToPath(new URL('../../docs/images', import.meta.url));
mkdirSync(images, { recursive: true });

const server = await new Server(build()).start();
const browser = await launch();
try {
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  for (const [participant, more] of Object.entries({
    phl: {}, nga: { behalf_of: 'African Group' }, gbr: {}, blr: { note: 'On the Group of Friends' }, ken: {}, iom: {}, swe: {}, ind: {}, bra: {},
  })) {
    await server.send('POST', '/requests', { id: `r-${participant}`, participant, ...more });
  }
  for (const [participant, note] of [['phl', 'Prevention begins in the countries of origin: education, work, registration of births.'], ['nga', 'Asks for a plan of action that all regions carry.']]) {
    await server.send('PUT', '/floor', { id: `i-${participant}`, request: `r-${participant}` });
    await server.send('PUT', `/interventions/i-${participant}/note`, { text: note, base: 0 }, 'rapporteur');
    await new Promise((r) => setTimeout(r, 1100));
  }
  await server.send('PUT', '/floor', { id: 'i-gbr', request: 'r-gbr' });

  const floor = await open(browser, server.links.join, 'phone');
  await floor.locator('input[role=combobox]').fill('kenya');
  await floor.locator('.option').first().click();
  await floor.locator('#code').fill(server.links.join_code);
  await floor.locator('button[type=submit]').click();
  await floor.locator('.hero').first().waitFor();

  const pages = {
    landing: await open(browser, server.base, 'phone'),
    chair: await open(browser, server.links.chair, 'tablet'),
    display: await open(browser, server.links.display, 'wall', { viewport: { width: 1280, height: 720 } }),
    record: await open(browser, server.links.rapporteur, 'laptop'),
    floor,
  };
  for (const [name, page] of Object.entries(pages)) {
    if (name !== 'landing') await page.waitForFunction(() => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? ''));
    await page.waitForTimeout(1000); // transitions, and who is there
    await page.screenshot({ path: join(images, `${name}.png`) });
  }
} finally {
  await browser.close();
  await server.kill();
}
