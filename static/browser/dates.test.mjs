// A phone whose date is set while something waits on it: what it withdraws and asks for takes the time that it takes, and what the
// phone says of its place is what the server has.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, Server, build, drawn, launch, open, until } from './harness.mjs';
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

/** Lets no command of the phone through, until it is called off; counts how often the phone tried. */
async function cut(phone) {
  const line = { tries: 0, mend: () => phone.unroute(REQUESTS) };
  await phone.route(REQUESTS, (route) => (line.tries++, route.abort('connectionrefused')));
  return line;
}

const ask = (phone) => phone.getByRole('button', { name: 'Ask for the floor' }).click();
const placed = (phone) => phone.locator('.hero .place').waitFor();
const withdraw = (phone) => phone.getByRole('button', { name: 'Withdraw' }).click();
const undo = (phone) => phone.locator('.act-bar').getByRole('button', { name: 'Undo' });

async function listed(server, participant) {
  return Object.values((await server.state()).state.requests).some((r) => r.participant === participant);
}

/** Waits until the server lists a delegation, or does not. */
const becomes = (server, participant, wanted) => until(`${participant} is ${wanted ? 'listed' : 'not listed'}`, async () => (await listed(server, participant)) === wanted);

/** No phone here may say that it has given something up. */
const SAID = 'for 5 minutes';

/** All of the phones wait at the same time. */
test('a phone whose date is set', { concurrency: 8 }, async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const browser = await launch();
  t.after(() => browser.close());

  /** What happens on each phone that is on the list. */
  const listedPhones = {
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
      // The page offers that for five seconds, which pass here as the test says: on a slow machine it would come too late.
      const sent = [];
      phone.on('request', (request) => request.method() === 'DELETE' && sent.push(request.url()));
      const tap = (button) => button.evaluate((el) => el.click());
      await phone.clock.install();
      await phone.clock.pauseAt(Date.now() + 5000);
      await tap(phone.getByRole('button', { name: 'Withdraw' }));
      await phone.clock.runFor(1000); // until then the new button is deaf
      await phone.clock.setSystemTime(Date.now() + HOUR);
      await phone.clock.runFor(1500); // time enough for a page that counts by the date to send it
      await tap(undo(phone));
      await phone.clock.resume();
      await placed(phone);
      await undo(phone).waitFor({ state: 'detached' });
      assert.deepEqual(sent, []);
      assert.equal(await listed(server, who), true);
    },
    async 'withdraws, though its date was set back before'(phone, who) {
      await set(phone, -HOUR);
      await withdraw(phone);
      await becomes(server, who, false);
    },
    async 'keeps a withdrawal that nobody answers, whatever its date, and says so'(phone, who) {
      const line = await cut(phone);
      await withdraw(phone);
      await phone.locator('.act-bar').getByText('not sent', { exact: false }).waitFor();
      for (const by of [-HOUR, 2 * HOUR]) {
        await set(phone, by);
        await drawn(phone); // at each frame it looks whether its date has leapt
        const { tries } = line;
        await until('it tries again', () => line.tries > tries);
      }
      assert.equal(await undo(phone).isVisible(), true, 'it was given up');
      await line.mend();
      await becomes(server, who, false);
    },
    async 'loads its page again while a withdrawal waits, with another date'(phone, who) {
      const line = await cut(phone);
      await withdraw(phone);
      await set(phone, -HOUR);
      await phone.addInitScript(() => (window.watched.shift = 24 * 3_600_000));
      await phone.reload();
      await line.mend();
      await becomes(server, who, false);
    },
  };

  /** What happens on a phone that is not on the list yet. */
  const newPhones = {
    async 'sends a request that waited, whatever its date was set to, and after its page was loaded again'(phone, who) {
      const line = await cut(phone);
      await ask(phone);
      await phone.getByText('Not sent yet').first().waitFor();
      await set(phone, -HOUR);
      await phone.addInitScript(() => (window.watched.shift = 24 * 3_600_000));
      await phone.reload();
      await line.mend();
      await becomes(server, who, true);
      await placed(phone);
    },
    async 'does not send what waited for an hour'(phone, who) {
      const line = await cut(phone);
      await ask(phone);
      await phone.getByText('Not sent yet').first().waitFor();
      await phone.evaluate((hour) => {
        const key = Object.keys(localStorage).find((k) => k.startsWith('rostrum.floor.')) ?? '';
        const kept = JSON.parse(localStorage.getItem(key) ?? '');
        for (const item of kept.outbox) item.at -= hour;
        localStorage.setItem(key, JSON.stringify(kept));
      }, HOUR);
      await phone.reload();
      await line.mend();
      await phone.locator('.thumb').getByRole('alert').waitFor();
      assert.equal(await listed(server, who), false);
      await phone.getByRole('button', { name: 'Ask for the floor' }).waitFor();
    },
  };

  const who = ['ken', 'fra', 'gbr', 'omn', 'chn', 'bra', 'rus', 'swe'];
  await Promise.all(
    Object.entries({ ...listedPhones, ...newPhones }).map(([name, act], n) =>
      t.test(name, async () => {
        const phone = await delegate(browser, server, who[n]);
        if (name in listedPhones) {
          await ask(phone);
          await placed(phone);
        }
        await act(phone, who[n]);
        if (name in listedPhones) assert.equal(await phone.getByText(SAID).count(), 0, 'it says that it has given up');
        await phone.context().close();
      }),
    ),
  );
});
