import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, pace, placeOf, requestsOf, timesSpoken, waitRange } from './list.js';

const request = (participant, rank, panel = 'morning') => ({ panel, participant, kind: 'intervention', rank, at_ms: 0 });
const state = {
  debate: { id: 'd', title: 'D', languages: ['en'], roster: '1' },
  panel: 'morning',
  panels: { morning: { title: 'M', order: 1, status: 'open', list: 'open', limit_ms: 180_000, warn_ms: 30_000 } },
  requests: { r1: request('ken', 'V'), r2: request('fra', 'a'), r3: request('chn', 'B'), r4: request('ken', 'A', 'afternoon') },
  spoken: {},
};

test('the list is sorted bytewise by rank, capitals before small letters', () => {
  assert.deepEqual(listOf(state).map((r) => r.id), ['r3', 'r1', 'r2']);
  assert.deepEqual(listOf(state, 'afternoon').map((r) => r.id), ['r4']);
  assert.equal(placeOf(state, 'r3'), 1);
  assert.equal(placeOf(state, 'r2'), 3);
  assert.equal(placeOf(state, 'r4'), 1);
  assert.equal(placeOf(state, 'toString'), undefined);
  assert.deepEqual(requestsOf(state, 'ken', 'morning').map((r) => r.id), ['r1']);
});

test('the pace begins with the limit and follows what was used', () => {
  assert.equal(pace(state), 180_000);
  const spoken = { ken: { times: 8, used_ms: 8 * 80_000 } };
  assert.equal(pace({ ...state, spoken }), 100_000);
  assert.equal(timesSpoken({ ...state, spoken }, 'ken'), 8);
  assert.equal(timesSpoken(state, 'ken'), 0);
});

test('the wait is a range that grows with the place and contains the pace', () => {
  assert.deepEqual(waitRange(state, 1, 0), [0, 0]);
  const [least, most] = waitRange(state, 4, 0);
  assert.ok(least < 3 * 180_000 && most > 3 * 180_000);
  const floor = { id: 'f', participant: 'ken', kind: 'intervention', panel: 'morning', timer: { state: 'running', limit_ms: 180_000, used_ms: 0, since_ms: 0 } };
  const [soon, late] = waitRange({ ...state, floor }, 1, 60_000);
  assert.ok(soon < 120_000 && late >= 120_000);
});

test('nothing is said when nothing is known', () => {
  const panels = (change) => ({ ...state, panels: { morning: { ...state.panels.morning, ...change } } });
  assert.equal(waitRange(panels({ status: 'suspended' }), 1, 0), undefined);
  assert.equal(waitRange(panels({ limit_ms: undefined }), 2, 0), undefined);
  const floor = { id: 'f', participant: 'ken', kind: 'intervention', panel: 'morning', timer: { state: 'running', used_ms: 0, since_ms: 0 } };
  assert.equal(waitRange({ ...state, floor }, 1, undefined), undefined);
});
