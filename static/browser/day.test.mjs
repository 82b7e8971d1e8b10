// A whole day of the example debate: the addresses of the opening, two panels with sixty
// speakers between them, and everything that happens to a chair. The chair's page does the
// main acts; delegates send what their phones send. The server's clock and the pages' go
// through the hours together, in jumps. What the test did is kept in a book of its own, and
// the record must say the same.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEBATE, Server, build, folder, launch, open, step, until } from './harness.mjs';

const MINUTE = 60_000;
const TEN_TO_TEN = Date.parse('2008-06-03T09:50:00-04:00');

// Who speaks, in two panels of thirty.
const MORNING = 'ken gbr omn chn fra rus deu jpn bra ind zaf egy mex can swe nga phl tha ukr pol esp ita nld nor fin aus nzl arg chl per'.split(' ');
const AFTERNOON = 'usa kor idn vnm pak bgd lka npl mys sgp tur grc prt che aut bel dnk irl isl cze hun rou bgr hrv srb mar tun sen gha'.split(' ').concat('vat');

/** Asked in the morning, and not reached before lunch. */
const WAITING = ['cub', 'ury', 'pan', 'civ', 'blr'];

const server = new Server(build({ tags: 'fakeclock' }));
/** How far the room's clock is ahead of the machine's, ms. */
let ahead = TEN_TO_TEN - Date.now();
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Record<string, import('playwright-core').Page>} */
const pages = {};
/** Each delegation's session. @type {Map<string, string>} */
const phones = new Map();
/** What was done: what the record must say, in its order. */
const book = [];
let made = 0;
const id = (what) => `${what}-${++made}`;

before(async () => {
  server.setAhead(ahead);
  await server.start();
  browser = await launch();
  for (const [who, device] of Object.entries({ chair: 'tablet', display: 'wall' })) {
    const page = await open(browser, 'about:blank', device);
    await page.clock.install({ time: Date.now() });
    await page.goto(server.links[who]);
    pages[who] = page;
  }
});

after(async () => {
  await browser?.close();
  await server.kill();
});

/** Lets time pass in the room. */
async function pass(ms) {
  ahead += ms;
  server.setAhead(ahead);
  await Promise.all(Object.values(pages).map((p) => p.clock.fastForward(ms)));
}

const roomTime = () => Date.now() + ahead;
const state = async () => (await server.state()).state;
const list = async () => {
  const s = await state();
  return Object.entries(s.requests)
    .filter(([, r]) => r.panel === s.panel)
    .sort(([, a], [, b]) => (a.rank < b.rank ? -1 : 1))
    .map(([id, r]) => ({ id, ...r }));
};
const names = async () => (await list()).map((r) => r.participant);

/** A delegation's token: its phone joins with the code on the wall, once. */
async function phone(participant) {
  if (!phones.has(participant)) {
    const { status, answer } = await server.as(undefined, 'POST', '/join', { participant, code: (await state()).join.code });
    assert.equal(status < 300, true, `${participant} joins: ${JSON.stringify(answer)}`);
    phones.set(participant, answer.token);
  }
  return phones.get(participant);
}

/** A delegate's command, which must be answered with a status. */
async function delegate(participant, method, path, body, expected = [200, 201]) {
  const { status, answer } = await server.as(await phone(participant), method, path, body);
  assert.ok([expected].flat().includes(status), `${participant}: ${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

const ask = (participant, more = {}) => delegate(participant, 'POST', '/requests', { id: id('r'), participant, ...more });

/** Notes in the book that somebody has the floor. */
function begins(entry) {
  book.push({ kind: 'intervention', at: roomTime(), spoke: 0, ...entry });
  return book.at(-1);
}

/** Lets the one of the book speak for so long. */
async function speaks(entry, ms) {
  entry.spoke += ms;
  await pass(ms);
}

/**
 * Notes in the book that it has ended. Between the clock's jumps real time went by too, more on
 * a busy machine: an intervention took at most what passed from before it was called until after
 * it ended, without what it was surely held for, from after the hold until before the resumption.
 */
function ends(entry, how = 'ended') {
  Object.assign(entry, { end: how, most: roomTime() - entry.at - (entry.held ?? 0) });
}

/** The chair gives the floor by the API. */
async function recognise(body, entry) {
  const intervention = id('i');
  const book = begins({ id: intervention, ...entry });
  await server.send('PUT', '/floor', { id: intervention, ...body });
  return book;
}

async function end(entry, ruling) {
  await server.send('DELETE', `/floor?floor=${entry.id}${ruling ? `&ruling=${ruling}` : ''}`);
  ends(entry);
  if (ruling) entry.ruling = ruling;
}

/** The chair's large button calls whoever is first on the list. */
async function callNext(more = {}) {
  const [next] = await list();
  const { chair } = pages;
  const at = roomTime();
  await chair.locator('.main-act[data-act=call]:not([aria-disabled=true])').click();
  await chair.waitForFunction(() => document.querySelector('.floor-time [data-countdown]'));
  const { floor } = await state();
  assert.equal(floor.participant, next.participant, 'the large button calls the first on the list');
  return begins({ id: floor.id, participant: next.participant, panel: next.panel, at, ...more });
}

/** The chair's button ends. */
async function endByButton(entry) {
  await pages.chair.locator('.floor-acts .end:not([aria-disabled=true])').click();
  await pages.chair.locator('.floor-time .countdown.idle').waitFor();
  ends(entry);
}

const wall = (text) => pages.display.locator('#app').getByText(text).first().waitFor();

/** The chair opens a panel, and its list, on the page. */
async function openPanel(nth, withList) {
  const { chair } = pages;
  const tab = chair.locator('nav.tabs button').nth(nth);
  if ((await tab.getAttribute('aria-current')) !== 'true') await tab.click();
  await chair.locator('nav.tabs button[aria-current=true]').and(tab).waitFor();
  await chair.locator('.main-act[data-act=open]:not([aria-disabled=true])').click();
  if (withList) await chair.locator('.list-head [role=switch][aria-checked=false]').click();
  const wanted = withList ? 'open' : 'closed';
  await until(`the panel is open, its list ${wanted}`, async () => {
    const s = await state();
    return s.panels[s.panel].status === 'open' && s.panels[s.panel].list === wanted;
  });
}

test('a whole day of two panels', async () => {
  await step(pages, 'the opening: addresses in the order of the programme, and no list', async () => {
    await openPanel(0, false);
    await delegate('ken', 'POST', '/requests', { id: id('r') }, 409);
    await pass(10 * MINUTE); // it is ten
    const { panels } = await state();
    for (const [n, participant] of panels.opening.panellists.entries()) {
      const address = await recognise({ participant, kind: 'address' }, { participant, panel: 'opening', kind: 'address' });
      await speaks(address, (8 + n) * MINUTE);
      const { floor } = await state();
      assert.equal(floor.timer.limit_ms, undefined, 'an address has no limit');
      await end(address);
    }
    await server.send('PATCH', '/panels/opening', { status: 'closed' });
  });

  await step(pages, 'the morning panel opens; a panellist speaks; thirty delegations and five more ask', async () => {
    await openPanel(1, true);
    const introduction = await recognise({ participant: 'special-rapporteur', kind: 'response', limit_ms: null }, { participant: 'special-rapporteur', panel: 'morning', kind: 'response' });
    await speaks(introduction, 6 * MINUTE);
    await end(introduction);
    for (const p of MORNING.slice(0, -1)) {
      await ask(p, { ...(p === 'chn' && { behalf_of: 'g77' }), ...(p === 'fra' && { level: 'minister', speaker: 'H.E. the Minister' }) });
      await pass(1000);
    }
    // The last one raised a hand: the chair adds it.
    await server.send('POST', '/requests', { id: id('r'), participant: MORNING.at(-1) });
    for (const p of WAITING) await ask(p);
    assert.deepEqual(await names(), [...MORNING, ...WAITING]);
    await pages.chair.locator('.entry').nth(MORNING.length + WAITING.length - 1).waitFor();
    await wall('Kenya');
  });

  await step(pages, 'the first has the floor; a point of order interrupts it and is overruled', async () => {
    const kenya = await callNext();
    await speaks(kenya, 80_000);
    await wall('Kenya');
    await ask('cub', { kind: 'point_of_order' });
    const [first] = await list();
    assert.deepEqual([first.participant, first.kind], ['cub', 'point_of_order'], 'it stands before everything');
    const before = (await state()).floor;
    const order = await recognise({ request: first.id }, { participant: 'cub', panel: 'morning', kind: 'point_of_order' });
    const held = roomTime();
    await wall('Cuba');
    await speaks(order, 40_000);
    const { interrupted } = await state();
    assert.equal(interrupted.id, before.id);
    assert.equal(interrupted.timer.state, 'paused');
    await end(order, 'overruled');
    const { floor } = await state();
    assert.deepEqual([floor.id, floor.timer.state], [kenya.id, 'paused'], 'the interrupted one is back, held');
    assert.equal(floor.timer.used_ms, interrupted.timer.used_ms, 'with the time that was left');
    kenya.held = roomTime() - held;
    await pages.chair.locator('.main-act[data-act=resume]:not([aria-disabled=true])').click();
    await until('it goes on', async () => (await state()).floor.timer.state === 'running');
    await pages.display.locator('[data-phase=normal]').first().waitFor();
    await speaks(kenya, 60_000);
    await endByButton(kenya);
  });

  await step(pages, 'the wrong one is called, and goes back to its place', async () => {
    const before = await names();
    await pages.chair.locator('.entry .call').nth(1).click();
    await pages.chair.locator('.floor-time [data-countdown]').waitFor();
    assert.equal((await state()).floor.participant, before[1]);
    await pages.chair.getByRole('button', { name: 'Undo' }).and(pages.chair.locator(':not([aria-disabled=true])')).click();
    await pages.chair.locator('.floor-time .countdown.idle').waitFor();
    assert.deepEqual(await names(), before);
  });

  await step(pages, 'ended too early: the countdown goes on as if never ended', async () => {
    const uk = await callNext();
    await speaks(uk, 100_000);
    await pages.chair.locator('.floor-acts .end:not([aria-disabled=true])').click();
    await pages.chair.locator('.floor-time .countdown.idle').waitFor();
    await pass(5000);
    uk.spoke += 5000;
    await pages.chair.getByRole('button', { name: 'Undo' }).and(pages.chair.locator(':not([aria-disabled=true])')).click();
    await pages.chair.locator('.floor-time [data-countdown]').waitFor();
    const { floor } = await state();
    assert.deepEqual([floor.id, floor.timer.state], [uk.id, 'running']);
    await speaks(uk, 30_000);
    await endByButton(uk);
  });

  await step(pages, 'a speaker gets more time, and goes over it all the same', async () => {
    const oman = await callNext();
    await pages.chair.locator('.floor-row .time').nth(1).click();
    await until('the speaker has half a minute more', async () => (await state()).floor.timer.limit_ms === 210_000); // before the clocks jump
    await speaks(oman, 230_000);
    await pages.display.locator('[data-phase=overtime]').first().waitFor();
    oman.limit = 210_000;
    await endByButton(oman);
  });

  await step(pages, 'one yields; one is suspended in the middle', async () => {
    const china = await callNext({ behalf_of: 'g77' });
    await wall('Group of 77 and China');
    await speaks(china, 120_000);
    await delegate('chn', 'DELETE', `/floor?floor=${china.id}`);
    ends(china, 'yielded');
    await pages.chair.locator('.floor-time .countdown.idle').waitFor();
    const france = await callNext();
    await speaks(france, 60_000);
    await server.send('PATCH', '/panels/morning', { status: 'suspended' });
    const held = roomTime();
    await pass(10 * MINUTE);
    assert.equal((await state()).floor.timer.state, 'paused');
    await server.send('PATCH', '/panels/morning', { status: 'open' });
    france.held = roomTime() - held;
    await server.send('PATCH', '/floor', { timer: 'start' });
    await speaks(france, 60_000);
    await end(france);
  });

  await step(pages, 'not in the room: to the end once, then off the list', async () => {
    const [russia] = await list();
    assert.equal(russia.participant, 'rus');
    await server.send('POST', `/requests/${russia.id}/absent`);
    assert.equal((await names()).at(-1), 'rus');
    assert.equal((await list()).at(-1).absent, 1);
    await server.send('POST', `/requests/${russia.id}/absent`);
    assert.ok(!(await names()).includes('rus'));
    assert.equal((await state()).absent.rus.panel, 'morning');
    await ask('rus'); // it came after all, and asks again
    assert.equal((await state()).absent?.rus, undefined);
    // It speaks where it stood: the chair moves it to the front.
    await server.send('PATCH', `/requests/${(await list()).at(-1).id}`, { before: (await list())[0].id });
    assert.equal((await names())[0], 'rus');
  });

  await step(pages, 'two delegations change places', async () => {
    const all = await list();
    const [a, b] = [all[1], all[3]];
    const offered = await delegate(a.participant, 'PUT', `/requests/${a.id}/exchange`, { with: b.id });
    assert.equal(offered.exchanged, false);
    const agreed = await delegate(b.participant, 'PUT', `/requests/${b.id}/exchange`, { with: a.id });
    assert.equal(agreed.exchanged, true);
    const now = await names();
    assert.deepEqual([now[1], now[3]], [b.participant, a.participant]);
  });

  await step(pages, 'time runs short: two minutes for all who remain, and everybody is told', async () => {
    for (let n = 0; n < 9; n++) await oneSpeaks(n);
    await server.send('PATCH', '/panels/morning', { limit_ms: 120_000, announce: true });
    const { message } = await state();
    assert.deepEqual([message.kind, message.limit_ms], ['limit', 120_000]);
    await wall(/2 min/);
    const [next] = await list();
    const speaker = await callNext();
    assert.equal(next.participant, speaker.participant);
    assert.equal((await state()).floor.timer.limit_ms, 120_000);
    speaker.limit = 120_000;
    await speaks(speaker, 110_000);
    await endByButton(speaker);
  });

  await step(pages, 'rights of reply come last, the second is shorter, and there is no third', async () => {
    await ask('gbr', { kind: 'right_of_reply' });
    let all = await list();
    assert.deepEqual([all.at(-1).participant, all.at(-1).kind], ['gbr', 'right_of_reply']);
    await ask('ken'); // asks again for the floor: before the reply
    all = await list();
    assert.deepEqual([all.at(-2).participant, all.at(-1).participant], ['ken', 'gbr']);
    await server.send('DELETE', `/requests/${all.at(-2).id}`); // and is taken off by the chair
    for (const limit of [120_000, 120_000]) {
      // The first would have 3 min; the panel's own limit of 2 min is less. The second has 2 min at most.
      const reply = (await list()).at(-1);
      const entry = await recognise({ request: reply.id }, { participant: 'gbr', panel: 'morning', kind: 'right_of_reply', limit });
      assert.equal((await state()).floor.timer.limit_ms, limit);
      await speaks(entry, 50_000);
      await end(entry);
      const again = book.filter((e) => e.kind === 'right_of_reply').length;
      const answer = await delegate('gbr', 'POST', '/requests', { id: id('r'), kind: 'right_of_reply' }, again < 2 ? 201 : 409);
      if (again === 2) assert.equal(answer.code, 'replies_spent');
    }
  });

  await step(pages, 'the rest of the morning, and who was not reached is carried to the afternoon', async () => {
    await server.send('PATCH', '/panels/morning', { list: 'closed' });
    await delegate('tuv', 'POST', '/requests', { id: id('r') }, 409);
    for (let n = 9; (await list()).length > WAITING.length; n++) await oneSpeaks(n);
    assert.deepEqual((await names()).sort(), [...WAITING].sort());
    const answer = await recognise({ participant: 'iom-director-general', kind: 'response' }, { participant: 'iom-director-general', panel: 'morning', kind: 'response' });
    await speaks(answer, 90_000);
    await end(answer);
    await server.send('PATCH', '/panels/morning', { status: 'closed' });
    const { not_reached: missed } = (await server.send('GET', '/statistics')).total;
    assert.equal(missed, WAITING.length);
    const { carried } = await server.send('POST', '/panels/morning/carry', { id: id('c'), to: 'afternoon' });
    assert.equal(carried, WAITING.length);
    await pass(90 * MINUTE); // lunch
  });

  await step(pages, 'the afternoon: those who have not spoken first, and a message from the chair', async () => {
    await openPanel(2, true);
    assert.equal((await state()).message, undefined, 'the limit of the morning is not announced any more');
    await ask('ken'); // has spoken before
    for (const p of AFTERNOON.slice(0, 26)) await ask(p);
    const proposal = await server.send('GET', '/panels/afternoon/order?by=not_spoken');
    const asked = await names();
    await server.send('PUT', '/panels/afternoon/order', { order: proposal.order, by: 'not_spoken' });
    const ordered = await names();
    assert.ok(ordered.indexOf('ken') > asked.indexOf('ken'), 'who has spoken goes back, if not to starve');
    assert.deepEqual(ordered.filter((p) => p !== 'ken'), asked.filter((p) => p !== 'ken'), 'all others as they asked');
    await pages.chair.getByRole('button', { name: 'Undo' }).and(pages.chair.locator(':not([aria-disabled=true])')).waitFor();
    await server.send('PUT', '/message', { text: 'Ten minutes are left' });
    await wall('Ten minutes are left');
    await server.send('DELETE', '/message');
    await pages.display.locator('.message').waitFor({ state: 'detached' });
    const ken = (await list()).find((r) => r.participant === 'ken');
    await delegate('ken', 'DELETE', `/requests/${ken.id}`);
  });

  await step(pages, 'the power fails in the middle of an intervention, and the time is given back', async () => {
    const speaker = await callNext();
    await speaks(speaker, 60_000);
    await server.kill('SIGKILL');
    ahead += 4 * MINUTE;
    server.setAhead(ahead);
    await server.start();
    for (const page of Object.values(pages)) await page.clock.fastForward(4 * MINUTE);
    await pages.chair.locator('.live[data-kind=live]').waitFor();
    const { floor } = await state();
    assert.deepEqual([floor.id, floor.timer.state], [speaker.id, 'running']);
    await server.send('PATCH', '/floor', { back_ms: 4 * MINUTE });
    speaker.held = 4 * MINUTE;
    await speaks(speaker, 30_000);
    await endByButton(speaker);
  });

  await step(pages, 'everybody speaks, and the debate is closed', async () => {
    for (let n = 0; (await list()).length > 0; n++) await oneSpeaks(n);
    await server.send('PATCH', '/panels/afternoon', { list: 'closed', status: 'closed' });
    await pages.display.locator('[data-scene=closed]').waitFor();
    const spoke = new Set(book.filter((e) => e.kind === 'intervention').map((e) => e.participant));
    assert.ok(spoke.size >= 60, `${spoke.size} delegations spoke`);
  });

  await step(pages, 'the record says what was done', async () => {
    const { interventions, statistics } = await server.send('GET', '/record.json?lang=en');
    const facts = (i) => [i.panel, i.participant, i.kind, i.end, i.behalf_of, i.ruling].map((f) => f ?? '').join(' ');
    assert.deepEqual(interventions.map(facts), book.map(facts));
    for (const [n, i] of interventions.entries()) {
      const { spoke, most, limit } = book[n];
      assert.ok(i.used_ms >= spoke && i.used_ms <= most + 100, `${i.name}: ${i.used_ms} ms in the record, ${spoke} to ${most} spoken`);
      if (limit) assert.equal(i.limit_ms, limit, `the limit of ${i.name}`);
    }
    assert.equal(statistics.total.interventions, book.length);
    assert.equal(statistics.total.used_ms, interventions.reduce((sum, i) => sum + i.used_ms, 0));
    assert.equal(statistics.total.not_reached, 0);
    const csv = await exported('csv');
    const rows = csv.trim().split(/\r?\n/).slice(1).map((row) => row.split(','));
    assert.equal(rows.length, book.length);
    assert.deepEqual(rows.map((row) => row[0]), book.map((e) => e.id));
  });

  await step(pages, 'the President\'s summary says it in words, and Word files open', async () => {
    const markdown = await exported('md');
    const word = join(folder(), 'record.docx');
    writeFileSync(word, Buffer.from(await (await fetchExport('docx')).arrayBuffer()));
    const text = readBack(word);
    for (const document of [markdown, text]) {
      for (const wanted of ['Opening segment', 'Morning panel', 'Afternoon panel', 'Group of 77 and China']) assert.ok(document.includes(wanted), `the summary has ${wanted}`);
      // Everybody who spoke, by name.
      const { participants } = await server.send('GET', '/roster?lang=en');
      const spoke = new Set(book.map((e) => e.participant));
      const missing = participants.filter((p) => spoke.has(p.id) && !document.replace(/\s+/g, ' ').replace(/\\(.)/g, '$1').includes(p.name));
      assert.deepEqual(missing.map((p) => p.name), []);
    }
  });

  for (const [who, page] of Object.entries(pages)) {
    const faults = page.faults.filter((f) => !/Failed to load resource|WebSocket connection|ERR_CONNECTION/.test(f));
    assert.deepEqual(faults, [], `faults on the page of ${who}`);
  }
});

/** One of many: now and then over the limit, every fifth by the chair's page. */
async function oneSpeaks(n) {
  const [next] = await list();
  const { panel, participant, behalf_of } = next;
  const entry = n % 5 ? await recognise({ request: next.id, instead_of: '' }, { participant, panel, behalf_of }) : await callNext({ behalf_of });
  await speaks(entry, n % 7 ? 70_000 + 1000 * ((n * 13) % 47) : 190_000);
  await (n % 5 ? end(entry) : endByButton(entry));
}

/** An export of the record, as text. */
const exported = async (format) => (await fetchExport(format)).text();

async function fetchExport(format) {
  const answer = await fetch(`${server.base}/api/v1/debates/${DEBATE}/record.${format}?lang=en`, { headers: { Authorization: `Bearer ${server.token('rapporteur')}` } });
  assert.equal(answer.status, 200, `record.${format}`);
  return answer;
}

/** A Word file as LibreOffice reads it, as text. */
function readBack(file) {
  const dir = folder();
  const office = spawnSync('soffice', ['--headless', `-env:UserInstallation=file://${dir}/profile`, '--convert-to', 'txt:Text (encoded):UTF8', '--outdir', dir, file], { encoding: 'utf8', timeout: 120_000 });
  assert.equal(office.status, 0, `soffice: ${office.error ?? office.stderr}`);
  return readFileSync(join(dir, 'record.txt'), 'utf8');
}
