// A debate from the first request to the record, as the room holds it: the chair's
// tablet, the wall and two phones at once, on the example debate. In the engine that
// ROSTRUM_BROWSER names: chromium, firefox or webkit.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { engineName, startEngine } from './engines.mjs';
import { DEBATE, Server, build, step } from './harness.mjs';

/** The name on the chair's floor. */
const onFloor = (text) => ({ css: '.floor-name', text });

/** Joins as a delegate does: a few letters, the name, the code on the wall. */
async function join(page, letters, delegation, code) {
  await page.fill('input[role=combobox]', letters);
  await page.click({ role: 'option', name: delegation });
  await page.fill('#code', code);
  await page.click({ role: 'button', name: 'Join' });
}

test(`a debate from the first request to the record, in ${engineName}`, async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const engine = await startEngine();
  t.after(() => engine.close());

  const chair = await engine.open(server.links.chair, 'tablet');
  const wall = await engine.open(server.links.display, 'wall');
  const kenya = await engine.open(server.links.join, 'phone');
  const oman = await engine.open(server.links.join, 'phone', { locale: 'ar' });
  const pages = { chair, wall, kenya, oman };
  assert.ok(!(await chair.run(() => location.href)).includes('token'), 'no token stays in the address bar');

  /** Seconds that the server has left for who has the floor. */
  async function left() {
    const { state, now_ms: now } = await server.state();
    const { limit_ms: limit, used_ms: used, since_ms: since } = state.floor.timer;
    return (limit - used - (now - since)) / 1000;
  }

  /** Each page shows what is left at some time while it is read, give or take a second. */
  async function allShowWhatIsLeft(those) {
    for (const [who, page] of Object.entries(those)) {
      const most = await left();
      const seen = await page.shown();
      const least = await left();
      assert.ok(seen <= Math.ceil(most) + 1 && seen >= Math.floor(least) - 1, `${who} shows ${seen}, ${least} to ${most} are left`);
    }
  }

  await step(pages, 'the chair opens the morning panel and its list', async () => {
    await chair.click({ css: 'nav.tabs button', nth: 1 });
    await chair.see('nav.tabs button:nth-of-type(2)[aria-current=true]');
    await chair.click('.main-act[data-act=open]');
    await chair.click('.list-head [role=switch]');
    await chair.see('.list-head [role=switch][aria-checked=true]');
  });

  await step(pages, 'a wrong code is refused in words', async () => {
    await join(kenya, 'ken', 'Kenya', '000000');
    await kenya.see({ role: 'alert' });
    await kenya.fill('#code', server.links.join_code);
    await kenya.click({ role: 'button', name: 'Join' });
  });

  await step(pages, 'delegates ask in two taps, one of them in Arabic', async () => {
    await kenya.click({ role: 'button', name: 'Ask for the floor' });
    await kenya.see('.hero[data-level=next]');
    assert.equal(await oman.run(() => document.documentElement.dir), 'rtl');
    await oman.fill('input[role=combobox]', 'oman'); // found in another language than the page's
    await oman.click('.option');
    await oman.fill('#code', server.links.join_code);
    await oman.click('button[type=submit]');
    await oman.click('.act-bar .primary');
    await oman.see({ css: '.hero .place', text: '2' });
  });

  await step(pages, 'chair and wall see the list in order', async () => {
    await chair.see({ css: '.entry', nth: 1 });
    assert.deepEqual(await chair.texts('.entry-name'), ['Kenya', 'Oman']);
    await wall.see({ text: 'Kenya' });
    await wall.see({ text: 'Oman' });
  });

  await step(pages, 'the wrong one was called, and undo brings everything back', async () => {
    await chair.click({ css: '.entry .call', nth: 1 });
    await chair.see(onFloor('Oman'));
    await oman.see('.stage');
    await chair.click({ role: 'button', name: 'Undo' });
    await chair.see(onFloor('Nobody'));
    await chair.see({ css: '.entry', nth: 1 });
    assert.deepEqual(await chair.texts('.entry-name'), ['Kenya', 'Oman']);
    await oman.see({ css: '.hero .place', text: '2' });
  });

  await step(pages, 'one tap gives the floor, and all count down together', async () => {
    await chair.click('.main-act[data-act=call]');
    await chair.see(onFloor('Kenya'));
    await kenya.see('.stage');
    await wall.see('[data-scene=floor]');
    const clocks = [chair, wall, kenya];
    for (const page of clocks) await page.until(() => /\d/.test(document.querySelector('[data-countdown]')?.textContent ?? ''));
    assert.equal((await server.state()).state.floor.timer.limit_ms, 180_000, 'a three-minute countdown');
    await allShowWhatIsLeft({ chair, wall, kenya });
    await oman.see('.hero[data-level=next]');
  });

  await step(pages, 'a held countdown stands still everywhere', async () => {
    await chair.click('.main-act[data-act=hold]');
    await wall.see('[data-phase=paused]');
    const { floor } = (await server.state()).state;
    assert.equal(floor.timer.state, 'paused');
    const left = Math.ceil((floor.timer.limit_ms - floor.timer.used_ms) / 1000);
    for (const page of [chair, wall, kenya]) {
      await page.until((text) => document.querySelector('[data-countdown]')?.textContent === text, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`);
    }
    await chair.click('.main-act[data-act=resume]');
    await wall.see('[data-phase=normal]');
  });

  await step(pages, 'the server is killed in the middle of an intervention and every page carries on', async () => {
    const before = (await server.state()).state.floor;
    await server.kill('SIGKILL');
    await wall.see('.wall[data-old]');
    await chair.see('.main-act[aria-disabled=true]');
    await server.start();
    for (const page of [chair, wall, kenya]) await page.gone('.banner:not([hidden])');
    await wall.see('.wall:not([data-old])');
    assert.deepEqual((await server.state()).state.floor, before, 'the floor is as it was');
    await allShowWhatIsLeft({ chair, wall, kenya });
  });

  await step(pages, 'the speaker yields and the next one is called', async () => {
    await kenya.click({ role: 'button', name: 'Yield the floor' });
    await kenya.click({ role: 'button', name: 'Yes, yield the floor' });
    await kenya.gone('.stage');
    await chair.click('.entry .call');
    await chair.see(onFloor('Oman'));
    await oman.see('.stage');
    await chair.click('.floor-acts .end');
    await chair.see(onFloor('Nobody'));
  });

  await step(pages, 'the rapporteur notes it and the record is written', async () => {
    const record = await engine.open(server.links.rapporteur, 'laptop');
    pages.record = record;
    await record.see({ css: 'textarea', nth: 1 });
    await record.fill('textarea', 'Cooperation between countries of origin and destination.');
    await server.noted((text) => text.startsWith('Cooperation'));
    const { interventions } = await server.send('GET', '/record.json', undefined, 'rapporteur');
    assert.deepEqual(interventions.map((i) => [i.name, i.end]), [['Kenya', 'yielded'], ['Oman', 'ended']]);
    assert.equal(interventions.filter((i) => i.note?.text?.startsWith('Cooperation')).length, 1);
    const csv = await fetch(`${server.base}/api/v1/debates/${DEBATE}/record.csv`, { headers: { Authorization: `Bearer ${server.token('rapporteur')}` } });
    assert.match(await csv.text(), /Kenya/);
  });

  for (const [who, page] of Object.entries(pages)) {
    // A browser logs every failed request, and the server was away for a while, and refused a code.
    const faults = (await page.faults()).filter((f) => !/Failed to load resource|WebSocket connection|ERR_CONNECTION|can.t establish a connection|connection to .* was interrupted/.test(f));
    assert.deepEqual(faults, [], `faults on the page of ${who}`);
  }
});
