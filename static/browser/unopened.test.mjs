// A debate whose data are damaged: its pages say so, open or opened anew, and go on by themselves once it is mended. The
// other debate of the server is not touched.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, build, folder, launch, open } from './harness.mjs';

const TITLE = 'A debate that the disk will lose';
const file = (id, title) => `id: ${id}\ntitle: ${title}\ndate: 2026-10-01\nroster: un\npanels:\n  - id: morning\n    title: Morning panel\n`;

test('a debate that cannot be opened says so', async (t) => {
  const files = folder();
  const paths = Object.entries({ lost: TITLE, other: 'Another' }).map(([id, title]) => {
    const path = join(files, `${id}.yaml`);
    writeFileSync(path, file(id, title));
    return path;
  });
  const server = await new Server(build(), { args: paths.flatMap((path) => ['--debate', path]) }).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const links = JSON.parse(readFileSync(join(server.data, 'links-of-test.json'), 'utf8'));
  const french = /Le serveur ne peut pas ouvrir les données de ce débat/;
  const english = /The server cannot open the data of this debate/;

  const phone = await open(browser, links.lost.join, 'phone', { locale: 'fr' });
  const chair = await open(browser, links.lost.chair, 'tablet');
  const wall = await open(browser, links.lost.display, 'wall');
  const other = await open(browser, links.other.chair, 'tablet');
  const pages = { phone, chair, wall, other };
  for (const page of Object.values(pages)) await page.locator('.banner').waitFor({ state: 'detached' });

  await server.kill('SIGTERM');
  const data = join(server.data, 'data', 'rostrum.db');
  const good = join(files, 'good.db');
  copyFileSync(data, good);
  writeFileSync(data, Buffer.from(readFileSync(data).toString('latin1').replaceAll(TITLE, 'X'.repeat(TITLE.length)), 'latin1'));
  await server.start();

  // Those that are open.
  await phone.locator('.banner', { hasText: french }).waitFor();
  for (const page of [chair, wall]) await page.locator('.banner', { hasText: english }).waitFor();
  await other.locator('.banner').waitFor({ state: 'detached' });

  // Those that are opened now, by a link or by hand, and the front page.
  const again = await open(browser, links.lost.chair, 'tablet');
  await again.getByRole('alert').filter({ hasText: 'This debate cannot be opened just now' }).filter({ hasText: english }).waitFor();
  assert.equal(new URL(again.url()).search, '', 'the token stays in the address');
  const floor = await open(browser, links.lost.join, 'phone', { locale: 'ar' });
  await floor.getByRole('alert').filter({ hasText: 'يتعذر فتح هذه المناقشة الآن' }).waitFor();
  const front = await open(browser, server.base, 'laptop');
  await front.getByText(`${TITLE}: This debate cannot be opened just now`).waitFor();
  assert.equal(await front.locator('a.main-door').getAttribute('href'), '/other/floor');

  // Mended: nobody has to do anything.
  await server.kill('SIGTERM');
  copyFileSync(good, data);
  await server.start();
  for (const [name, page] of Object.entries(pages)) {
    await page.locator('.banner').waitFor({ state: 'detached' }).catch(() => assert.fail(`the ${name} does not come back`));
  }
});
