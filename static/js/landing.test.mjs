import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrongWay } from './landing-path.js';

test('the address says what was wrong with it', () => {
  assert.equal(wrongWay('/'), undefined);
  assert.equal(wrongWay('/ga-2008-trafficking/enter'), 'link');
  assert.equal(wrongWay('/ga-2008-trafficking/enter/'), 'link');
  assert.equal(wrongWay('/nothing'), 'debate');
  assert.equal(wrongWay('/nothing/floor'), 'debate');
});
