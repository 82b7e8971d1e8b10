import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Clock, nextPing } from './clock.js';

const SERVER = 1_700_000_000_000; // server ms when the local clock is 0

/** A clock with a local time that the test moves, and a line with given delays. */
function setup() {
  const at = { local: 0, skew: 0 };
  const clock = new Clock(() => at.local);
  const pong = (there = 5, back = 5) => {
    const t0 = at.local;
    const t1 = SERVER + at.skew + t0 + there;
    at.local += there + back;
    clock.add({ t0, t1, t2: t1, t3: at.local });
  };
  const error = () => clock.now() - (SERVER + at.skew + at.local);
  return { at, clock, pong, error };
}

test('before the first pong the time is not known', () => {
  const { clock } = setup();
  assert.equal(clock.now(), undefined);
  assert.equal(clock.known, false);
});

test('an even line gives the exact time', () => {
  const { at, pong, error } = setup();
  pong();
  assert.ok(Math.abs(error()) < 0.01);
  at.local += 12_345;
  assert.ok(Math.abs(error()) < 0.01);
});

test('the sample with the least round trip wins over slower ones', () => {
  const { clock, pong } = setup();
  pong(150, 10);
  pong(5, 5);
  pong(5, 190);
  assert.ok(Math.abs(clock.target - SERVER) < 0.01);
  assert.equal(Math.round(clock.error), 5);
});

test('with 200 ms of jitter the first burst of eight comes within 50 ms, and twenty within 25 ms', () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  let off = 0;
  for (let run = 0; run < 1000; run++) {
    const { clock, pong } = setup();
    for (let n = 1; n <= 8; n++) pong(random() * 200, random() * 200);
    if (Math.abs(clock.target - SERVER) > 50) off++;
    for (let n = 9; n <= 20; n++) pong(random() * 200, random() * 200);
    if (Math.abs(clock.target - SERVER) > 25) off++;
  }
  assert.ok(off <= 10, `${off} of 2000 off by more`);
});

test('a small correction is slewed, at most 50 ms a second, and never goes backwards', () => {
  for (const skew of [+80, -80]) {
    const { at, clock, pong } = setup();
    for (let n = 0; n < 8; n++) pong(5, 5);
    at.local += 10_000;
    clock.now();
    at.skew = skew;
    pong(5, 5);
    let last = clock.now();
    for (let i = 0; i < 2000; i++) {
      at.local += 1;
      const now = clock.now();
      assert.ok(now >= last, 'backwards');
      assert.ok(Math.abs(now - last - 1) <= 0.051, `moved by ${now - last}`);
      last = now;
    }
    assert.ok(Math.abs(last - (SERVER + skew + at.local)) < 0.01);
  }
});

test('an error of more than a second is stepped', () => {
  const { at, pong, error } = setup();
  pong();
  at.local += 60_000;
  at.skew = -600_000;
  pong();
  assert.ok(Math.abs(error()) < 0.01);
});

test('after a sleep the time is not known until the next pong, and right from then on', () => {
  const { at, clock, pong, error } = setup();
  pong();
  at.skew = 300; // the local clock stood for 0.3 s
  clock.forget();
  assert.equal(clock.now(), undefined);
  pong(40, 40);
  assert.ok(Math.abs(error()) < 0.01);
});

test('what the server sends cannot be of a later time than it is there', () => {
  const { at, clock, pong } = setup();
  assert.equal(clock.contradicts(SERVER), false, 'while nothing is known');
  pong(40, 40);
  const now = SERVER + at.local;
  assert.equal(clock.contradicts(now - 3_600_000), false, 'it may come late');
  assert.equal(clock.contradicts(now + 200), false, 'it may be a little off');
  assert.equal(clock.contradicts(now + 1000), true);
  clock.forget();
  assert.equal(clock.contradicts(now + 1000), false);
});

test('samples that make no sense are ignored', () => {
  const { clock } = setup();
  clock.add({ t0: 10, t1: 5, t2: 5, t3: 0 });
  clock.add({ t0: 0, t1: NaN, t2: 5, t3: 10 });
  assert.equal(clock.known, false);
});

test('the device\'s date is not asked', () => {
  const date = Date.now;
  Date.now = () => assert.fail('asked');
  try {
    const { clock, pong } = setup();
    pong();
    clock.now();
  } finally {
    Date.now = date;
  }
});

test('pings come in a burst, then seldom; longer on an uneven line', () => {
  let burst = 0;
  for (let n = 1; n < 8; n++) burst += nextPing(n, 1);
  assert.ok(burst < 2500);
  assert.equal(nextPing(8, 3), 30_000);
  assert.ok(nextPing(8, 60) < 5000);
  assert.equal(nextPing(20, 60), 30_000);
});

test('no page asks its device’s date, but for the watch that looks for its leaps', () => {
  const here = new URL('./', import.meta.url);
  const asking = readdirSync(here).filter((name) => name.endsWith('.js') && /\bDate\.now\b|new Date\(\)|performance\.timeOrigin/.test(readFileSync(new URL(name, here), 'utf8')));
  assert.deepEqual(asking, ['clock.js']);
});
