import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { LANGUAGES, choose, formatRange, formatTime, isTimeKnown, language, load, loadMore, problemText, setPlace, t, use } from './i18n.js';

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

/** The pages and the messages that they bring, beside common's; "cards" and "enter" are written by the server. */
const PAGES = { chair: ['chair', 'notices'], display: ['display', 'notices'], floor: ['floor', 'floor-soon', 'floor-more', 'notices'], landing: ['landing'], record: ['record'], certificate: ['certificate'] };
/** Keys that are put together: what follows comes from the wire, or from a table beside it. */
const COMPOSED = /\b(?:t|has)\(`([\w.]+)\$\{|\btOr\('(\w+)'|`((?!rostrum\.)[a-z_]+\.[a-z_.]*)\$\{/g;

/** Whether a word of a key that is put together stands in a script: as a text, or as a name in a table; "ios_1" as "ios". */
const worded = (word, text) => new RegExp(`['"\`]${word}['"\`]|\\b${word.replace(/_\d+$/, '')}:`).test(text);

/** A page's script and all that it imports, at once or later, or names for its types: the join form stands in its page. */
function sources(entry, seen = new Map()) {
  if (seen.has(entry)) return seen;
  const source = readFileSync(new URL(entry, import.meta.url), 'utf8');
  seen.set(entry, source);
  for (const [, name] of source.matchAll(/(?:from|import)\s*\(?\s*'\.\/([\w-]+\.js)'/g)) sources(name, seen);
  return seen;
}

const pages = Object.entries(PAGES).filter(([page]) => existsSync(new URL(`${page}.js`, import.meta.url)));

for (const [page, names] of pages) {
  test(`the messages of ${page} are all there, and none that is not shown`, () => {
    const known = Object.assign({}, ...['common', 'problems', ...names].map((name) => read('en', `${name}.json`)));
    const text = [...sources(`${page}.js`).values()].join('\n');
    const literals = new Set();
    const prefixes = new Set();
    for (const [module, source] of sources(`${page}.js`)) {
      for (const [, key] of source.matchAll(/\bt\(\s*'([\w.]+)'/g)) assert.ok(Object.hasOwn(known, key), `${module}: ${key}`);
      for (const [, key] of source.matchAll(/['"`]([a-z_]+\.[\w.]+)['"`]/g)) literals.add(key);
      for (const [, composed, or, text] of source.matchAll(COMPOSED)) prefixes.add(or ? `${or}.` : (composed ?? text));
    }
    for (const prefix of prefixes) {
      if (prefix.includes('.')) assert.ok(Object.keys(known).some((key) => key.startsWith(prefix)), `${page}: nothing begins with ${prefix}`);
    }
    for (const name of names) {
      for (const key of Object.keys(read('en', `${name}.json`))) {
        const composed = [...prefixes].some((prefix) => prefix.includes('.') && key.startsWith(prefix) && (prefix !== `${page}.` || worded(key.slice(prefix.length), text)));
        assert.ok(literals.has(key) || composed, `${name}.json: ${key} is shown nowhere`);
      }
    }
  });
}

test('every message that all pages bring is shown by one of them', () => {
  const all = pages.map(([page]) => [...sources(`${page}.js`).values()].join('\n')).join('\n');
  const composed = [...all.matchAll(COMPOSED)].map(([, a, or, b]) => (or ? `${or}.` : (a ?? b))).filter((prefix) => prefix.includes('.'));
  for (const key of Object.keys(read('en', 'common.json'))) {
    assert.ok(new RegExp(`['"\`]${key.replaceAll('.', '\\.')}['"\`]`).test(all) || composed.some((prefix) => key.startsWith(prefix)) || all.includes(`'${key.split('.')[0]}'`), `${key} is shown nowhere`);
  }
});

test('every refusal of the server has a message, and every message its refusal', () => {
  const go = ['../../queue/', '../../server/'].flatMap((folder) => {
    const at = new URL(folder, import.meta.url);
    return readdirSync(at).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go')).map((name) => readFileSync(new URL(name, at), 'utf8'));
  }).join('\n');
  const codes = new Set([...go.matchAll(/\b\w+\s+(?:queue\.)?Code\s*=\s*"(\w+)"/g), ...go.matchAll(/^\s*\w+\s*(?:queue\.Code)?\s*=\s*(?:queue\.)?Code\("(\w+)"\)/gm)].map((m) => m[1]));
  assert.ok(codes.size > 30, `${codes.size} codes found`);
  const messages = new Set(Object.keys({ ...read('en', 'problems.json'), ...read('en', 'common.json') }).filter((key) => key.startsWith('problem.')).map((key) => key.slice('problem.'.length)));
  assert.deepEqual([...codes].filter((code) => !messages.has(code)), [], 'refusals without a message');
  assert.deepEqual([...messages].filter((code) => !codes.has(code) && !['network', 'unknown'].includes(code)), [], 'messages without a refusal');
});

test('the language: address, then choice, then browser, then English', () => {
  assert.equal(choose({ query: 'fr', stored: 'ru', browser: ['zh-CN'] }), 'fr');
  assert.equal(choose({ query: 'xx', stored: null, browser: ['de-DE', 'zh-Hans-CN'] }), 'zh');
  assert.equal(choose({ stored: 'ar', browser: ['en'] }), 'ar');
  assert.equal(choose({ browser: ['de', 'constructor'] }), 'en');
});

/** A server whose answers wait, by "lang/name", until they are let go. */
function held() {
  globalThis.document = { documentElement: {}, querySelector: () => null };
  const waiting = new Map();
  globalThis.fetch = (url) => new Promise((answer) => waiting.set(/messages\/(.*)\.json/.exec(url)[1], answer));
  return async (which) => {
    while (!waiting.has(which)) await new Promise((r) => setImmediate(r));
    const [lang, name] = which.split('/');
    waiting.get(which)(new Response(JSON.stringify(read(lang, `${name}.json`))));
    waiting.delete(which);
    await new Promise((r) => setImmediate(r));
  };
}

test('of two languages the one that was chosen last is in force, whichever comes first', async () => {
  const answer = held();
  const [first, second] = [load('fr', 'landing'), load('es', 'landing')];
  for (const which of ['es/common', 'es/landing', 'fr/common', 'fr/landing']) await answer(which);
  assert.deepEqual([await first, await second], [false, true]);
  assert.equal(language(), 'es');
  delete globalThis.document;
});

test('messages that come while the language changes are there in the language that it changes to', async () => {
  const answer = held();
  const [fr, later] = [load('fr', 'landing'), loadMore('floor-more')];
  await answer('es/floor-more'); // the language that was
  await later;
  for (const which of ['fr/common', 'fr/landing', 'fr/floor-more']) await answer(which);
  assert.equal(await fr, true);
  assert.equal(t('floor.note'), read('fr', 'floor-more.json')['floor.note']);
  delete globalThis.document;
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

test('times of day are those of the place as the server tells them, whatever the browser knows', () => {
  const HOUR = 3_600_000;
  const change = Date.UTC(2026, 10, 1, 6); // the clocks of New York go back
  const utc_offsets = [{ from_ms: Date.UTC(2026, 2, 8, 7), until_ms: change, utc_offset_ms: -4 * HOUR }, { from_ms: change, until_ms: change + 1e10, utc_offset_ms: -5 * HOUR }];
  const { DateTimeFormat } = Intl;
  const known = (zone) => zone === undefined || zone === 'UTC';
  Intl.DateTimeFormat = function (lang, options) {
    if (!known(options?.timeZone)) throw new RangeError(`Invalid time zone specified: ${options.timeZone}`);
    return new DateTimeFormat(lang, options);
  };
  try {
    setPlace({ timezone: 'America/New_York', utc_offsets });
    assert.equal(formatTime(change - 1, true), '01:59:59');
    assert.equal(formatTime(change, true), '01:00:00');
    assert.equal(formatTime(change + 12 * HOUR), '13:00');
    assert.equal(isTimeKnown(change), true);
    for (const ms of [utc_offsets[0].from_ms - 1, change + 1e10]) {
      assert.equal(isTimeKnown(ms), false);
      assert.match(formatTime(ms), /^\d\d:\d\d UTC$/);
    }
    setPlace({ timezone: 'America/New_York' }); // which the server does not know
    assert.equal(formatTime(change), '06:00 UTC');
    setPlace({ timezone: 'Asia/Kathmandu', utc_offsets: [{ utc_offset_ms: 5.75 * HOUR }] });
    assert.equal(formatTime(change), '11:45');
    setPlace({});
    assert.equal(formatTime(change), new DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(change), "without a place, the device's");
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
    setPlace({});
  }
});
