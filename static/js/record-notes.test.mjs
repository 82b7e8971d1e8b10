import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ProblemError } from './api.js';
import { Notes } from './record-notes.js';
import { entriesOf, filtered, overtimeOf, rowsOf, statisticsOf } from './record-logic.js';

/** A server with one note: revisions as the wire has them. */
function server(text = '', revision = 0) {
  const s = { text, revision, calls: [], down: false };
  s.save = async (id, content, base, key) => {
    s.calls.push({ id, ...content, base, key });
    if (s.down) throw new ProblemError({ code: 'network', status: 0 });
    if (base !== s.revision) throw new ProblemError({ code: 'note_changed', status: 409, text: s.text, tags: s.tags, quote: s.quote, revision: s.revision });
    Object.assign(s, content);
    return { revision: ++s.revision };
  };
  return s;
}
/** Notes of the test that runs. */
let started = [];
const start = (s, more) => {
  const notes = new Notes({ save: s.save, onChange() {}, wait: 5, ...more });
  started.push(notes);
  return notes;
};
beforeEach(() => {
  started = [];
});

/** Waits until nothing is being saved, nor will be soon. */
async function settled() {
  const waits = (d) => d.saving || !(d.problem || d.conflict || d.behind);
  while (started.some((notes) => [...notes.drafts.values()].some(waits))) await new Promise((done) => setTimeout(done, 1));
}

test('a note is saved once, a moment after the last key', async () => {
  const s = server();
  const notes = start(s);
  notes.edit('a', { text: 'o' }, undefined);
  notes.edit('a', { text: 'on' }, undefined);
  assert.equal(notes.status('a', undefined), 'unsaved');
  await settled();
  assert.deepEqual(s.calls.map((c) => [c.text, c.base]), [['on', 0]]);
  assert.equal(notes.status('a', undefined), 'saved');
  assert.equal(notes.content('a', undefined).text, 'on', 'before the stream shows it');
});

test('what is typed while a note is being saved is saved after it', async () => {
  const s = server();
  const notes = start(s);
  notes.edit('a', { text: 'one' }, undefined);
  const saving = notes.save('a');
  notes.edit('a', { text: 'one two' }, undefined);
  await saving;
  await settled();
  assert.deepEqual(s.calls.map((c) => [c.text, c.base]), [['one', 0], ['one two', 1]]);
});

test('a stale save loses neither text', async () => {
  for (const [choice, text] of [['mine', 'mine'], ['theirs', 'theirs'], ['both', 'theirs\n\nmine']]) {
    const s = server('theirs', 3);
    const notes = start(s);
    notes.focus('a', { text: '', revision: 2 });
    notes.edit('a', { text: 'mine' }, { text: 'theirs', revision: 3 });
    await settled();
    assert.equal(notes.status('a', undefined), 'conflict');
    assert.equal(notes.content('a', undefined).text, 'mine', 'what is being written stays');
    notes.settle('a', choice);
    await settled();
    assert.equal(s.text, text);
    assert.equal(notes.content('a', { text: s.text, revision: s.revision }).text, text);
    assert.equal(notes.drafts.size, 0);
  }
});

test('a tag and a text from two come together by themselves', async () => {
  const s = server('text', 1);
  const [one, two] = [start(s), start(s)];
  const shown = { text: 'text', revision: 1 };
  one.edit('a', { tags: ['Children'] }, shown);
  await settled();
  two.edit('a', { text: 'longer text', quote: true }, shown);
  await settled();
  assert.deepEqual([s.text, s.tags, s.quote], ['longer text', ['Children'], true]);
  assert.equal(two.drafts.size, 0);
  one.edit('a', { tags: ['Children', 'Trade'] }, { text: 'text', revision: 2, tags: ['Children'] });
  await settled();
  assert.deepEqual([s.text, s.tags, s.quote], ['longer text', ['Children', 'Trade'], true], 'nor does a tag take words away');
});

test('words do not come under a cursor with a tag of one’s own', async () => {
  for (const typed of [undefined, 'mine']) {
    const s = server('theirs', 2);
    const notes = start(s);
    notes.focus('a', { text: 'old', revision: 1 });
    notes.edit('a', { tags: ['Children'] }, undefined);
    await settled();
    assert.equal(notes.content('a', undefined).text, 'old', 'what is under the cursor stays');
    if (typed) {
      notes.edit('a', { text: typed }, undefined);
      await settled();
      assert.equal(notes.status('a', undefined), 'conflict', 'and what is typed there is not laid over theirs');
      assert.equal(s.text, 'theirs');
      notes.settle('a', 'both');
    }
    notes.blur('a');
    await settled();
    assert.deepEqual([s.text, s.tags], [typed ? 'theirs\n\nmine' : 'theirs', ['Children']]);
  }
});

test('drafts that were kept before there were tags are still saved', async () => {
  const stored = new Map([['n', JSON.stringify([['a', { text: 'kept', base: 1 }]])]]);
  globalThis.localStorage = { getItem: (k) => stored.get(k) ?? null, setItem: (k, v) => stored.set(k, v), removeItem: (k) => stored.delete(k) };
  const s = server('', 1);
  start(s, { storage: 'n' });
  await settled();
  delete globalThis.localStorage;
  assert.equal(s.text, 'kept');
});

test('the same text from two is no conflict', async () => {
  const s = server('same', 1);
  const notes = start(s);
  notes.edit('a', { text: 'same' }, undefined);
  await settled();
  assert.equal(notes.status('a', undefined), 'saved');
});

test('nothing changes under a cursor, and what came meanwhile shows afterwards', () => {
  const notes = start(server());
  notes.focus('a', { text: 'before', revision: 1 });
  const later = { text: 'after', revision: 2 };
  assert.equal(notes.content('a', later).text, 'before');
  notes.blur('a');
  assert.equal(notes.content('a', later).text, 'after');
});

test('without a connection a note is kept and sent again under the same id', async () => {
  const s = server();
  s.down = true;
  const notes = start(s);
  notes.edit('a', { text: 'text' }, undefined);
  await settled();
  assert.equal(notes.status('a', undefined), 'offline');
  s.down = false;
  notes.flush();
  await settled();
  assert.equal(notes.status('a', undefined), 'saved');
  assert.equal(s.calls[0].key, s.calls[1].key);
});

test('what is typed after an answer was lost is no conflict with oneself', async () => {
  const s = server('', 0);
  const done = new Map();
  const save = async (id, content, base, key) => {
    if (!done.has(key)) done.set(key, await s.save(id, content, base, key));
    if (done.size === 1 && !s.told) {
      s.told = true;
      throw new ProblemError({ code: 'network', status: 0 }); // saved, and nobody hears of it
    }
    return done.get(key);
  };
  const notes = start({ save });
  notes.edit('a', { text: 'one' }, undefined);
  await notes.save('a');
  assert.equal(notes.status('a', undefined), 'offline');
  notes.edit('a', { text: 'one two' }, undefined);
  await settled();
  assert.equal(notes.status('a', undefined), 'saved');
  assert.equal(s.text, 'one two');
});

test('a reload loses nothing', async () => {
  const stored = new Map();
  globalThis.localStorage = { getItem: (k) => stored.get(k) ?? null, setItem: (k, v) => stored.set(k, v), removeItem: (k) => stored.delete(k) };
  const s = server();
  s.down = true;
  const before = start(s, { storage: 'n' });
  before.edit('a', { text: 'half a sent' }, undefined);
  for (const timer of before.timers.values()) clearTimeout(timer); // the page is gone
  started = [];
  s.down = false;
  const notes = start(s, { storage: 'n' });
  assert.equal(notes.content('a', undefined).text, 'half a sent');
  await settled();
  assert.equal(s.text, 'half a sent');
  assert.equal(stored.size, 0);
  delete globalThis.localStorage;
});

const entry = (id, panel, at, more) => ({ id, panel, participant: id, kind: 'intervention', recognised_ms: at, used_ms: 1000, ended_ms: at + 1, ...more });

test('the newest stands first, under its panel', () => {
  const { id: _, ...a } = entry('a', 'm', 1);
  const record = { a, b: entry('b', 'm', 2), c: entry('c', 'n', 3) };
  const entries = entriesOf({ record });
  assert.deepEqual(entries.map((e) => e.id), ['c', 'b', 'a']);
  assert.deepEqual(rowsOf(entries).map((r) => r.heading ?? r.entry.id), ['n', 'c', 'm', 'b', 'a']);
});

test('a new entry is only put in: the keys below it stay as they are', () => {
  const keys = (entries) => rowsOf(entries).map((r) => r.key);
  const old = [entry('b', 'm', 2), entry('a', 'm', 1)];
  assert.deepEqual(keys([entry('c', 'm', 3), ...old]), ['panel:a', 'c', 'b', 'a']);
  assert.deepEqual(keys(old), ['panel:a', 'b', 'a']);
  assert.deepEqual(keys([entry('c', 'n', 3), ...old]), ['panel:c', 'c', ...keys(old)]);
});

test('overtime and sums, of what has ended', () => {
  const a = entry('a', 'm', 1, { limit_ms: 600 });
  assert.equal(overtimeOf(a), 400);
  assert.equal(overtimeOf(entry('b', 'm', 1)), 0);
  assert.deepEqual(statisticsOf([a, entry('b', 'm', 2), { ...entry('c', 'm', 3), ended_ms: undefined }]), { count: 2, used: 2000, over: 400 });
});

test('found by participant, speaker or group, within a panel', () => {
  const all = [entry('ken', 'm', 1, { speaker: 'H.E. Ms. Émilie' }), entry('fra', 'n', 2, { behalf_of: 'European Union', note: { text: '', revision: 1, tags: ['Children'] } })];
  const ids = (by, participants) => filtered(all, by, participants).map((e) => e.id);
  assert.deepEqual(ids({}, new Set()), ['ken', 'fra']);
  assert.deepEqual(ids({ panel: 'n' }, new Set()), ['fra']);
  assert.deepEqual(ids({ query: 'kenya' }, new Set(['ken'])), ['ken']);
  assert.deepEqual(ids({ query: 'emilie' }, new Set()), ['ken']);
  assert.deepEqual(ids({ query: 'union' }, new Set()), ['fra']);
  assert.deepEqual(ids({ tag: 'Children' }, new Set()), ['fra']);
});
