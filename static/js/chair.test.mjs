import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget, kindFor, mainAct, meaning, neighbour } from './chair-acts.js';
import { Deaf, Moves } from './chair-guard.js';
import { listOf } from './list.js';

const MIN = 60_000;
const request = (participant, rank) => ({ panel: 'm', participant, kind: 'intervention', rank, at_ms: 1 });
const state = (change = {}, panel = {}) => ({
  debate: { id: 'd', title: 'D', languages: ['en'], roster: '1' },
  panel: 'm',
  panels: { m: { title: 'Morning', order: 1, status: 'open', list: 'open', limit_ms: 3 * MIN, warn_ms: 30_000, ...panel } },
  requests: { b: request('ken', 'b'), a: request('fra', 'a') },
  spoken: {},
  ...change,
});
const floor = (timer) => ({ floor: { id: 'f', participant: 'zaf', kind: 'intervention', panel: 'm', timer: { limit_ms: 3 * MIN, used_ms: 0, ...timer } } });
const act = (s) => mainAct(s, listOf(s));

test('the main act follows the debate', () => {
  assert.equal(act(state({}, { status: 'closed' })).kind, 'open');
  assert.equal(act(state({}, { status: 'suspended' })).kind, 'open');
  assert.deepEqual(act(state()), { kind: 'call', floor: '', request: 'a', participant: 'fra' });
  assert.equal(act(state(floor({ state: 'ready' }))).kind, 'start');
  assert.equal(act(state(floor({ state: 'running', since_ms: 0 }))).kind, 'hold');
  assert.equal(act(state(floor({ state: 'paused' }))).kind, 'resume');
  assert.equal(act(state(floor({ state: 'paused' }), { status: 'suspended' })).kind, 'open');
  assert.equal(act(state({ requests: {} })).kind, 'none');
  assert.equal(act(state({ requests: {} }, { list: 'closed' })).kind, 'open_list');
  assert.equal(act(state({ panel: 'gone' })).kind, 'none');
});

test('the main act never ends an intervention, in overtime neither', () => {
  assert.equal(act(state(floor({ state: 'running', used_ms: 9 * MIN, since_ms: 0 }))).kind, 'hold');
});

test('an item without a list offers the next speaker of the programme', () => {
  const opening = { list: 'closed', limit_ms: undefined, panellists: ['president', 'sg'] };
  const heard = { record: { x: { panel: 'm', participant: 'president', kind: 'address', recognised_ms: 1, used_ms: 1 } }, requests: {} };
  assert.equal(act(state({ requests: {} }, opening)).participant, 'president');
  assert.deepEqual(act(state(heard, opening)), { kind: 'call', floor: '', participant: 'sg', as: 'address' });
  assert.equal(act(state(heard, { ...opening, panellists: ['president'] })).kind, 'none');
});

test('another next speaker is another meaning', () => {
  const later = state();
  delete later.requests.a;
  assert.notEqual(meaning(act(state())), meaning(act(later)));
  assert.equal(meaning(act(state())), meaning(act(state())));
});

test('as what somebody speaks', () => {
  assert.equal(kindFor({ panellists: ['p'], limit_ms: 1, list: 'closed' }, 'p'), 'response');
  assert.equal(kindFor({ moderator: 'p', list: 'closed' }, 'p'), 'address');
  assert.equal(kindFor({ panellists: ['p'] }, 'ken'), 'intervention');
  assert.equal(kindFor(undefined, 'ken'), 'intervention');
});

test('the budget: the list at its pace against the scheduled end', () => {
  const now = 1_000_000_000;
  const fits = budget(state({}, { ends_ms: now + 10 * MIN }), 2, now);
  assert.equal(fits.need, 2 * (3 * MIN + 10_000));
  assert.equal(fits.left, 10 * MIN);
  assert.equal(fits.tight, false);
  assert.equal(budget(state({}, { ends_ms: now + 6 * MIN }), 2, now).tight, true);
  assert.equal(budget(state({}, { ends_ms: now - 1 }), 0, now).tight, true);
  const held = state(floor({ state: 'paused', used_ms: MIN }));
  assert.equal(budget(held, 0, now).need, 2 * MIN);
});

test('the budget says nothing of what it cannot know', () => {
  const now = 1_000_000_000;
  assert.deepEqual(budget(state({}, { ends_ms: now + 40 * 24 * 60 * MIN }), 1, now), { need: 3 * MIN + 10_000, tight: false });
  assert.equal(budget(state({}, { limit_ms: undefined }), 1, now).need, undefined);
  assert.equal(budget(state({}, { ends_ms: now }), 1, undefined).left, undefined);
  assert.equal(budget(state(floor({ state: 'running', since_ms: now })), 1, undefined).need, undefined);
});

test('one place up or down', () => {
  const list = ['a', 'b', 'c'].map((id) => ({ ...request(id, id), id }));
  assert.equal(neighbour(list, 'b', -1), 'a');
  assert.equal(neighbour(list, 'b', 1), null);
  assert.equal(neighbour(list, 'a', 1), 'c');
  assert.equal(neighbour(list, 'a', -1), undefined);
  assert.equal(neighbour(list, 'c', 1), undefined);
  assert.equal(neighbour(list, 'x', 1), undefined);
});

test('a button is deaf after its meaning changed, not at first', () => {
  const deaf = new Deaf(700);
  assert.equal(deaf.see('call a', 0), false);
  assert.equal(deaf.deaf(1), false);
  assert.equal(deaf.see('call b', 1000), true);
  assert.equal(deaf.see('call b', 1500), false);
  assert.equal(deaf.deaf(1699), true);
  assert.equal(deaf.deaf(1700), false);
});

test('a row that moved is deaf, one that joined at the end moves nobody', () => {
  const moves = new Moves(500);
  moves.see('m', ['a', 'b', 'c'], 0);
  assert.equal(moves.deaf('a', 1), false);
  moves.see('m', ['a', 'b', 'c', 'd'], 100);
  assert.ok(['a', 'b', 'c', 'd'].every((id) => !moves.deaf(id, 101)));
  moves.see('m', ['a', 'c', 'd'], 1000);
  assert.equal(moves.deaf('a', 1001), false);
  assert.equal(moves.deaf('c', 1499), true);
  assert.equal(moves.deaf('c', 1500), false);
  moves.see('m', ['x', 'a', 'c', 'd'], 2000);
  assert.equal(moves.deaf('x', 2001), true);
  moves.see('n', ['y'], 3000);
  assert.equal(moves.deaf('y', 3001), true);
});
