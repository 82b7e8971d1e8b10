import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, formatStep, formatUsed, nextChange, phase, reading, remaining, used } from './countdown.js';

const running = { state: 'running', limit_ms: 180_000, used_ms: 0, since_ms: 1000 };

test('digits: full at the start, 0:00 exactly at zero, then counting up with a sign', () => {
  const cases = [
    [180_000, '3:00'],
    [179_999, '3:00'],
    [179_001, '3:00'],
    [179_000, '2:59'],
    [1000, '0:01'],
    [1, '0:01'],
    [0, '0:00'],
    [-1, '+0:00'],
    [-999, '+0:00'],
    [-1000, '+0:01'],
    [-7500, '+0:07'],
    [3_600_000, '1:00:00'],
    [3_599_000, '59:59'],
    [-3_661_000, '+1:01:01'],
  ];
  for (const [ms, want] of cases) assert.equal(format(ms), want, String(ms));
  assert.equal(formatUsed(61_999), '1:01');
});

test('used time runs only while running, and not before its start', () => {
  assert.equal(used(running, 61_000), 60_000);
  assert.equal(used(running, 990), 0);
  assert.equal(used({ state: 'paused', limit_ms: 1, used_ms: 42 }, 99_999), 42);
  assert.equal(remaining(running, 61_000), 120_000);
  assert.equal(remaining({ state: 'running', used_ms: 0, since_ms: 0 }, 5), undefined);
});

test('phases', () => {
  const at = (left) => phase(running, 181_000 - left, 30_000);
  assert.equal(at(30_001), 'normal');
  assert.equal(at(30_000), 'warning');
  assert.equal(at(0), 'warning');
  assert.equal(at(-1), 'overtime');
  assert.equal(phase({ state: 'ready', limit_ms: 180_000, used_ms: 0 }, 0, 30_000), 'ready');
  assert.equal(phase({ state: 'running', used_ms: 0, since_ms: 0 }, 1e9, 30_000), 'normal');
  assert.equal(phase({ state: 'paused', limit_ms: 10, used_ms: 11 }, 0, 30_000), 'overtime');
});

test('without a limit the time used is shown', () => {
  assert.equal(reading({ state: 'running', used_ms: 500, since_ms: 0 }, 600), '0:01');
  assert.equal(reading(running, 1000), '3:00');
});

test('nextChange leads to the instant of the next digits', () => {
  for (const now of [1000, 1001, 1999.5, 2000, 180_500, 180_999, 181_001, 182_000, 183_400]) {
    const wait = nextChange(running, now);
    assert.ok(wait > 0 && wait <= 1000, `${now}: ${wait}`);
    assert.equal(reading(running, now), reading(running, now + wait - 1.01 > now ? now + wait - 1.01 : now));
    assert.notEqual(reading(running, now), reading(running, now + wait + 0.01));
  }
  assert.equal(nextChange({ state: 'paused', limit_ms: 1, used_ms: 0 }, 0), undefined);
});

test('by how much a clock was set', () => {
  assert.equal(formatStep(7_200_000), '\u2066+2:00:00\u2069');
  assert.equal(formatStep(-61_400), '\u2066−1:01\u2069');
});
