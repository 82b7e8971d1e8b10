// The wall and the delegate's phone in every state, made by hand: accessible, legible from the back of the room, nothing cut off.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { check } from './axe.mjs';
import { DEBATE, PATIENCE, Server, build, drawn, launch, until } from './harness.mjs';
import { pose } from './pose.mjs';
import { STATES } from './states.mjs';

const QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"><path fill="#fff" d="M0 0h33v33H0z"/><path d="M4 4h7v7H4zM22 4h7v7h-7z"/></svg>';
const STATEMENT = { id: 's1', participant: 'ken', panel: 'morning', name: 'statement.txt', type: 'text/plain', bytes: 5, sha256: '0', at_ms: 1 };
const MINE = { role: 'delegate', participant: 'ken', by: 'code' };

/** A page that is shown states, and the way to show it others. `clock`: its time can be made to pass. */
async function stand(browser, server, path, { me, ...options }, first, { clock = false, ...more } = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', serviceWorkers: 'block', ...options });
  if (clock) await context.clock.install();
  const posed = await pose(context, STATES[first], { me, ...more });
  await context.route(/\/(qr|wifi)\.svg/, (route) => route.fulfill({ contentType: 'image/svg+xml', body: QR }));
  if (me) {
    const kept = { participant: 'ken', via: 'code', mine: { 'r-ken': { panel: 'morning', kind: 'intervention' } }, floors: ['i-ken'], outbox: [] };
    await context.addInitScript(([key, value]) => localStorage.setItem(key, value), [`rostrum.floor.${DEBATE}`, JSON.stringify(kept)]);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on('pageerror', (e) => page.faults.push(String(e)));
  await page.goto(`${server.base}/${DEBATE}/${path}`);
  return { page, posed, context };
}

/**
 * What a page brings when it is in use has come, and is at work: until then a state is drawn once without it, and once more with it.
 * Something that needs it is shown for that.
 * @param {string} first the state that is shown
 */
async function settled(page, posed, first) {
  posed.show((now) => ({ ...STATES[first](now), message: { text: 'All is here.', at_ms: now } }));
  await page.locator('.notice').getByText('All is here.').waitFor();
}

/** What the wall's digits are: how much of its height they take, and how they stand out. */
const digits = () => {
  const el = document.querySelector('[data-countdown]');
  const style = getComputedStyle(el);
  const canvas = Object.assign(document.createElement('canvas').getContext('2d'), { font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}` });
  const tall = new DOMMatrix(style.transform === 'none' ? '' : style.transform).d;
  const light = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map((n) => n / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Where the digits' ink begins and ends: their line is lower than they are, and drawn taller on a totem.
  const ink0 = canvas.measureText(el.textContent);
  const line = parseFloat(style.lineHeight);
  const baseline = el.getBoundingClientRect().top + (line / 2 + (ink0.fontBoundingBoxAscent - ink0.fontBoundingBoxDescent) / 2) * tall;
  const edge = (selector, side) => document.querySelector(`.stage ${selector}`)?.getBoundingClientRect()[side];
  const [above, below] = [Math.max(...[...document.querySelectorAll('.who > *')].map((e) => e.getBoundingClientRect().bottom)), edge('.phase-word', 'top')];
  const ground = light(getComputedStyle(el.closest('.phase-panel')).backgroundColor);
  const ink = light(style.color);
  const box = el.getBoundingClientRect();
  return { share: (canvas.measureText('0').actualBoundingBoxAscent * tall) / innerHeight, contrast: (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05), left: box.left, right: innerWidth - box.right, over: above - (baseline - ink0.actualBoundingBoxAscent * tall), under: baseline + ink0.actualBoundingBoxDescent * tall - below };
};

test('every state of the wall and of a phone', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());

  const walls = Object.keys(STATES).filter((name) => !/^(mine|offer|absent)/.test(name));
  const phones = Object.keys(STATES).filter((name) => !/^(wifi|join-off|unlimited|ready)/.test(name));

  await t.test('the wall', async () => {
    for (const [width, height] of [[1920, 1080], [1024, 768], [1080, 1920]]) {
      const { page, posed, context } = await stand(browser, server, 'display', { viewport: { width, height } }, walls[0]);
      // Names and notices have come in both languages.
      posed.show(STATES['message-preset']);
      await page.locator('.message .second[lang=fr]').waitFor();
      await page.locator('.name[lang=fr]').first().waitFor();
      for (const name of walls) {
        posed.show(STATES[name]);
        await posed.drawn(page);
        const what = `${name} at ${width} × ${height}`;
        if (width === 1920) await check(page, what);
        if (await page.locator('.wall[data-scene=floor] [data-countdown]').count()) {
          const seen = await page.evaluate(digits);
          assert.ok(seen.share >= 0.25, `${what}: digits take ${seen.share} of the height`);
          assert.ok(seen.contrast >= 7, `${what}: contrast ${seen.contrast}`);
          assert.ok(seen.over <= height * 0.012 && seen.under <= height * 0.012, `${what}: digits stand over the name (${seen.over} px) or over the phase (${seen.under} px)`);
          assert.ok(seen.left >= 0 && seen.right >= 0, `${what}: digits leave the wall`);
        }
        const url = page.locator('.url span').first();
        if (await url.count()) {
          const size = await url.evaluate((el) => parseFloat(getComputedStyle(el).fontSize));
          assert.ok(size >= height * 0.011, `${what}: the address is ${size} px high`);
        }
      }
      assert.deepEqual(page.faults, []);
      await context.close();
    }
  });

  await t.test('a phone', async () => {
    for (const [locale, colorScheme] of [['en', 'light'], ['ar', 'dark']]) {
      const answer = (method, path) => (path === '/statements' ? { body: { statements: [STATEMENT] } } : {});
      const { page, posed, context } = await stand(browser, server, 'floor', { me: MINE, locale, colorScheme, viewport: { width: 320, height: 640 } }, phones[0], { answer });
      await settled(page, posed, phones[0]);
      for (const name of phones) {
        posed.show(STATES[name]);
        await posed.drawn(page);
        await check(page, `${name}, ${locale}`);
      }
      // What a fold brings moves those below it: one is tapped when the one above stands.
      for (const fold of await page.locator('.fold').all()) {
        await fold.locator('summary').click();
        await fold.locator('.stack').locator('button, input, select').first().waitFor();
      }
      posed.show(STATES.offering);
      await page.getByRole('link', { name: STATEMENT.name }).waitFor(); // the last of what a fold brings
      await posed.drawn(page);
      await check(page, `all that is rarely done, ${locale}`);
      posed.leave();
      await page.locator('.banner[data-kind=stale]').waitFor();
      await check(page, `offline, ${locale}`);
      assert.deepEqual(page.faults, []);
      await context.close();
    }
  });

  await t.test('zoomed to 400 %, and with colours of the reader’s own', async () => {
    for (const options of [{ viewport: { width: 320, height: 256 } }, { forcedColors: 'active', viewport: { width: 360, height: 640 } }]) {
      const { page, posed, context } = await stand(browser, server, 'floor', { me: MINE, ...options }, 'list-60');
      await settled(page, posed, 'list-60');
      for (const name of ['list-60', 'mine-warning', 'absent-off']) {
        posed.show(STATES[name]);
        await posed.drawn(page);
        if (name === 'mine-warning') await page.locator('.stage [data-countdown]').waitFor();
        await check(page, `${name}, ${JSON.stringify(options)}`);
      }
      await context.close();
    }
  });

  await t.test('the chair has not confirmed this phone yet', async () => {
    const { page, context } = await stand(browser, server, 'floor', { me: { ...MINE, claim: 'pending' }, viewport: { width: 360, height: 640 } }, 'list-0', { clock: true });
    await page.getByText('The chair is confirming you').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Ask for the floor' }).count(), 0);
    await check(page, 'unconfirmed');
    // Meanwhile the phone asks every few seconds. Who sees that it is the wrong delegation is not thrown out of the form by an answer.
    // Who is quick is in the field before the form would take the focus to its heading, and stays there.
    await page.locator('.change').evaluate(async (change) => {
      change.click();
      await new Promise(requestAnimationFrame);
      document.getElementById('who').focus();
    });
    await drawn(page);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'who');
    await page.locator('#who').fill('Nor');
    let asked = 0;
    page.on('request', (request) => /\/me\?/.test(request.url()) && asked++);
    // An answer has been dealt with when the next one is asked for.
    for (const n of [1, 2]) await until(`question ${n}`, async () => (await page.clock.fastForward(1000), asked >= n));
    assert.equal(await page.locator('#who').inputValue(), 'Nor');
    assert.equal(await page.locator('#who').isVisible(), true);
    await page.locator('#door-back').click();
    await page.getByText('The chair is confirming you').waitFor();
    await context.close();
  });

  await t.test('a fold whose part is lost once brings all that belongs to it', async () => {
    const answer = (method, path) => (path === '/statements' ? { body: { statements: [STATEMENT] } } : {});
    const { page, context } = await stand(browser, server, 'floor', { me: MINE, viewport: { width: 360, height: 640 } }, 'offer', { answer });
    let tries = 0;
    await page.route('**/floor-more.js', (route) => (tries++ ? route.continue() : route.abort('connectionreset')));
    await page.locator('.fold summary').last().click();
    await page.getByRole('link', { name: STATEMENT.name }).waitFor();
    assert.ok(tries >= 2, `the part was asked for ${tries} times`);
    await context.close();
  });

  await t.test('changing places, details and statements reach the server', async () => {
    const list = [];
    const answer = (method, path) => {
      if (path === '/statements' && method === 'GET') return { body: { statements: list } };
      if (path === '/statements') {
        list.push(STATEMENT);
        return { status: 201, body: { seq: 2, id: 's1', statement: list[0] } };
      }
      if (path === '/statements/s1') list.pop();
      return {};
    };
    const { page, posed, context } = await stand(browser, server, 'floor', { me: MINE, viewport: { width: 360, height: 640 } }, 'offer', { answer });
    /** The nth command, once the page has sent it. */
    const sent = async (n) => {
      await until(`command ${n}`, () => posed.commands.length > n);
      assert.equal(posed.commands.length, n + 1);
      const { method, path, body } = posed.commands[n];
      return `${method} ${path} ${body ?? ''}`;
    };
    await page.getByRole('button', { name: 'Change places' }).click();
    assert.equal(await sent(0), 'PUT /requests/r-ken/exchange {"with":"r-rus"}');
    await page.getByRole('button', { name: 'Decline' }).click();
    assert.equal(await sent(1), 'DELETE /requests/r-rus/exchange ');
    await page.locator('.fold summary').last().click();
    await page.locator('select[name=other]').selectOption('r-gbr');
    await page.getByRole('button', { name: 'Offer to change places' }).click();
    assert.equal(await sent(2), 'PUT /requests/r-ken/exchange {"with":"r-gbr"}');
    await page.locator('input[type=file]').setInputFiles({ name: 'statement.exe', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByText('Only a text (.txt) or a PDF can be added.').waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'statement.txt', mimeType: 'text/plain', buffer: Buffer.from('Words') });
    await page.getByRole('link', { name: 'statement.txt' }).waitFor();
    assert.match(await sent(3), /^POST \/statements Words$/);
    await page.getByRole('button', { name: 'Remove: statement.txt' }).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await page.getByRole('link', { name: 'statement.txt' }).waitFor({ state: 'detached' });
    assert.deepEqual(page.faults, []);
    await context.close();
  });
});
