import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { LANGUAGES, choose, formatRange, loadMore, problemText, t, use } from './i18n.js';

const dir = new URL('../messages/', import.meta.url);
const read = (lang, file) => JSON.parse(readFileSync(new URL(`${lang}/${file}`, dir), 'utf8'));
const files = readdirSync(new URL('en/', dir)).sort();
const texts = (message) => (typeof message === 'string' ? [message] : Object.values(message));
const places = (message) => new Set(texts(message).flatMap((s) => s.match(/\{\w+\}/g) ?? []));

for (const lang of Object.keys(LANGUAGES)) {
  test(`messages in ${lang} are complete`, () => {
    assert.deepEqual(readdirSync(new URL(`${lang}/`, dir)).sort(), files);
    const categories = new Intl.PluralRules(lang).resolvedOptions().pluralCategories.sort();
    for (const file of files) {
      const english = read('en', file);
      const messages = read(lang, file);
      assert.deepEqual(Object.keys(messages).sort(), Object.keys(english).sort(), `${lang}/${file}: keys`);
      for (const [key, message] of Object.entries(messages)) {
        const name = `${lang}/${file}: ${key}`;
        assert.equal(typeof message, typeof english[key], name);
        assert.ok(texts(message).every((s) => typeof s === 'string' && s.trim() !== ''), `${name}: empty`);
        // "count" may be said by a word ("one minute"), any other place must be there.
        assert.deepEqual([...places(message)].sort(), [...places(english[key])].sort(), `${name}: places`);
        if (typeof message === 'object') assert.deepEqual(Object.keys(message).sort(), categories, `${name}: plural categories`);
      }
    }
  });
}

test('no key stands in two files', () => {
  const seen = new Map();
  for (const file of files) {
    for (const key of Object.keys(read('en', file))) {
      // Two pages may be loaded with common, never with each other.
      assert.ok(!seen.has(key), `${key} in ${seen.get(key)} and ${file}`);
      seen.set(key, file);
    }
  }
});

test('every message that a shared module names is there', () => {
  const common = read('en', 'common.json');
  for (const module of ['i18n.js', 'parts.js', 'app.js']) {
    const source = readFileSync(new URL(module, import.meta.url), 'utf8');
    for (const [, key] of source.matchAll(/\bt\('([\w.]+)'/g)) assert.ok(key in common, `${module}: ${key}`);
  }
});

test('the language: address, then choice, then browser, then English', () => {
  assert.equal(choose({ query: 'fr', stored: 'ru', browser: ['zh-CN'] }), 'fr');
  assert.equal(choose({ query: 'xx', stored: null, browser: ['de-DE', 'zh-Hans-CN'] }), 'zh');
  assert.equal(choose({ stored: 'ar', browser: ['en'] }), 'ar');
  assert.equal(choose({ browser: ['de', 'constructor'] }), 'en');
});

test('plurals, places and numbers', () => {
  use('ru', read('ru', 'common.json'));
  assert.equal(t('common.wait_up_to', { count: 21 }), 'до 21 минуты');
  assert.equal(t('common.wait_up_to', { count: 5 }), 'до 5 минут');
  use('ar', read('ar', 'common.json'));
  assert.equal(t('common.wait_up_to', { count: 2 }), 'حتى دقيقتين');
  assert.match(t('common.wait_up_to', { count: 12 }), /12/);
  use('en', read('en', 'common.json'));
  assert.equal(formatRange([20_000, 30_000]), 'less than a minute');
  assert.equal(formatRange([245_000, 400_000]), '4 to 7 minutes');
  assert.equal(formatRange([10_000, 200_000]), 'up to 4 minutes');
  assert.equal(t('toString'), 'toString');
  assert.equal(t('common.behalf', { name: '{name} <b>' }), 'on behalf of {name} <b>');
});

test('a refusal is told by its code, an unknown one too', async () => {
  assert.equal(problemText({ code: 'list_closed' }), t('common.loading'), 'until the messages of refusals are here');
  globalThis.fetch = async (url) => new Response(readFileSync(url));
  await loadMore('problems');
  assert.match(problemText({ code: 'list_closed' }), /closed/);
  assert.match(problemText({ code: 'teapot' }), /teapot/);
  assert.match(problemText({ code: 'malformed', field: 'note' }), /note/);
  assert.match(problemText({ code: 'rate_limited', retry_ms: 170_000 }), /3 minutes/);
  assert.match(problemText({ code: 'rate_limited', retry_ms: 9_500 }), /10 seconds/);
});
