import assert from 'node:assert/strict';
import { test } from 'node:test';
import { both, merge } from './record-merge.js';
import { MOST_LETTERS, separated, suggested, tagsOf, withTyped } from './record-tags.js';

const note = (...tags) => ({ note: { text: '', revision: 1, tags } });

test('the most used theme comes first', () => {
  assert.deepEqual(tagsOf({ record: { a: note('Trade', 'Children'), b: note('Children'), c: {} } }), ['Children', 'Trade']);
  assert.deepEqual(tagsOf({}), []);
});

test('suggested is what answers to what was typed and is not there yet', () => {
  const known = ['Children', 'Child labour', 'Prévention'];
  assert.deepEqual(suggested(known, ['Children'], ''), ['Child labour', 'Prévention']);
  assert.deepEqual(suggested(known, [], 'chil'), ['Children', 'Child labour']);
  assert.deepEqual(suggested(known, [], 'LABOUR'), ['Child labour']);
  assert.deepEqual(suggested(known, [], 'preve'), ['Prévention']);
});

test('a theme does not stand twice for a capital or an accent', () => {
  assert.deepEqual(withTyped([], 'prevention', ['Prévention']), ['Prévention']);
  assert.deepEqual(withTyped(['Trade'], 'trade', []), ['Trade']);
  assert.deepEqual(withTyped(['a'], '  new   theme ', []), ['a', 'new theme']);
});

test('several at once, in any script', () => {
  assert.deepEqual(withTyped([], 'one, two; three', []), ['one', 'two', 'three']);
  assert.deepEqual(withTyped([], 'الأطفال، الوقاية', []), ['الأطفال', 'الوقاية']);
  assert.deepEqual(withTyped([], '儿童、预防', []), ['儿童', '预防']);
  assert.deepEqual(withTyped([], ' , ;', []), []);
  assert.ok(separated('预防，') && !separated('two words'));
});

test('a theme is as long as the server takes, in characters', () => {
  const [tag] = withTyped([], '𝒳'.repeat(90), []);
  assert.equal([...tag].length, MOST_LETTERS);
});

const content = (text, tags = [], quote = false) => ({ text, tags, quote });

test('two come together where no words are lost', () => {
  const from = content('old', ['a', 'b']);
  assert.deepEqual(merge(from, content('old', ['a', 'b', 'mine']), content('new', ['b', 'theirs'], true)), content('new', ['b', 'theirs', 'mine'], true));
  assert.deepEqual(merge(from, content('mine', ['b'], true), content('old', ['a', 'b'])), content('mine', ['b'], true));
  assert.deepEqual(merge(from, content('same'), content('same')), content('same'));
  assert.equal(merge(from, content('mine'), content('theirs')), undefined);
});

test('both: every word and theme, and a quote only if all of it is', () => {
  assert.deepEqual(both(content('theirs', ['a'], true), content('mine', ['b', 'a'])), content('theirs\n\nmine', ['a', 'b']));
  assert.equal(both(content('x', [], true), content('y', [], true)).quote, true);
});
