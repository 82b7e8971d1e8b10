import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { inLanguage, use } from './i18n.js';
import { PRESETS, clockNews, isFresh, messageText, ruledText, since, tellingOf } from './notices.js';

const read = (lang) => JSON.parse(readFileSync(new URL(`../messages/${lang}/notices.json`, import.meta.url), 'utf8'));
const ruled = { id: 'i', participant: 'bra', ruling: 'overruled', at_ms: 10_000 };
const message = { text: 'Ten minutes left', preset: 'ten', at_ms: 5_000 };

test('a ruling is told for twenty seconds, unless the chair says something since', () => {
  assert.deepEqual(tellingOf({}, 0), {});
  assert.deepEqual(tellingOf({ message }, 1e9), { message });
  assert.deepEqual(tellingOf({ ruled, message }, 29_999), { ruled });
  assert.deepEqual(tellingOf({ ruled, message }, 30_000), { message });
  assert.deepEqual(tellingOf({ ruled }, 30_000), {});
  assert.deepEqual(tellingOf({ ruled, message: { ...message, at_ms: 10_001 } }, 11_000).ruled, undefined);
  assert.deepEqual(tellingOf({ ruled }, undefined), {}, 'nothing is new while the time is not known');
  assert.ok(isFresh(ruled, 20_000) && !isFresh(undefined, 20_000));
});

test('each reader has the chair’s sentences in their own language', () => {
  use('fr', read('fr'));
  assert.equal(messageText(message), 'Il reste dix minutes');
  assert.equal(messageText({ text: 'Le café est servi', at_ms: 0 }), 'Le café est servi');
  assert.equal(messageText({ text: 'Soon', preset: 'of_a_later_version', at_ms: 0 }), 'Soon');
  assert.equal(messageText({ text: 'Soon', preset: 'toString', at_ms: 0 }), 'Soon');
  assert.equal(messageText({ text: '2 minutes', kind: 'limit', limit_ms: 120_000, at_ms: 0 }), 'Désormais, 2 minutes par orateur');
  assert.match(messageText({ text: '1:30', kind: 'limit', limit_ms: 90_000, at_ms: 0 }), /^Désormais, .1:30. par orateur$/);
  assert.match(ruledText(ruled, 'Brésil'), /^Motion d’ordre – .Brésil. : rejetée par la présidence$/);
  use('fr', {});
  assert.equal(messageText(message), 'Ten minutes left', 'until the words are here');
  assert.equal(ruledText(ruled, 'Brésil'), undefined);
});

test('a second language has plurals of its own', async () => {
  use('en', read('en'));
  globalThis.fetch = async (url) => new Response(readFileSync(url));
  const say = await inLanguage('ru', 'notices');
  assert.equal(messageText({ text: '', kind: 'limit', limit_ms: 120_000, at_ms: 0 }, say), 'Теперь по 2 минуты каждому оратору');
  assert.equal(messageText({ text: '', kind: 'limit', limit_ms: 300_000, at_ms: 0 }, say), 'Теперь по 5 минут каждому оратору');
  assert.equal(messageText(message), 'Ten minutes left', 'the first is as it was');
});

test('every sentence that the pages know is in every language, and documented', () => {
  const api = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  for (const lang of readdirSync(new URL('../messages/', import.meta.url))) {
    const known = Object.keys(read(lang)).filter((key) => key.startsWith('notice.preset.')).map((key) => key.slice('notice.preset.'.length));
    assert.deepEqual(known.sort(), [...PRESETS].sort(), lang);
  }
  for (const preset of PRESETS) assert.ok(api.includes(`\`${preset}\``), `${preset} is not in docs/api.md`);
});

test('a setting of the clock is news for five minutes, and nobody waits for it', () => {
  const step = { at_ms: 100_000, by_ms: 7_200_000 };
  const followed = { ...step, followed_ms: 7_400_000 };
  assert.equal(clockNews({}, 0), undefined);
  assert.equal(clockNews({ clock_steps: [step] }, undefined), undefined);
  assert.equal(clockNews({ clock_steps: [step] }, 399_999), step);
  assert.equal(clockNews({ clock_steps: [step] }, 400_000), undefined);
  assert.equal(clockNews({ clock_steps: [followed] }, 7_500_000), followed);
  assert.equal(since({}, 50_000, 60_000), 10_000);
  assert.equal(since({ clock_steps: [step] }, 50_000, 7_500_000), 7_450_000);
  assert.equal(since({ clock_steps: [followed] }, 50_000, 7_500_000), 250_000);
  assert.equal(since({ clock_steps: [followed] }, 7_450_000, 7_500_000), 50_000);
});
