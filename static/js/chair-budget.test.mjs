import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget, paceOf } from './chair-budget.js';
import { CHANGE_MS, listOf } from './list.js';

const MIN = 60_000;
const now = 1_000_000_000_000;
const request = (participant, rank, kind = 'intervention') => ({ panel: 'm', participant, kind, rank, at_ms: 1 });
const asked = (n, kind) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`r${i}`, request(`p${i}`, String(i).padStart(3, '0'), kind)]));
const state = (change = {}, panel = {}) => ({
  debate: { id: 'd', title: 'D', languages: ['en'], roster: '1' },
  panel: 'm',
  panels: { m: { title: 'Morning', order: 1, status: 'open', list: 'open', limit_ms: 3 * MIN, warn_ms: 30_000, ...panel } },
  requests: {},
  spoken: {},
  ...change,
});
const floor = (timer, kind = 'intervention') => ({ id: 'f', participant: 'zaf', kind, panel: 'm', timer: { state: 'paused', limit_ms: 3 * MIN, used_ms: 0, ...timer } });
/** Interventions one after the other, each of `used`, with `gap` between. */
const record = (n, used, gap, limit = 3 * MIN, more = {}) =>
  Object.fromEntries(
    Array.from({ length: n }, (_, i) => {
      const began = now - (n - i) * (used + gap);
      return [`i${i}`, { panel: 'm', participant: `q${i}`, kind: 'intervention', recognised_ms: began, started_ms: began, ended_ms: began + used, limit_ms: limit, used_ms: used, ...more }];
    }),
  );
const of = (s) => budget(s, listOf(s), now);
const unknown = (s) => budget(s, listOf(s), undefined);

test('before anybody has spoken each takes the limit', () => {
  const b = of(state({ requests: asked(2) }, { ends_ms: now + 10 * MIN }));
  assert.equal(b.need, 2 * (3 * MIN + CHANGE_MS));
  assert.equal(b.left, 10 * MIN);
  assert.equal(b.finish, now + b.need);
  assert.equal(b.over, b.need - 10 * MIN);
  assert.equal(b.tight, false);
  assert.equal(b.limit, undefined);
});

test('the pace seen so far: short interventions shorten the list, slow changes lengthen it', () => {
  const quick = of(state({ requests: asked(10), record: record(20, 1.5 * MIN, 10_000) }));
  const slow = of(state({ requests: asked(10), record: record(20, 1.5 * MIN, 60_000) }));
  assert.ok(quick.need < 10 * 2 * MIN && quick.need > 10 * 1.5 * MIN, String(quick.need));
  assert.ok(slow.need > quick.need + 10 * 30_000);
});

test('the pace is a share of the limit, so a shorter limit is a shorter list', () => {
  const seen = record(20, 2.7 * MIN, 10_000);
  const three = paceOf(state({ record: seen }));
  const two = paceOf(state({ record: seen }, { limit_ms: 2 * MIN }));
  assert.ok(Math.abs(two.each / three.each - 2 / 3) < 1e-9);
});

test('few interventions of this panel: those of the debate say more', () => {
  const other = record(10, 1 * MIN, 10_000, 3 * MIN, { panel: 'o' });
  assert.ok(paceOf(state({ record: other })).share < 0.5 + 1e-9);
  const own = { ...other, ...Object.fromEntries(Object.entries(record(10, 3 * MIN, 10_000)).map(([id, r]) => [`m${id}`, r])) };
  assert.equal(paceOf(state({ record: own })).share, 1);
});

test('points of order and answers say nothing of the pace', () => {
  const answers = record(10, 20 * MIN, 10_000, undefined, { kind: 'response' });
  assert.equal(paceOf(state({ record: answers })).share, 1);
});

test('a pause between two speakers is no change of speakers', () => {
  assert.equal(paceOf(state({ record: record(10, MIN, 15 * MIN) })).change, CHANGE_MS);
});

test('the limit that lets everybody speak, as a chair would say it', () => {
  const table = [
    // requests, minutes left, limit
    [2, 6, 150_000], // 3:00 minus the changes, down to half minutes
    [10, 20, 105_000], // below two minutes in quarters
    [10, 10, 45_000],
    [10, 5, undefined], // 20 seconds are no intervention
    [10, 60, undefined], // all fits
    [10, -1, undefined],
  ];
  for (const [n, minutes, want] of table) {
    const b = of(state({ requests: asked(n) }, { ends_ms: now + minutes * MIN }));
    assert.equal(b.limit, want, `${n} in ${minutes} min`);
    if (want === undefined) continue;
    const then = of(state({ requests: asked(n) }, { ends_ms: now + minutes * MIN, limit_ms: want }));
    assert.equal(then.tight, false, `${n} in ${minutes} min with ${want}`);
    assert.equal(then.limit, undefined);
  }
});

test('the floor takes what is left of it, the interrupted too', () => {
  assert.equal(of(state({ floor: floor({ used_ms: MIN }) })).need, 2 * MIN);
  assert.equal(of(state({ floor: floor({ used_ms: 9 * MIN }) })).need, 0); // in overtime
  const ordered = state({ floor: floor({ limit_ms: MIN, used_ms: 0 }, 'point_of_order'), interrupted: floor({ used_ms: MIN }) });
  assert.equal(of(ordered).need, 3 * MIN);
});

test('rights of reply have a limit of their own', () => {
  const s = state({ requests: asked(2, 'right_of_reply') }, { ends_ms: now + 1 * MIN });
  s.debate.right_of_reply = { first_ms: 2 * MIN, second_ms: MIN, at_most: 2 };
  assert.equal(of(s).need, 2 * (2 * MIN + CHANGE_MS));
  assert.equal(of(s).limit, undefined); // no limit of the panel would help
  s.panels.m.limit_ms = MIN; // never longer than the panel's
  assert.equal(of(s).need, 2 * (MIN + CHANGE_MS));
});

test('it says nothing of what it cannot know', () => {
  const far = of(state({ requests: asked(1) }, { ends_ms: now + 40 * 24 * 60 * MIN }));
  assert.deepEqual(far, { need: 3 * MIN + CHANGE_MS, tight: false }); // a rehearsal on another day
  assert.equal(of(state({ requests: asked(1) }, { limit_ms: undefined })).need, undefined);
  const open = of(state({ requests: asked(3), record: record(3, 4 * MIN, 10_000, undefined) }, { limit_ms: undefined, ends_ms: now + 6 * MIN }));
  assert.equal(open.limit, 105_000); // where there was none
  assert.equal(unknown(state({}, { ends_ms: now })).left, undefined);
  assert.equal(unknown(state({ floor: floor({ state: 'running', since_ms: now }) })).need, undefined);
  assert.equal(of(state({}, { ends_ms: now - 1 })).tight, true);
});
