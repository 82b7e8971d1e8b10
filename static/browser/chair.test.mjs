// What a chair does beside calling the next: rulings, answers of the panel, the time budget, messages,
// those who are not in the room, orders, access, and what was not reached. On a debate of today, so that its schedule counts.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEBATE, Server, build, folder, launch, open, step, until } from './harness.mjs';

const MINUTE = 60_000;

/** A debate whose morning panel ends in twenty minutes. */
function debateOfToday() {
  const at = (minutes) => new Date(Date.now() + minutes * MINUTE).toISOString().replace(/\.\d+Z/, 'Z');
  const file = join(folder(), 'today.yaml');
  writeFileSync(
    file,
    `id: ${DEBATE}
title: Thematic debate
date: ${at(0).slice(0, 10)}
timezone: UTC
languages: [en, fr]
roster: un
groups:
  - {id: african, name: {en: African Group, fr: Groupe africain}}
join: {every: 30m, claims: confirm}
panels:
  - {id: opening, title: Opening segment, list: none, limit: none, panellists: [president, secretary-general]}
  - {id: morning, title: Morning panel, moderator: unodc, panellists: [iom], limit: 3m, response_limit: 2m, ends: ${at(20)}}
  - {id: afternoon, title: Afternoon panel, limit: 3m}
participants:
  - {id: president, name: President of the General Assembly, category: un_system}
  - {id: secretary-general, name: Secretary-General, category: un_system}
  - {id: unodc, name: "Executive Director, UNODC", category: un_system}
  - {id: iom, name: "Director General, IOM", category: international_organization}
`,
  );
  return file;
}

const mainAct = (page, act) => page.locator(`.main-act[data-act=${act}]:not([aria-disabled=true])`);
const onFloor = (page, name) => page.locator('.floor-name').getByText(name).waitFor();
const names = (page) => page.locator('.entries:not(.speakers) .entry-name').allTextContents();
const undone = (page, what) => page.locator('.dock-what').getByText(what).waitFor();

/** What went wrong on a page, but for what a browser logs of answers that are refusals and of a server that was away. */
const faultsOf = (page) => page.faults.filter((f) => !/Failed to load resource|WebSocket connection|ERR_CONNECTION/.test(f));

/** Waits until the debate, as the officers see it, is as wanted. */
const stateOf = (server, wanted) =>
  until(`${wanted}`, async () => {
    const { state } = await server.state();
    return wanted(state) && state;
  });

test('the whole procedure from the chair’s page', async (t) => {
  const server = await new Server(build({ tags: 'fakeclock' }), { args: ['--debate', debateOfToday()] }).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const chair = await open(browser, server.links.chair, 'laptop');
  const wall = await open(browser, server.links.display, 'display');
  const pages = { chair, wall };
  const ask = (participant, more = {}) => server.send('POST', '/requests', { id: `r-${participant}`, participant, ...more });
  const row = (name) => chair.locator('.entry').filter({ has: chair.locator('.entry-name').getByText(name, { exact: true }) });
  /** Waits until a row hears again: one that has just moved does not. */
  const still = (name) => row(name).locator('.tool.remove:not([aria-disabled=true])').waitFor();
  /** Opens a row, which moves others. */
  const openRow = async (name) => {
    await row(name).locator('.tool.more').click();
    await row(name).locator('.rarer').waitFor();
    await still(name);
  };

  await step(pages, 'the opening segment calls its speakers in the programme’s order, and then the next panel is offered', async () => {
    await mainAct(chair, 'open').click();
    await mainAct(chair, 'call').getByText('President of the General Assembly').click();
    await onFloor(chair, 'President of the General Assembly');
    await chair.locator('.end:not([aria-disabled=true])').click();
    await chair.locator('.speakers .entry').first().getByText('Has spoken').waitFor();
    await mainAct(chair, 'call').getByText('Secretary-General').click();
    await onFloor(chair, 'Secretary-General');
    await chair.locator('.end:not([aria-disabled=true])').click();
    await mainAct(chair, 'switch').getByText('Morning panel').click();
    await mainAct(chair, 'open').click();
    await stateOf(server, (s) => s.panel === 'morning' && s.panels.morning.status === 'open');
    await chair.locator('.list-head [role=switch]').click();
    await stateOf(server, (s) => s.panels.morning.list === 'open');
  });

  await step(pages, 'the panel answers with one tap, with its limit or without', async () => {
    const answer = chair.locator('.answer:not([aria-disabled=true])').filter({ hasText: 'IOM' });
    await answer.click();
    let { floor } = await stateOf(server, (s) => s.floor?.participant === 'iom');
    assert.deepEqual([floor.kind, floor.timer.limit_ms], ['response', 2 * MINUTE]);
    await onFloor(chair, 'IOM');
    const { id } = floor;
    await chair.locator('.answers .segment').last().click();
    await chair.locator('.answer:not([aria-disabled=true])').filter({ hasText: 'UNODC' }).click();
    ({ floor } = await stateOf(server, (s) => s.floor?.id !== id));
    assert.deepEqual([floor.participant, floor.kind, floor.timer.limit_ms], ['unodc', 'response', undefined]);
    await onFloor(chair, 'UNODC');
    await chair.locator('.end:not([aria-disabled=true])').click();
    await onFloor(chair, 'Nobody');
  });

  await step(pages, 'a point of order is offered at once and ends with a ruling', async () => {
    for (const p of ['ken', 'bra', 'fra', 'ind']) await ask(p);
    await mainAct(chair, 'call').getByText('Kenya').click();
    await onFloor(chair, 'Kenya');
    await ask('chn', { kind: 'point_of_order' });
    await mainAct(chair, 'call').getByText('China').click();
    await onFloor(chair, 'China');
    await chair.locator('.floor-more').getByText('Interrupted: Kenya').waitFor();
    assert.equal(await chair.locator('.floor-acts .end').count(), 0, 'there is no plain end');
    await chair.getByRole('button', { name: 'Overruled' }).and(chair.locator(':not([aria-disabled=true])')).click();
    await onFloor(chair, 'Kenya');
    await undone(chair, 'Ruled: China');
    const { record, floor, ruled } = await stateOf(server, (s) => s.floor?.participant === 'ken');
    assert.deepEqual([ruled.participant, ruled.ruling], ['chn', 'overruled']);
    await wall.locator('.foot .message').getByText('overruled by the Chair').waitFor();
    await wall.locator('.foot .message .second[lang=fr]').getByText('rejetée par la présidence').waitFor();
    assert.equal(floor.timer.state, 'paused');
    assert.equal(Object.values(record).find((i) => i.participant === 'chn')?.ruling, 'overruled');
    await chair.locator('.end:not([aria-disabled=true])').click();
  });

  await step(pages, 'rights of reply stand apart at the end, also when others ask later', async () => {
    await ask('rus', { kind: 'right_of_reply' });
    await ask('mex');
    await chair.locator('.entry[data-apart]').getByText('Rights of reply').waitFor();
    await row('Mexico').waitFor();
    assert.deepEqual(await names(chair), ['Brazil', 'France', 'India', 'Mexico', 'Russian Federation']);
  });

  await step(pages, 'the limit that lets everybody speak is one tap, told to the room, and taken back', async () => {
    for (const p of ['arg', 'chl', 'per', 'ury', 'ecu', 'col', 'pan']) await ask(p);
    const offer = chair.locator('.offer-limit');
    await offer.waitFor();
    // What it says at the tap: as time goes by it may offer less.
    await offer.evaluate((el) => el.addEventListener('click', () => (window.offered = el.innerText), { capture: true, once: true }));
    await offer.click();
    const words = await chair.evaluate(() => window.offered);
    const { panels, message } = await stateOf(server, (s) => s.message?.kind === 'limit');
    const limit = panels.morning.limit_ms;
    assert.ok(limit < 3 * MINUTE && limit >= 30_000 && limit % 15_000 === 0, `a limit that can be said: ${limit}`);
    assert.equal(message.limit_ms, limit);
    assert.ok(words.includes(`${Math.floor(limit / MINUTE)}:${String((limit % MINUTE) / 1000).padStart(2, '0')}`), `what was offered is what was set: ${words}, ${limit}`);
    await offer.waitFor({ state: 'detached' });
    await undone(chair, 'Limit announced');
    await chair.locator('.dock .button:not([aria-disabled=true])').click();
    await stateOf(server, (s) => s.panels.morning.limit_ms === 3 * MINUTE && s.message === undefined);
    for (const p of ['arg', 'chl', 'per', 'ury', 'ecu', 'col', 'pan']) await server.send('DELETE', `/requests/r-${p}`);
  });

  await step(pages, 'a message is shown and taken away', async () => {
    await chair.locator('[data-opens=message]').click();
    await chair.getByRole('button', { name: 'Ten minutes left' }).click();
    await chair.locator('.shown-text').getByText('Ten minutes left').waitFor();
    await stateOf(server, (s) => s.message?.text === 'Ten minutes left' && s.message.preset === 'ten');
    await wall.locator('.message').getByText('Il reste dix minutes').waitFor();
    await chair.locator('.shown .button[aria-busy=false]').waitFor(); // one act at a time: until the one before is answered
    await chair.locator('#message-text').fill('Coffee is served');
    await chair.keyboard.press('Enter');
    await stateOf(server, (s) => s.message?.text === 'Coffee is served' && s.message.preset === undefined);
    await chair.waitForFunction(() => document.querySelector('#message-text')?.value === ''); // it is answered
    await chair.getByRole('button', { name: 'Take it away' }).click();
    await stateOf(server, (s) => s.message === undefined);
    await chair.keyboard.press('Escape');
    await chair.locator('.sheet').waitFor({ state: 'detached' });
    await chair.waitForFunction(() => document.activeElement?.getAttribute('data-opens') === 'message'); // the focus is back where it was
  });

  await step(pages, 'who is not in the room goes to the end once, then off the list, and on again with one tap', async () => {
    await row('Brazil').locator('.call:not([aria-disabled=true])').click();
    await onFloor(chair, 'Brazil');
    await chair.locator('.floor-acts .absent:not([aria-disabled=true])').click();
    await row('Brazil').getByText('Was absent').waitFor();
    await onFloor(chair, 'Nobody');
    assert.deepEqual(await names(chair), ['France', 'India', 'Mexico', 'Brazil', 'Russian Federation']);
    await openRow('Brazil');
    await row('Brazil').getByRole('button', { name: 'Not in the room again' }).click();
    const again = chair.locator('.missing-names').getByRole('button', { name: 'Brazil' });
    await again.click();
    await again.waitFor({ state: 'detached' });
    await row('Brazil').waitFor();
  });

  await step(pages, 'an order is looked at, applied, and taken back', async () => {
    await openRow('Mexico');
    await row('Mexico').locator('select').selectOption('head_of_state');
    await row('Mexico').locator('.level').waitFor();
    await chair.locator('button.order').click();
    await chair.getByRole('button', { name: 'By precedence' }).click();
    await chair.locator('.proposed-row').first().getByText('Mexico').waitFor();
    assert.equal((await names(chair))[0], 'France', 'nothing has changed yet');
    await chair.getByRole('button', { name: 'Apply this order' }).click();
    await chair.locator('.sheet').waitFor({ state: 'detached' });
    await stateOf(server, (s) => Object.values(s.requests).every((r) => r.participant === 'mex' || r.rank > s.requests['r-mex'].rank));
    await undone(chair, 'List reordered');
    await chair.locator('.dock .button:not([aria-disabled=true])').click();
    await chair.locator('.entry .entry-name').first().getByText('France').waitFor();
  });

  await step(pages, 'the answer to an order that was applied closes no other sheet', async () => {
    const page = await open(browser, server.links.chair, 'tablet', { serviceWorkers: 'block' });
    let go;
    const held = new Promise((r) => (go = r));
    await page.route('**/panels/morning/order?as=chair', async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    await page.locator('button.order').click();
    await page.getByRole('button', { name: 'By precedence' }).click();
    await page.getByRole('button', { name: 'Apply this order' }).click();
    await page.locator('[data-opens=message]').click();
    await page.locator('#message-text').fill('Five minutes');
    const answered = page.waitForResponse('**/panels/morning/order?as=chair');
    go();
    await (await answered).finished();
    await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
    assert.equal(await page.locator('#message-text').inputValue(), 'Five minutes');
    await page.context().close();
    await server.send('POST', '/undo', { id: 'order-undone', of: (await server.state()).state.undo.id });
  });

  await step(pages, 'who is on is asked again in a while where nobody answers', async () => {
    const page = await open(browser, server.links.chair, 'tablet', { serviceWorkers: 'block' });
    await page.route('**/me?*', (route) => route.fulfill({ status: 503 }));
    await page.clock.install();
    await page.evaluate(() => {
      window.asked = []; // when, by the page's own clock
      const { fetch } = window;
      window.fetch = (what, ...more) => {
        if (/\/me\?/.test(String(what))) window.asked.push(performance.now());
        return fetch(what, ...more);
      };
    });
    await page.locator('[data-opens=access]').click();
    await page.locator('#others-title').waitFor();
    const asked = await until('it asks again', async () => {
      await page.clock.fastForward(250);
      const times = await page.evaluate(() => window.asked);
      return times.length >= 2 && times;
    });
    assert.ok(asked[1] - asked[0] >= 1000, `asked at ${asked}`);
    await page.context().close();
  });

  await step(pages, 'on behalf of a named group: sent by its id, shown by its name', async () => {
    await chair.locator('#add-search').fill('nigé'); // another language than the page's
    await chair.locator('.option').getByText('Nigeria').click();
    await chair.locator('.add-row .button').getByText('More', { exact: true }).click();
    await chair.locator('.add-more input[list]').fill('African Group');
    await chair.getByRole('button', { name: 'Add to the list' }).click();
    await row('Nigeria').getByText('on behalf of African Group').waitFor();
    await chair.waitForFunction(() => document.querySelector('#add-search')?.value === ''); // it is answered
    const { requests } = await stateOf(server, (s) => Object.values(s.requests).some((r) => r.participant === 'nga'));
    assert.equal(Object.values(requests).find((r) => r.participant === 'nga').behalf_of, 'african');
  });

  await step(pages, 'letters and Enter before the next frame mean whom they name', async () => {
    await chair.locator('#add-search').fill('ug');
    await chair.locator('.option').getByText('Uganda').waitFor();
    await chair.evaluate(() => {
      const field = document.querySelector('#add-search');
      field.value = 'uru';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    });
    await row('Uruguay').waitFor();
    assert.equal(await row('Uganda').count(), 0);
    await chair.locator('.dock .button:not([aria-disabled=true])').click();
    await row('Uruguay').waitFor({ state: 'detached' });
  });

  await step(pages, 'statistics follow the record', async () => {
    await chair.locator('[data-opens=statistics]').click();
    const total = chair.locator('.figures tfoot td').first();
    const before = Number((await total.innerText()).split(/\s/)[0]);
    await server.send('PUT', '/floor', { id: 'i-stat', request: 'r-fra' });
    await server.send('DELETE', '/floor');
    await chair.waitForFunction((n) => Number(document.querySelector('.figures tfoot td')?.textContent?.match(/\d+/)?.[0]) === n + 1 || document.querySelector('.figures tfoot td')?.textContent?.startsWith(String(n + 1)), before);
    await chair.keyboard.press('Escape');
  });

  await step(pages, 'who joins with the code is seen, confirmed, and may then ask', async () => {
    const joined = await server.as(undefined, 'POST', '/join', { participant: 'nor', code: server.links.join_code });
    assert.ok(joined.status < 300, JSON.stringify(joined));
    const { token } = joined.answer;
    const early = await server.as(token, 'POST', '/requests', { id: 'r-nor' });
    assert.equal(early.answer.code, 'claim_pending');
    await chair.locator('[data-opens=access] .claims-mark').getByText('1').first().waitFor();
    await chair.locator('[data-opens=access]').click();
    await chair.locator('.claims').getByText('Norway').first().waitFor();
    await chair.getByRole('button', { name: 'Confirm Norway' }).click();
    await chair.locator('.claims').waitFor({ state: 'detached' });
    assert.equal((await server.as(token, 'POST', '/requests', { id: 'r-nor' })).status, 201);
    assert.ok((await server.as(token, 'PUT', '/requests/r-nor/exchange', { with: 'r-ind' })).status < 300);
    await chair.keyboard.press('Escape');
  });

  await step(pages, 'an offer to change places is seen, and the chair does it at once', async () => {
    await row('Norway').getByText('Offers its place to India').waitFor();
    const before = await names(chair);
    await openRow('India');
    await row('India').getByRole('button', { name: 'Change places with Norway' }).click();
    await undone(chair, 'Places changed');
    const swapped = before.map((name) => ({ India: 'Norway', Norway: 'India' })[name] ?? name);
    await chair.waitForFunction((want) => [...document.querySelectorAll('.entries:not(.speakers) .entry-name')].map((e) => e.textContent).join() === want, swapped.join());
    await row('India').locator('.tool.more').click();
  });

  await step(pages, 'the chair is passed to another tablet, which is seen', async () => {
    await chair.locator('[data-opens=access]').click();
    await chair.locator('[aria-labelledby=pass-title]').getByRole('button', { name: 'Chair' }).click();
    await chair.locator('.pass-qr').waitFor();
    assert.ok(await chair.locator('.pass-qr').evaluate((img) => img.complete && img.naturalWidth > 0), 'the QR code is drawn');
    const other = await open(browser, await chair.locator('.pass .link-text').inputValue(), 'tablet');
    pages.other = other;
    await other.locator('.console').waitFor();
    await chair.waitForFunction(() => [...document.querySelectorAll('.session-role')].filter((e) => e.textContent === 'Chair').length === 2);
    await chair.locator('.sessions').getByText('This device').waitFor();
    await other.context().close();
    delete pages.other;
  });

  await step(pages, 'joining is turned off, and what cannot be undone takes two taps', async () => {
    await chair.locator('[aria-labelledby=join-title] [role=switch]').click();
    await stateOf(server, (s) => s.join.off === true && s.join.code === undefined);
    await undone(chair, 'Joining turned off');
    const renew = chair.locator('[aria-labelledby=badges-title] button').first();
    // Both taps in the page: it waits five seconds for the second, in which a test may not come to it on a slow machine.
    await renew.evaluate((el) => {
      new MutationObserver(() => el.matches('.armed') && (window.warned = el.innerText.trim())).observe(el, { attributes: true, childList: true, characterData: true, subtree: true });
      el.click();
      setTimeout(() => el.click(), 600); // sooner, it would be a double tap, which is one
    });
    await chair.waitForFunction(() => window.warned === 'Tap again: all printed badges stop working');
    await chair.getByText('All badges were renewed').waitFor();
    await chair.keyboard.press('Escape');
  });

  await step(pages, 'after the server was away the time is given back with one tap', async () => {
    await server.send('PUT', '/floor', { id: 'i-away', request: 'r-ind' });
    await onFloor(chair, 'India');
    await server.kill('SIGKILL');
    server.setAhead(6000); // shorter ones are not worth a word
    await server.start();
    const back = chair.locator('.outage .button:not([aria-disabled=true])');
    await back.waitFor();
    const before = (await server.state()).state;
    const answered = chair.waitForResponse((response) => response.request().method() === 'PATCH');
    await back.click();
    await chair.locator('.outage').waitFor({ state: 'detached' });
    await (await answered).finished(); // one act at a time
    const after = (await server.state()).state;
    const usedAt = ({ timer }, now) => timer.used_ms + (now - (timer.since_ms ?? now));
    const gained = usedAt(before.floor, 0) - usedAt(after.floor, 0);
    assert.ok(gained > 5000, `at least the time away is given back: ${gained}`);
    await undone(chair, 'Time given back');
    await chair.locator('.end:not([aria-disabled=true])').click();
  });

  await step(pages, 'those not reached are carried to the next panel', async () => {
    await onFloor(chair, 'Nobody');
    await chair.locator('.panel-card .segment').getByText('Closed').click();
    await chair.locator('.carry').getByText('were not reached').waitFor();
    const left = (await names(chair)).length;
    await chair.locator('.carry').getByRole('button', { name: 'Take them to Afternoon panel' }).click();
    await chair.locator('.carry').waitFor({ state: 'detached' });
    await mainAct(chair, 'switch').click();
    await stateOf(server, (s) => s.panel === 'afternoon');
    await chair.waitForFunction((n) => document.querySelectorAll('.entries:not(.speakers) .entry').length === n, left);
  });

  assert.deepEqual(faultsOf(chair), []);
});
