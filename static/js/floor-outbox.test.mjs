import assert from 'node:assert/strict';
import { test } from 'node:test';

// What the page around an outbox is, as far as it looks.
const nobody = { addEventListener() {} };
Object.assign(globalThis, { window: nobody, document: { ...nobody, hidden: false } });
const { GIVE_UP_MS, UNDO_MS } = await import('./floor-logic.js');
const { Outbox } = await import('./floor-outbox.js');

const LISTED = { panel: 'p', panels: {}, spoken: {}, requests: { a: { participant: 'ken', panel: 'p', kind: 'intervention', rank: '1', at_ms: 0 } } };

/** A phone at an instant of its own clock and of the server's, both in ms; its outbox sends nothing by itself, and says what it would do. */
class Phone {
  constructor(t, kept = {}) {
    [this.local, this.server, this.lapses, this.date] = [1000, 50_000_000, 0, 9e12];
    t.mock.method(performance, 'now', () => this.local);
    t.mock.method(Date, 'now', () => this.date);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    this.kept = { mine: {}, floors: [], outbox: [], ...kept };
    this.begin();
  }

  begin() {
    this.sent = [];
    this.givenUp = [];
    const phone = this;
    const store = { get kept() { return phone.kept; }, update: (change) => (phone.kept = change(JSON.parse(JSON.stringify(phone.kept)))) };
    const clock = { get lapses() { return phone.lapses; }, now: () => phone.server };
    const api = { command: (method, path) => (this.sent.push(`${method} ${path}`), new Promise(() => {})) };
    this.outbox = new Outbox({ store, api: () => api, clock: () => clock, state: () => LISTED, onChange() {}, onGivenUp: (item) => this.givenUp.push(item.id), onRefused() {} });
  }

  /** Time goes by, and the phone looks. */
  pass(ms) {
    this.local += ms;
    this.date += ms;
    if (this.server !== undefined) this.server += ms;
    this.outbox.run();
  }

  /** The device sleeps, its own clock with it, and knows no time when it wakes. */
  sleep(ms) {
    this.woken = this.server + ms;
    this.server = undefined;
    this.lapses++;
    this.date += ms;
    this.outbox.run();
  }

  /** The server says what time it is. */
  hear() {
    this.server = this.woken;
    this.outbox.run();
  }

  /** The page is loaded again. */
  reload(ms = 0) {
    this.local = 10;
    this.server += ms;
    this.date += ms;
    this.lapses = 0;
    this.begin();
    this.outbox.run();
  }
}

const HOUR = 3_600_000;
const DELETE = 'DELETE /requests/a';

for (const [how, by] of [['back', -HOUR], ['forward', HOUR], ['back by two minutes', -120_000]]) {
  test(`a withdrawal takes its five seconds, though the device's clock is set ${how}`, (t) => {
    const phone = new Phone(t);
    phone.outbox.withdraw('a');
    phone.date += by;
    phone.pass(UNDO_MS - 1);
    assert.equal(phone.outbox.undoable(phone.kept.outbox[0]), true);
    assert.deepEqual(phone.sent, []);
    phone.pass(1);
    assert.deepEqual([phone.sent, phone.givenUp], [[DELETE], []]);
  });
}

test('a request is given up after five minutes, by no clock that is set', (t) => {
  const phone = new Phone(t);
  phone.outbox.ask('p', 'intervention', {});
  phone.date -= HOUR;
  phone.pass(GIVE_UP_MS);
  assert.deepEqual(phone.givenUp, []);
  phone.pass(1);
  assert.equal(phone.givenUp.length, 1);
});

test('what was tapped before a sleep is sent once the server’s time says that it is not too old', (t) => {
  for (const [asleep, sent, givenUp] of [[60_000, 1, 0], [HOUR, 0, 1]]) {
    const phone = new Phone(t);
    phone.outbox.withdraw('a', { now: true });
    phone.begin(); // what was on its way is lost
    phone.outbox.look('a', true);
    phone.sleep(asleep);
    assert.deepEqual(phone.sent, [], 'nobody knows how old it is');
    phone.hear();
    assert.deepEqual([phone.sent.length, phone.givenUp.length], [sent, givenUp], `after ${asleep} ms`);
    t.mock.restoreAll();
    t.mock.timers.reset();
  }
});

test('what another load of the page left is as old as the server says, whatever the device’s date is by now', (t) => {
  for (const [later, sent, givenUp] of [[60_000, 1, 0], [HOUR, 0, 1]]) {
    const phone = new Phone(t);
    phone.outbox.withdraw('a');
    phone.date -= 24 * HOUR;
    phone.reload(later);
    phone.pass(UNDO_MS); // it can be taken back for a while on the page that is here now
    assert.deepEqual([phone.sent.length, phone.givenUp.length], [sent, givenUp], `after ${later} ms`);
    t.mock.restoreAll();
    t.mock.timers.reset();
  }
});

test('what was tapped while no time was known is not sent by a later load', (t) => {
  const phone = new Phone(t, { outbox: [{ act: 'ask', id: 'old', body: { id: 'old', panel: 'p', kind: 'intervention' } }] });
  phone.outbox.run();
  assert.deepEqual([phone.sent, phone.givenUp], [[], ['old']]);
});
