import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindFor, mainAct, meaning, moves, neighbour, notReached, repliesFrom, speakersOf } from './chair-acts.js';
import { groupOf } from './chair-desk.js';
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
  assert.deepEqual(act(state()), { kind: 'call', floor: '', request: 'a', participant: 'fra', as: 'intervention' });
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

const entry = (participant, more = {}) => ({ panel: 'm', participant, kind: 'intervention', recognised_ms: 1, ended_ms: 2, used_ms: 1, ...more });
const later = (panel = {}) => ({ title: 'Afternoon', order: 2, status: 'closed', list: 'closed', warn_ms: 30_000, ...panel });

test('an item without a list offers the next speaker of the programme, and after the last the next panel', () => {
  const opening = { list: 'closed', no_list: true, limit_ms: undefined, panellists: ['president', 'sg'] };
  const heard = { record: { x: entry('president', { kind: 'address' }) }, requests: {} };
  assert.equal(act(state({ requests: {} }, opening)).participant, 'president');
  assert.deepEqual(act(state(heard, opening)), { kind: 'call', floor: '', participant: 'sg', as: 'address' });
  const done = state(heard, { ...opening, panellists: ['president'] });
  assert.equal(act(done).kind, 'close');
  done.panels.n = later();
  assert.deepEqual(act(done), { kind: 'switch', floor: '', participant: undefined, panel: 'n' });
  assert.deepEqual(speakersOf({ ...opening, moderator: 'president' }), ['president', 'sg']);
  assert.deepEqual(speakersOf({ ...opening, panellists: undefined, moderator: 'president' }), ['president']);
});

test('a point of order is offered at once, and ends with a ruling', () => {
  const first = { requests: { b: request('ken', 'b'), p: { ...request('chn', '0'), kind: 'point_of_order' } } };
  const speaking = state({ ...floor({ state: 'running', since_ms: 0 }), ...first });
  assert.deepEqual(act(speaking), { kind: 'call', floor: 'f', request: 'p', participant: 'chn', as: 'point_of_order' });
  speaking.floor.kind = 'point_of_order';
  assert.equal(act(speaking).kind, 'rule');
});

test('a panel that has been heard is closed, then the next one is offered', () => {
  const heard = state({ requests: {}, record: { x: entry('ken') } }, { list: 'closed' });
  heard.panels.n = later();
  assert.equal(act(heard).kind, 'close');
  heard.panels.m.status = 'closed';
  assert.equal(act(heard).panel, 'n');
  heard.record = {};
  assert.equal(act(heard).kind, 'open');
});

test('those whom a panel did not reach', () => {
  const s = state({ record: { x: entry('ken') } }, { status: 'closed' });
  assert.deepEqual(notReached(s).map((n) => [n.panel, n.requests.length]), [['m', 2]]);
  s.record = {}; // not begun yet
  assert.deepEqual(notReached(s), []);
  s.panels.n = later({ status: 'open' });
  s.panel = 'n';
  assert.deepEqual(notReached(s).map((n) => n.panel), ['m']);
  s.panel = 'm';
  s.requests = { z: { ...request('ken', 'a'), panel: 'n' } }; // is still to come
  assert.deepEqual(notReached(s), []);
});

test('the rights of reply at the end of a list', () => {
  const list = (...kinds) => kinds.map((kind, i) => ({ ...request('ken', String(i)), kind, id: String(i) }));
  const [I, R] = ['intervention', 'right_of_reply'];
  assert.equal(repliesFrom(list(I, R, R)), 1);
  assert.equal(repliesFrom(list(R, I)), 2); // the chair called it earlier
  assert.equal(repliesFrom([]), 0);
});

test('what an order would move', () => {
  const list = ['a', 'b', 'c'].map((id) => ({ ...request(id, id), id }));
  assert.deepEqual(moves(list, ['c', 'gone', 'a']).map((m) => [m.request.id, m.from, m.to]), [['c', 2, 0], ['a', 0, 1], ['b', 1, 2]]);
});

test('a group is sent by its id, whatever language its name was typed in', () => {
  const s = state();
  s.debate.groups = { african: { en: 'African Group', fr: 'Groupe africain' } };
  assert.equal(groupOf(s, 'Groupe africain'), 'african');
  assert.equal(groupOf(s, 'Friends of Trafficked Persons'), 'Friends of Trafficked Persons');
});

test('another next speaker is another meaning', () => {
  const later = state();
  delete later.requests.a;
  assert.notEqual(meaning(act(state())), meaning(act(later)));
  assert.equal(meaning(act(state())), meaning(act(state())));
});

test('as what somebody speaks', () => {
  assert.equal(kindFor({ panellists: ['p'], list: 'closed' }, 'p'), 'response');
  assert.equal(kindFor({ moderator: 'p', list: 'closed', no_list: true }, 'p'), 'address');
  assert.equal(kindFor({ panellists: ['p'] }, 'ken'), 'intervention');
  assert.equal(kindFor(undefined, 'ken'), 'intervention');
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
