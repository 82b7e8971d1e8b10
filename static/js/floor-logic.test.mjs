import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GIVE_UP_MS, alerts, fateOf, isOwnFloor, levelOf, ticketsOf, tidy, webOnly } from './floor-logic.js';

const request = (participant, rank, kind = 'intervention', panel = 'p') => ({ participant, panel, kind, rank, at_ms: 0 });
const state = (requests, floor) => ({ panel: 'p', panels: {}, spoken: {}, requests, ...(floor && { floor }) });
const kept = (more) => ({ mine: {}, floors: [], outbox: [], ...more });
const floor = (participant) => ({ id: 'f', participant, kind: 'intervention', panel: 'p', timer: { state: 'running', used_ms: 0, since_ms: 0 } });

test('ready at two speakers before, then next, then the floor', () => {
  const list = { a: request('usa', '1'), b: request('fra', '2'), c: request('ken', '3') };
  assert.equal(levelOf(state(list, floor('chn')), 'ken', kept()), 'listed');
  assert.equal(levelOf(state(list), 'ken', kept()), 'ready');
  assert.equal(levelOf(state({ b: list.b, c: list.c }, floor('usa')), 'ken', kept()), 'ready');
  assert.equal(levelOf(state({ c: list.c }, floor('fra')), 'ken', kept()), 'next');
  assert.equal(levelOf(state({}, floor('ken')), 'ken', kept()), 'floor');
  assert.equal(levelOf(state({}), 'ken', kept()), 'idle');
});

test('an interrupted speaker still has the floor', () => {
  const s = { ...state({}, floor('chn')), interrupted: floor('ken') };
  assert.equal(levelOf(s, 'ken', kept()), 'floor');
});

test('alerts only when the floor comes nearer, and never at the first look', () => {
  assert.equal(alerts(undefined, 'next'), false);
  assert.equal(alerts('idle', 'listed'), false);
  assert.equal(alerts('listed', 'ready'), true);
  assert.equal(alerts('idle', 'next'), true);
  assert.equal(alerts('next', 'ready'), false);
  assert.equal(alerts('next', 'next'), false);
});

test('what is being withdrawn has no place, what others asked is not our own', () => {
  const s = state({ a: request('ken', '1'), b: request('ken', '2', 'right_of_reply') });
  const both = ticketsOf(s, 'ken', kept({ mine: { a: { panel: 'p', kind: 'intervention' } } }));
  assert.deepEqual(both.map((r) => [r.id, r.place, r.own]), [['a', 1, true], ['b', 2, false]]);
  const outbox = [{ act: 'withdraw', id: 'a', key: 'k' }];
  assert.deepEqual(ticketsOf(s, 'ken', kept({ outbox })).map((r) => r.id), ['b']);
});

test('a request is sent, given up after five minutes, and done once the list shows it', () => {
  const item = { act: 'ask', id: 'a', body: { id: 'a', panel: 'p', kind: 'intervention' } };
  const old = (age) => ({ age, undoable: false });
  assert.equal(fateOf(item, old(1000), undefined), 'send');
  assert.equal(fateOf(item, old(GIVE_UP_MS), undefined), 'send');
  assert.equal(fateOf(item, old(GIVE_UP_MS + 1), undefined), 'give_up');
  assert.equal(fateOf(item, old(GIVE_UP_MS + 1), state({ a: request('ken', '1') })), 'done');
});

test('nothing is sent while it is not known how old it is', () => {
  const unknown = { age: undefined, undoable: false };
  const listed = state({ a: request('ken', '1') });
  assert.equal(fateOf({ act: 'ask', id: 'b', body: { id: 'b', panel: 'p', kind: 'intervention' } }, unknown, listed), 'wait');
  assert.equal(fateOf({ act: 'withdraw', id: 'a', key: 'k' }, unknown, listed), 'wait');
  assert.equal(fateOf({ act: 'withdraw', id: 'a', key: 'k' }, unknown, state({})), 'done');
});

test('a withdrawal waits for its undo, and is done once the list is without it', () => {
  const item = { act: 'withdraw', id: 'a', key: 'k' };
  const listed = state({ a: request('ken', '1') });
  assert.equal(fateOf(item, { age: 1000, undoable: true }, listed), 'wait');
  assert.equal(fateOf(item, { age: 5000, undoable: false }, listed), 'send');
  assert.equal(fateOf(item, { age: 1000, undoable: true }, state({})), 'done');
  assert.equal(fateOf(item, { age: GIVE_UP_MS + 1, undoable: true }, listed), 'give_up');
});

test('an intervention is our own when our request of that kind has left the list for it', () => {
  const mine = { a: { panel: 'p', kind: 'intervention' } };
  assert.equal(isOwnFloor(state({}, floor('ken')), floor('ken'), kept({ mine })), true);
  assert.equal(isOwnFloor(state({ a: request('ken', '1') }), floor('ken'), kept({ mine })), false);
  assert.equal(isOwnFloor(state({}), floor('ken'), kept()), false);
  assert.equal(isOwnFloor(state({}), floor('ken'), kept({ floors: ['f'] })), true);
});

test('what left the list of another panel is forgotten', () => {
  const mine = { a: { panel: 'old', kind: 'intervention' }, b: { panel: 'p', kind: 'intervention' }, c: { panel: 'old', kind: 'intervention' } };
  const after = tidy(kept({ mine }), state({ c: request('ken', '1', 'intervention', 'old') }));
  assert.deepEqual(Object.keys(after.mine), ['b', 'c']);
});

test('a paper is an address of the web, nothing that runs', () => {
  assert.equal(webOnly('https://example.org/a.pdf'), 'https://example.org/a.pdf');
  assert.equal(webOnly('/files/a.pdf'), '/files/a.pdf');
  assert.equal(webOnly('javascript:alert(1)'), '#');
  assert.equal(webOnly('//evil.example'), '#');
});

test('the page names every module in advance, so that a slow network is asked once', () => {
  const root = new URL('../', import.meta.url);
  const found = new Set();
  const walk = (url) => {
    if (found.has(url.pathname)) return;
    found.add(url.pathname);
    const source = readFileSync(url, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, path] of source.matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)) walk(new URL(path, url));
  };
  walk(new URL('js/door.js', root)); // that imports nothing: it stands in the page
  assert.equal(found.size, 1);
  walk(new URL('js/floor.js', root));
  const page = readFileSync(new URL('floor.html', root), 'utf8');
  const named = [...page.matchAll(/(?:modulepreload" href|module" src)="\/static\/([^"]+)"/g)].map((m) => new URL(m[1], root).pathname);
  assert.deepEqual(named.sort(), [...found].sort());
});
