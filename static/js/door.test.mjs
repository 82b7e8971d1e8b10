import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeIn, digitsOf, isToken, moveActive } from './door.js';

test('digits of any script are a code', () => {
  assert.equal(digitsOf('12 34-56'), '123456');
  assert.equal(digitsOf('١٢٣٤٥٦'), '123456');
  assert.equal(digitsOf('۱۲۳۴۵۶'), '123456');
  assert.equal(digitsOf('１２３４５６'), '123456');
  assert.equal(digitsOf('९𝟠'), '98');
  assert.equal(digitsOf('abc'), '');
});

test('a code comes with the address', () => {
  assert.equal(codeIn('#code=042137'), '042137');
  assert.equal(codeIn('#code=~aB3_-9xYz0123456'), '~aB3_-9xYz0123456');
  assert.equal(codeIn('#code=~1<2'), '12');
  assert.equal(isToken('042137'), false);
  assert.equal(codeIn('#other'), '');
  assert.equal(codeIn(''), '');
});

test('arrow keys go round the options', () => {
  assert.equal(moveActive('ArrowDown', -1, 3), 0);
  assert.equal(moveActive('ArrowDown', 2, 3), 0);
  assert.equal(moveActive('ArrowUp', -1, 3), 2);
  assert.equal(moveActive('ArrowUp', 0, 0), -1);
});
