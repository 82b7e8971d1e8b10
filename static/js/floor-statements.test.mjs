import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Statements } from './floor-statements.js';

test('a list that was asked for before does not bring back what was removed since', async () => {
  const answers = [];
  const api = { get: () => new Promise((answer) => answers.push(answer)), command: async () => ({}) };
  const statements = new Statements(api, 'ken', () => {});
  const opened = statements.read();
  const removed = statements.remove('s1');
  while (answers.length < 2) await new Promise((r) => setImmediate(r));
  answers[1]({ statements: [] });
  await removed;
  answers[0]({ statements: [{ id: 's1', participant: 'ken' }] });
  await opened;
  assert.deepEqual(statements.list, []);
});
