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

test('what is said of somebody who is being added is not said of the next one', async (t) => {
  const { d, sent } = desk(t);
  const said = { kind: 'right_of_reply', behalf: 'Some states', speaker: 'H.E. the Minister', level: 'minister' };
  for (const answer of ['done', 'lost']) {
    Object.assign(d.draft, { query: 'Chile', picked: 'chl', ...said });
    const chile = d.raise(state, 'chl', 'right_of_reply', false);
    Object.assign(d.draft, { query: 'Fi', picked: undefined, speaker: 'Another' });
    sent.at(-1)[answer]({});
    await chile;
    const { query, kind, behalf, speaker, level } = d.draft;
    const kept = answer === 'done' ? { kind: undefined, behalf: '', level: '' } : said;
    assert.deepEqual({ query, kind, behalf, speaker, level }, { ...kept, query: 'Fi', speaker: 'Another' });
  }
});

test('the large button does what it was drawn for, and nothing else', async (t) => {
  const { d, sent } = desk(t);
  const call = (participant) => ({ kind: 'call', floor: '', request: `r-${participant}`, participant });
  const now = t.mock.method(performance, 'now', () => 10_000);
  d.main.see('morning call  r-fra fra ', 0);
  d.mainWords = 'Give the floor to France';
  d.perform(state, call('ken'), { textContent: 'Give the floor to France' });
  assert.equal(sent.length, 0, 'it says France');
  d.perform(state, call('fra'), { textContent: '\n Give the floor to \u2068France\u2069 ' });
  assert.deepEqual(sent.map((s) => s.body.request), ['r-fra']);
  now.mock.restore();
});

test('where others have changed a button’s words the tap is refused once, and the page’s words are drawn again', (t) => {
  const { d } = desk(t);
  let at = 10_000;
  t.mock.method(performance, 'now', () => at);
  const claimed = [];
  d.app.drawing = { claim: (element) => claimed.push(element) };
  const button = { textContent: 'Donner la parole à la France' };
  const reads = (what = 'call fra') => d.reads('main', what, button, 'Give the floor to France');
  assert.equal(reads(), false);
  assert.deepEqual(claimed, [button]);
  assert.equal(d.note?.where, 'main');
  at += d.main.ms - 1;
  assert.equal(reads(), false, 'the finger may have been on its way');
  at += 1;
  assert.equal(reads(), true, 'the chair has seen both');
  assert.equal(reads('call ken'), false, 'that is another tap');
  at += 60_000;
  assert.equal(reads('call fra'), false, 'that was long ago');
  button.textContent = 'Give the floor to France';
  assert.equal(reads(), true);
});
