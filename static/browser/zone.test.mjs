// Times of day are those of the debate's place, on a device of another place whose browser has never heard of it, and when the clocks are changed.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PATIENCE, Server, build, launch, open, step } from './harness.mjs';
import { pose } from './pose.mjs';
import { STATES } from './states.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'America/New_York';
const time = (ms, seconds) => new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }), hourCycle: 'h23', timeZone: ZONE }).format(ms);

/** When the clocks of New York are changed next after an instant: on a whole hour. @param {number} from */
function nextChange(from) {
  const offset = (at) => (Number(time(at).slice(0, 2)) - new Date(at).getUTCHours() + 24) % 24;
  let at = Math.ceil(from / HOUR) * HOUR;
  while (offset(at) === offset(from)) at += HOUR;
  return at;
}

/** A browser that knows no timezone but its own and UTC. */
function ignorant() {
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
    construct(target, [locale, options = {}]) {
      if (![undefined, 'UTC'].includes(options.timeZone)) throw new RangeError(`Invalid time zone specified: ${options.timeZone}`);
      return new target(locale, options);
    },
  });
}

test('times of day are those of the debate, whatever the browser knows', async (t) => {
  const change = nextChange(Date.now() + 2 * HOUR);
  const server = new Server(build({ tags: 'fakeclock' }));
  const pass = (at) => server.setAhead(at - Date.now());
  pass(change - 10 * MINUTE);
  await server.start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const pages = {};
  for (const [who, device] of [['display', 'wall'], ['rapporteur', 'laptop']]) {
    pages[who] = await open(browser, 'about:blank', device, { timezoneId: 'Asia/Tokyo' });
    await pages[who].addInitScript(ignorant);
    await pages[who].goto(server.links[who]);
  }

  /** Waits until the wall shows the room's time. */
  async function agrees() {
    for (const until = Date.now() + PATIENCE; ; ) {
      await pages.display.evaluate(() => dispatchEvent(new Event('offline'))); // which makes it ask for the time
      const shown = await pages.display.locator('[data-clock]').first().textContent();
      const { now_ms: now } = await server.state();
      if ([time(now), time(now - MINUTE)].includes(shown)) return;
      assert.ok(Date.now() < until, `the wall shows ${shown} at ${time(now)}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  }

  await step(pages, "the wall shows the time of the debate's place before the clocks are changed, and after", async () => {
    await agrees();
    await server.send('PUT', '/floor', { id: 'i-ken', participant: 'ken' });
    pass(change + 10 * MINUTE);
    await agrees();
    await server.send('DELETE', '/floor');
  });

  await step(pages, 'the record and the summary have the time before it and the time after', async () => {
    const { 'i-ken': entry } = (await server.state()).state.record;
    assert.ok(entry.started_ms < change && entry.ended_ms > change, 'it lasts over the change');
    await pages.rapporteur.getByText(`${time(entry.started_ms, true)} – ${time(entry.ended_ms, true)}`).waitFor();
    const summary = await (await fetch(`${server.base}/api/v1/debates/ga-2008-trafficking/record.md?lang=en`, { headers: { Authorization: `Bearer ${server.token('chair')}` } })).text();
    assert.ok(summary.includes(time(entry.recognised_ms)), summary);
  });

  await step(pages, 'a place that the server does not know either has no clock, and times say that they are of UTC', async () => {
    const wall = await open(browser, 'about:blank', 'wall', { timezoneId: 'Asia/Tokyo' });
    const atlantis = (now) => {
      const state = STATES.idle(now);
      return { ...state, debate: { ...state.debate, timezone: 'Atlantis/Poseidonis', utc_offsets: undefined } };
    };
    await pose(wall.context(), atlantis);
    await wall.goto(server.links.display);
    await wall.getByText(/\d\d:\d\d UTC/).first().waitFor();
    for (const clock of await wall.locator('[data-clock]').all()) assert.equal(await clock.textContent(), '');
    if (process.env.ROSTRUM_SHOTS) await wall.screenshot({ path: `${process.env.ROSTRUM_SHOTS}/atlantis.png` });
    assert.deepEqual(wall.faults, []);
    await wall.context().close();
  });
  for (const page of Object.values(pages)) assert.deepEqual(page.faults, []);
});
