// Every page by the rules of WCAG 2.2 AA that a program can check (axe-core), left to right and right to left, and without
// sideways scrolling down to 320 px: the officers' pages in every state, and all pages as a new reader meets them.
// (The wall and the delegate's phone in every state: states.test.mjs.)

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { check } from './axe.mjs';
import { DEBATE, Server, build, launch, open } from './harness.mjs';
import { pose } from './pose.mjs';
import { STATES } from './states.mjs';

const narrow = { viewport: { width: 320, height: 568 } };

/** Interventions of every kind and end, with what rapporteurs write beside them. */
function recorded(now) {
  const entry = (participant, ago, more) => ({
    panel: 'morning', participant, kind: 'intervention', recognised_ms: now - ago, started_ms: now - ago, ended_ms: now - ago + 150_000, limit_ms: 180_000, used_ms: 150_000, end: 'ended', ...more,
  });
  return {
    'i-arg': entry('arg', 900_000, { end: 'yielded', note: { text: 'Prevention begins at home.', revision: 2, at_ms: now, by: 'rapporteur', tags: ['Prevention'], quote: true } }),
    'i-mex': entry('mex', 700_000, { used_ms: 200_000, speaker: 'H.E. the Minister', behalf_of: 'nam' }),
    'i-rus': entry('rus', 500_000, { kind: 'point_of_order', ruling: 'overruled' }),
    'i-phl': entry('phl', 400_000, { kind: 'response', end: 'replaced', corrections: [{ at_ms: now, by: 'rapporteur', reason: 'Misheard.', was: { used_ms: 90_000 } }] }),
  };
}

const withRecord = (state) => (now) => ({ ...state(now), record: recorded(now) });

test('the pages can be used by everybody', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  const { links, base } = server;

  /** An officer's page in one state after the other, then cut off. */
  async function everyState(role, path, options) {
    const page = await open(browser, links[role], 'laptop', { reducedMotion: 'reduce', serviceWorkers: 'block', ...options });
    const posed = await pose(page.context(), withRecord(STATES['list-3']));
    await page.goto(`${base}/${DEBATE}/${path}`);
    await page.waitForFunction(() => [...document.querySelectorAll('.name')].some((el) => (el.textContent ?? '').length > 3)); // until names have come there are ids
    for (const [name, state] of Object.entries(STATES)) {
      posed.show(withRecord(state));
      await posed.drawn(page);
      await check(page, `${path}, ${name}, ${options.locale}`);
    }
    posed.leave();
    await page.locator('.banner[data-kind=stale]').waitFor();
    await check(page, `${path}, offline, ${options.locale}`);
    assert.deepEqual(page.faults.filter((f) => !/Failed to load resource|WebSocket/.test(f)), []);
    await page.context().close();
  }

  const tablet = { viewport: { width: 1024, height: 768 } };
  for (const options of [{ locale: 'en', ...tablet }, { locale: 'ar', colorScheme: 'dark', ...narrow }]) {
    await t.test(`the officers’ pages in every state, ${options.locale}`, () => Promise.all([everyState('chair', 'chair', options), everyState('rapporteur', 'record', options)]));
  }

  /** A phone in each language, both at the same time. */
  const phones = (url, act) =>
    Promise.all(
      ['en', 'ar'].map(async (locale) => {
        const page = await open(browser, url, 'phone', { locale, reducedMotion: 'reduce', ...narrow });
        await act(page, locale);
        await page.context().close();
      }),
    );

  await t.test('without its link a page says so', () =>
    phones('about:blank', async (page, locale) => {
      for (const path of ['chair', 'record', 'display']) {
        await page.goto(`${base}/${DEBATE}/${path}`);
        if (path !== 'display') await page.locator('.banner[data-kind=denied] .button').first().waitFor();
        await check(page, `${path} without its link, ${locale}`);
      }
    }),
  );

  await t.test('the landing page, and a delegate at every step', async () => {
    await server.send('PUT', '/panel', { panel: 'morning' });
    await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
    await phones(base, async (page, locale) => {
      await check(page, `landing, ${locale}`);
      await page.route('**/api/v1/debates', async (route) => {
        const { debates } = await (await route.fetch()).json();
        await route.fulfill({ json: { debates: debates.map((d) => ({ ...d, rehearsal: true })) } });
      });
      await page.reload();
      await page.locator('#rehearsal').waitFor();
      await check(page, `landing in a rehearsal, ${locale}`);
      await page.goto(links.join);
      await page.locator('input[role=combobox]').fill('ken');
      await page.locator('.option').first().waitFor();
      await check(page, `choosing, ${locale}`);
      await page.locator('.option').first().click();
      await page.locator('#code').fill(links.join_code);
      await page.locator('button[type=submit]').click();
      await page.locator('.hero').first().waitFor();
      await check(page, `joined, ${locale}`);
    });
  });
});
