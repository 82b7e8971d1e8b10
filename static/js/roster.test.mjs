import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Roster, fold } from './roster.js';

const NAMES = {
  en: { civ: 'Côte d’Ivoire', gnq: 'Equatorial Guinea', gin: 'Guinea', deu: 'Germany', egy: 'Egypt', kor: 'Republic of Korea' },
  fr: { civ: 'Côte d’Ivoire', gnq: 'Guinée équatoriale', gin: 'Guinée', deu: 'Allemagne', egy: 'Égypte', kor: 'République de Corée' },
  ar: { civ: 'كوت ديفوار', gnq: 'غينيا الاستوائية', gin: 'غينيا', deu: 'ألمانيا', egy: 'مصر', kor: 'جمهورية كوريا' },
};

/** A roster in English that has read all languages. */
async function roster() {
  globalThis.fetch = async (url) => {
    const lang = new URL(url, 'http://x').searchParams.get('lang');
    const participants = Object.entries(NAMES[lang]).map(([id, name], i) => ({ id, name, sort: 10 - i, category: 'member_state' }));
    return new Response(JSON.stringify({ participants }));
  };
  const r = new Roster({ url: (path) => path }, { languages: Object.keys(NAMES) });
  await r.load('en', '1');
  await r.loadOthers();
  return r;
}
const found = (r, q) => r.search(q).map((p) => p.id);

test('search ignores accents, case and punctuation', async () => {
  const r = await roster();
  assert.deepEqual(found(r, 'COTE D'), ['civ']);
  assert.deepEqual(found(r, "d'ivoire"), ['civ']);
  assert.equal(fold('Égypte'), 'egypte');
});

test('search finds in every language', async () => {
  const r = await roster();
  assert.deepEqual(found(r, 'allem'), ['deu']);
  assert.deepEqual(found(r, 'المانيا'), ['deu']);
  assert.deepEqual(found(r, 'مصر'), ['egy']);
});

test('who begins with the letters comes first, then by the order of the language', async () => {
  const r = await roster();
  assert.deepEqual(found(r, 'gui'), ['gin', 'gnq']);
  assert.deepEqual(found(r, 'kor'), ['kor']);
  assert.deepEqual(r.search('').map((p) => p.sort), [5, 6, 7, 8, 9, 10]);
  assert.deepEqual(found(r, 'zzz'), []);
});

test('names: the reader\'s, another language\'s, or the id', async () => {
  const r = await roster();
  assert.equal(r.name('deu'), 'Germany');
  assert.equal(r.name('deu', 'fr'), 'Allemagne');
  assert.equal(r.name('nobody'), 'nobody');
});

test('an answer that comes late does not take those away who came to the roster since', async () => {
  const answers = [];
  globalThis.fetch = () => new Promise((answer) => answers.push(answer));
  const r = new Roster({ url: (path) => path }, { languages: ['en'] });
  const loads = [r.load('en', '1'), r.load('en', '2')];
  const give = (answer, names) => answer(new Response(JSON.stringify({ participants: names.map((name, sort) => ({ id: name, name, sort, category: 'member_state' })) })));
  give(answers[1], ['Chile', 'Fiji']);
  await loads[1];
  give(answers[0], ['Chile']);
  await loads[0];
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(found(r, 'fij'), ['Fiji']);
});
