import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemError } from './api.js';
import { Desk } from './chair-desk.js';

/** A desk whose commands are kept, with their answers to be given. */
function desk(t) {
  const d = new Desk();
  const sent = [];
  const command = (method, path, body, options) => new Promise((done, failed) => sent.push({ method, path, body, key: options?.key, done, lost: () => failed(new ProblemError({ code: 'network' })) }));
  Object.assign(d, { stale: false, app: { render() {}, api: { command } } });
  t.after(() => d.timers.forEach((timer) => clearTimeout(timer)));
  return { d, sent };
}
const state = { panel: 'morning', debate: { groups: {} }, requests: {} };

test('a command whose answer was lost is sent again as it was, and anew once others were answered', async (t) => {
  const { d, sent } = desk(t);
  const suspend = () => d.setPanel(state, { status: 'suspended' }, 'panel');
  const give = async (command, how) => (sent.at(-1)[how]({}), command);
  await give(suspend(), 'lost');
  await give(suspend(), 'lost');
  assert.equal(sent[1].key, sent[0].key);
  await give(d.setPanel(state, { status: 'open' }, 'panel'), 'done');
  await give(suspend(), 'done');
  assert.notEqual(sent[3].key, sent[0].key, 'the server would say that it did so before, and do nothing');
});

test('who is typed while another is being added is neither forgotten nor mistaken for them', async (t) => {
  const { d, sent } = desk(t);
  const until = async (n) => {
    while (sent.length < n) await new Promise((r) => setImmediate(r));
  };
  Object.assign(d.draft, { query: 'Chile', picked: 'chl' });
  const chile = d.raise(state, 'chl', 'intervention', false);
  Object.assign(d.draft, { query: 'Fi', picked: undefined });
  sent[0].done({});
  await chile;
  assert.equal(d.draft.query, 'Fi');

  Object.assign(d.draft, { query: 'Somebody new', newcomer: true });
  const newcomer = d.raise(state, undefined, 'intervention', false);
  Object.assign(d.draft, { query: 'Ke', newcomer: false });
  sent[1].done({});
  await until(3);
  sent[2].done({});
  await newcomer;
  assert.deepEqual([d.draft.query, d.draft.picked], ['Ke', undefined]);
});
