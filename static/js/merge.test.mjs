import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch } from './merge.js';

test('the examples of RFC 7396, appendix A', () => {
  const cases = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];
  for (const [target, patch, want] of cases) assert.deepEqual(mergePatch(JSON.parse(target), JSON.parse(patch)), JSON.parse(want), patch);
});

test('what the patch does not touch stays the same object, and nothing is changed in place', () => {
  const target = Object.freeze({ a: Object.freeze({ x: 1 }), b: Object.freeze({ y: 1 }) });
  const out = mergePatch(target, { a: { x: 2 } });
  assert.equal(out.b, target.b);
  assert.notEqual(out.a, target.a);
  assert.equal(mergePatch(target, {}), target);
  assert.equal(mergePatch(target, { a: { x: 1 }, c: null }), target);
});

test('"__proto__" is an id like any other', () => {
  const out = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.equal(out.polluted, undefined);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  assert.deepEqual(Object.keys(out), ['__proto__']);
  assert.deepEqual(Object.keys(mergePatch(out, JSON.parse('{"a":1}'))), ['__proto__', 'a']);
  assert.deepEqual(Object.keys(mergePatch(out, JSON.parse('{"__proto__":null}'))), []);
});
