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
