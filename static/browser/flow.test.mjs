// A debate from the first request to the record, as the room holds it: the chair's
// tablet, the wall and two phones at once, on the example debate.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, Server, build, launch, open, shown, step } from './harness.mjs';

const name = (page) => page.locator('.floor-name');

/** Joins as a delegate does: a few letters, the name, the code on the wall. */
async function join(page, letters, delegation, code) {
  await page.locator('input[role=combobox]').fill(letters);
  await page.getByRole('option', { name: delegation, exact: true }).click();
  await page.locator('#code').fill(code);
  await page.getByRole('button', { name: 'Join' }).click();
}

test('a debate from the first request to the record', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());

  const chair = await open(browser, server.links.chair, 'tablet');
  const wall = await open(browser, server.links.display, 'wall');
  const kenya = await open(browser, server.links.join, 'phone');
  const oman = await open(browser, server.links.join, 'phone', { locale: 'ar' });
  const pages = { chair, wall, kenya, oman };
  assert.ok(!chair.url().includes('token'), 'no token stays in the address bar');

  await step(pages, 'the chair opens the morning panel and its list', async () => {
    const tabs = chair.locator('nav.tabs button');
    await tabs.nth(1).click();
    await chair.locator('nav.tabs button[aria-current=true]').and(tabs.nth(1)).waitFor();
    await chair.locator('.main-act[data-act=open]:not([aria-disabled=true])').click();
    await chair.locator('.list-head [role=switch]').click();
    await chair.locator('.list-head [role=switch][aria-checked=true]').waitFor();
  });

  await step(pages, 'a wrong code is refused in words', async () => {
    await join(kenya, 'ken', 'Kenya', '000000');
    await kenya.getByRole('alert').waitFor();
    await kenya.locator('#code').fill(server.links.join_code);
    await kenya.getByRole('button', { name: 'Join' }).click();
  });

  await step(pages, 'delegates ask in two taps, one of them in Arabic', async () => {
    await kenya.getByRole('button', { name: 'Ask for the floor' }).click();
    await kenya.locator('.hero[data-level=next]').waitFor();
    assert.equal(await oman.evaluate(() => document.documentElement.dir), 'rtl');
    await oman.locator('input[role=combobox]').fill('oman'); // found in another language than the page's
    await oman.locator('.option').first().click();
    await oman.locator('#code').fill(server.links.join_code);
    await oman.locator('button[type=submit]').click();
    await oman.locator('.act-bar .primary').click();
    await oman.locator('.hero .place', { hasText: '2' }).waitFor();
  });

  await step(pages, 'chair and wall see the list in order', async () => {
    await chair.locator('.entry').nth(1).waitFor();
    assert.deepEqual(await chair.locator('.entry-name').allInnerTexts(), ['Kenya', 'Oman']);
    await wall.getByText('Kenya').first().waitFor();
    await wall.getByText('Oman').first().waitFor();
  });

  await step(pages, 'the wrong one was called, and undo brings everything back', async () => {
    await chair.locator('.entry .call').nth(1).click();
    await name(chair).getByText('Oman').waitFor();
    await oman.locator('.stage').waitFor();
    await chair.getByRole('button', { name: 'Undo' }).click();
    await name(chair).getByText('Nobody').waitFor();
    await chair.locator('.entry').nth(1).waitFor();
    assert.deepEqual(await chair.locator('.entry-name').allInnerTexts(), ['Kenya', 'Oman']);
    await oman.locator('.hero .place', { hasText: '2' }).waitFor();
  });

  await step(pages, 'one tap gives the floor, and all count down together', async () => {
    await chair.locator('.main-act[data-act=call]:not([aria-disabled=true])').click();
    await name(chair).getByText('Kenya').waitFor();
    await kenya.locator('.stage').waitFor();
    await wall.locator('[data-scene=floor]').waitFor();
    const clocks = [chair, wall, kenya];
    for (const page of clocks) await page.waitForFunction(() => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? ''));
    const seconds = await Promise.all(clocks.map(shown));
    assert.ok(Math.max(...seconds) - Math.min(...seconds) <= 1, `all show the same second, give or take the reading: ${seconds}`);
    assert.ok(seconds.every((s) => s > 150 && s <= 180), `a three-minute countdown: ${seconds}`);
    await oman.locator('.hero[data-level=next]').waitFor();
  });

  await step(pages, 'a held countdown stands still everywhere', async () => {
    await chair.locator('.main-act[data-act=hold]:not([aria-disabled=true])').click();
    await wall.locator('[data-phase=paused]').waitFor();
    const { floor } = (await server.state()).state;
    assert.equal(floor.timer.state, 'paused');
    const left = Math.ceil((floor.timer.limit_ms - floor.timer.used_ms) / 1000);
    for (const page of [chair, wall, kenya]) {
      await page.waitForFunction((text) => document.querySelector('[data-countdown]')?.textContent === text, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`);
    }
    await chair.locator('.main-act[data-act=resume]:not([aria-disabled=true])').click();
    await wall.locator('[data-phase=normal]').waitFor();
  });

  await step(pages, 'the server is killed in the middle of an intervention and every page carries on', async () => {
    const before = (await server.state()).state.floor;
    await server.kill('SIGKILL');
    await wall.locator('.wall[data-old]').waitFor();
    await chair.locator('.main-act[aria-disabled=true]').waitFor();
    await server.start();
    for (const page of [chair, wall, kenya]) await page.waitForFunction(() => !document.querySelector('.banner:not([hidden])'));
    await wall.locator('.wall:not([data-old])').waitFor();
    const { state, now_ms: now } = await server.state();
    assert.deepEqual(state.floor, before, 'the floor is as it was');
    const left = (state.floor.timer.limit_ms - state.floor.timer.used_ms - (now - state.floor.timer.since_ms)) / 1000;
    for (const [who, page] of Object.entries({ chair, wall, kenya })) {
      const seen = await shown(page);
      assert.ok(Math.abs(seen - left) <= 2, `${who} shows ${seen}, ${left} are left`);
    }
  });

  await step(pages, 'the speaker yields and the next one is called', async () => {
    await kenya.getByRole('button', { name: 'Yield the floor' }).click();
    await kenya.getByRole('button', { name: 'Yes, yield the floor' }).click();
    await kenya.locator('.stage').waitFor({ state: 'detached' });
    await chair.locator('.entry .call').first().click();
    await name(chair).getByText('Oman').waitFor();
    await oman.locator('.stage').waitFor();
    await chair.locator('.floor-acts .end:not([aria-disabled=true])').click();
    await name(chair).getByText('Nobody').waitFor();
  });

  await step(pages, 'the rapporteur notes it and the record is written', async () => {
    const record = await open(browser, server.links.rapporteur, 'laptop');
    pages.record = record;
    const notes = record.locator('textarea');
    await notes.nth(1).waitFor();
    await notes.first().fill('Cooperation between countries of origin and destination.');
    await server.noted((text) => text.startsWith('Cooperation'));
    const { interventions } = await server.send('GET', '/record.json', undefined, 'rapporteur');
    assert.deepEqual(interventions.map((i) => [i.name, i.end]), [['Kenya', 'yielded'], ['Oman', 'ended']]);
    assert.equal(interventions.filter((i) => i.note?.text?.startsWith('Cooperation')).length, 1);
    const csv = await fetch(`${server.base}/api/v1/debates/${DEBATE}/record.csv`, { headers: { Authorization: `Bearer ${server.token('rapporteur')}` } });
    assert.match(await csv.text(), /Kenya/);
  });

  for (const [who, page] of Object.entries(pages)) {
    // A browser logs every failed request, and the server was away for a while, and refused a code.
    const faults = page.faults.filter((f) => !/Failed to load resource|WebSocket connection|ERR_CONNECTION/.test(f));
    assert.deepEqual(faults, [], `faults on the page of ${who}`);
  }
});
