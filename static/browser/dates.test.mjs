// A phone whose date is set while something waits on it: what it withdraws and asks for takes the time that it takes, and what the
// phone says of its place is what the server has.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, PATIENCE, Server, build, launch, open } from './harness.mjs';
import { watch } from './watching.mjs';

const HOUR = 3_600_000;
const REQUESTS = /\/requests[/?]/;

/** A phone whose delegation has joined, with a date of its own. */
async function delegate(browser, server, participant) {
  const { answer } = await server.as(undefined, 'POST', '/join', { participant, code: server.links.join_code });
  const phone = await open(browser, 'about:blank', 'phone', { serviceWorkers: 'block' });
  await phone.addInitScript(watch, { shift: 0 });
  await phone.goto(`${server.base}/${DEBATE}/enter?token=${encodeURIComponent(answer.token)}`);
  await phone.getByRole('button', { name: 'Ask for the floor' }).waitFor();
  return phone;
}

/** Sets the phone's date. */
const set = (phone, by) => phone.evaluate((by) => (window.watched.shift += by), by);

/** Lets no command of the phone through, until it is called off. */
async function cut(phone) {
  await phone.route(REQUESTS, (route) => route.abort('connectionrefused'));
  return () => phone.unroute(REQUESTS);
}

const ask = (phone) => phone.getByRole('button', { name: 'Ask for the floor' }).click();
const placed = (phone) => phone.locator('.hero .place').waitFor();
const withdraw = (phone) => phone.getByRole('button', { name: 'Withdraw' }).click();
const undo = (phone) => phone.locator('.act-bar').getByRole('button', { name: 'Undo' });

async function listed(server, participant) {
  return Object.values((await server.state()).state.requests).some((r) => r.participant === participant);
}

/** Waits until the server lists a delegation, or does not. */
async function becomes(server, participant, wanted) {
  for (const until = performance.now() + PATIENCE; (await listed(server, participant)) !== wanted; await new Promise((r) => setTimeout(r, 50))) {
    assert.ok(performance.now() < until, `${participant} is ${wanted ? 'not listed' : 'listed'} all the time`);
  }
}

/** No phone here may say that it has given something up. */
const SAID = 'for 5 minutes';

test('a phone whose date is set', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const browser = await launch();
  t.after(() => browser.close());

  /** What happens on each phone; all of them wait at the same time. */
  const phones = {
    async 'withdraws in five seconds, though its date was set back an hour meanwhile'(phone, who) {
      await withdraw(phone);
      await set(phone, -HOUR);
      await becomes(server, who, false);
      await ask(phone); // the page offers it again
      await becomes(server, who, true);
    },
    async 'withdraws in five seconds, though its date was set back two minutes meanwhile'(phone, who) {
      await withdraw(phone);
      await set(phone, -120_000);
      await becomes(server, who, false);
    },
    async 'can take the withdrawal back, though its date was set forward an hour'(phone, who) {
      // All of it in the page, which offers that for five seconds: on a slow machine the test would come too late.
      await phone.evaluate(async (hour) => {
        const button = async (name) => {
          for (;;) {
            const found = [...document.querySelectorAll('button')].find((b) => b.textContent?.trim() === name && b.ariaDisabled !== 'true');
            if (found) return found;
            await new Promise((done) => requestAnimationFrame(done));
          }
        };
        (await button('Withdraw')).click();
        const undo = await button('Undo');
        window.watched.shift += hour;
        await new Promise((done) => setTimeout(done, 1500)); // time enough for a page that counts by the date to send it
        undo.click();
      }, HOUR);
      await placed(phone);
      assert.equal(await listed(server, who), true);
    },
    async 'withdraws, though its date was set back before'(phone, who) {
      await set(phone, -HOUR);
      await withdraw(phone);
      await becomes(server, who, false);
    },
    async 'keeps a withdrawal that nobody answers, whatever its date, and says so'(phone, who) {
      const mend = await cut(phone);
      await withdraw(phone);
      await phone.locator('.act-bar').getByText('not sent', { exact: false }).waitFor();
      for (const by of [-HOUR, 2 * HOUR]) await set(phone, by);
      await phone.waitForTimeout(1500);
      assert.equal(await undo(phone).isVisible(), true, 'it was given up');
      await mend();
      await becomes(server, who, false);
    },
    async 'loads its page again while a withdrawal waits, with another date'(phone, who) {
      const mend = await cut(phone);
      await withdraw(phone);
      await set(phone, -HOUR);
      await phone.addInitScript(() => (window.watched.shift = 24 * 3_600_000));
      await phone.reload();
      await mend();
      await becomes(server, who, false);
    },
  };
  const who = ['ken', 'fra', 'gbr', 'omn', 'chn', 'bra'];
  const entries = Object.entries(phones);
  await Promise.all(
    entries.map(async ([name, act], n) => {
      const phone = await delegate(browser, server, who[n]);
      await ask(phone);
      await placed(phone);
      await t.test(name, async () => {
        await act(phone, who[n]);
        assert.equal(await phone.getByText(SAID).count(), 0, 'it says that it has given up');
      });
    }),
  );

  await t.test('sends a request that waited, whatever its date was set to, and after its page was loaded again', async () => {
    const phone = await delegate(browser, server, 'rus');
    const mend = await cut(phone);
    await ask(phone);
    await phone.getByText('Not sent yet').first().waitFor();
    await set(phone, -HOUR);
    await phone.addInitScript(() => (window.watched.shift = 24 * 3_600_000));
    await phone.reload();
    await mend();
    await becomes(server, 'rus', true);
    await placed(phone);
  });

  await t.test('does not send what waited for an hour', async () => {
    const phone = await delegate(browser, server, 'swe');
    const mend = await cut(phone);
    await ask(phone);
    await phone.getByText('Not sent yet').first().waitFor();
    await phone.evaluate((hour) => {
      const key = Object.keys(localStorage).find((k) => k.startsWith('rostrum.floor.')) ?? '';
      const kept = JSON.parse(localStorage.getItem(key) ?? '');
      for (const item of kept.outbox) item.at -= hour;
      localStorage.setItem(key, JSON.stringify(kept));
    }, HOUR);
    await phone.reload();
    await mend();
    await phone.locator('.thumb').getByRole('alert').waitFor();
    assert.equal(await listed(server, 'swe'), false);
    await phone.getByRole('button', { name: 'Ask for the floor' }).waitFor();
  });
});
