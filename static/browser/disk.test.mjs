// A server whose disk is nearly full: the chair acts, is told calmly, and delegates are told why they cannot.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './axe.mjs';
import { DEBATE, Server, build, launch, open } from './harness.mjs';

test('a disk that is nearly full, and a statement whose file is lost', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  await server.send('POST', '/requests', { id: 'r', participant: 'ken' });
  for (const name of ['lost.txt', 'whole.txt']) {
    const added = await fetch(`${server.base}/api/v1/debates/${DEBATE}/statements?id=${name}&participant=ken&name=${name}`, {
      method: 'POST', headers: { Authorization: `Bearer ${server.token('chair')}`, 'Content-Type': 'text/plain' }, body: name,
    });
    assert.equal(added.status, 201);
    const folder = join(server.data, 'data', 'statements');
    if (name === 'lost.txt') for (const file of readdirSync(folder, { recursive: true })) if (String(file).endsWith('.statement')) rmSync(join(folder, String(file)));
  }
  await server.kill('SIGTERM');
  server.args = ['--disk-reserve', '1000000000']; // MiB: more than any disk has
  await server.start();
  const browser = await launch();
  t.after(() => browser.close());

  const chair = await open(browser, server.links.chair, 'tablet', { reducedMotion: 'reduce' });
  const notice = chair.locator('[data-disk="low"]');
  await notice.waitFor();
  assert.match((await notice.textContent()) ?? '', /nearly full, with .+ free/);
  await check(chair);
  await chair.locator('.main-act').click();
  await chair.getByRole('heading', { name: 'Kenya' }).waitFor(); // the chair's own command is written

  const record = await open(browser, server.links.rapporteur, 'laptop', { reducedMotion: 'reduce' });
  await record.locator('.statement', { hasText: 'lost.txt' }).getByText('missing or damaged').waitFor();
  assert.equal(await record.locator('.statement', { hasText: 'whole.txt' }).locator('.problem').count(), 0);
  await check(record);

  const phone = await open(browser, server.links.join, 'phone', { reducedMotion: 'reduce' });
  const refusal = await phone.evaluate(async ([debate, code]) => {
    const of = (/** @type {string} */ path, /** @type {object} */ body) =>
      fetch(`/api/v1/debates/${debate}${path}?as=delegate`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    await of('/join', { participant: 'fra', code });
    return (await of('/requests', { id: 'p' })).json();
  }, [DEBATE, server.links.join_code]);
  assert.equal(refusal.code, 'disk_low');
});
