import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chimeFor, groups, languagesOf, largest, panelAfter, sceneOf, shapeOf, share, shortUrl, wishesOf } from './display-facts.js';

const panel = (over = {}) => ({ title: 'M', order: 2, status: 'open', list: 'open', limit_ms: 180_000, warn_ms: 30_000, ...over });
const asked = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`r${i}`, { panel: 'm', participant: `p${i}`, kind: 'intervention', rank: `a${i}`, at_ms: 0 }]));
const floor = { id: 'f', participant: 'ken', kind: 'intervention', panel: 'm', timer: { state: 'running', limit_ms: 180_000, used_ms: 0, since_ms: 0 } };
const room = ({ panel: p = {}, n = 0, ...rest } = {}) => ({
  debate: { id: 'd', title: 'D', languages: ['en', 'fr'], roster: '1' },
  panel: 'm',
  panels: { a: panel({ order: 3, status: 'closed', title: 'A' }), m: panel(p), o: panel({ order: 1, title: 'O' }) },
  requests: asked(n),
  spoken: {},
  join: { code: '482913', url: 'http://x/d/floor' },
  ...rest,
});

test('how to join fills the wall while the room is quiet, and moves away once it is busy', () => {
  assert.equal(sceneOf(room()), 'join');
  assert.equal(sceneOf(room({ n: 2 })), 'join');
  assert.equal(sceneOf(room({ n: 3 })), 'queue');
  assert.equal(sceneOf(room({ floor })), 'floor');
  assert.equal(sceneOf(room({ join: undefined })), 'title');
  assert.equal(sceneOf(room({ join: undefined, n: 1 })), 'queue');
});

test('a closed panel invites to join before the debate, and is closed after it began', () => {
  assert.equal(sceneOf(room({ panel: { status: 'closed' } })), 'join');
  assert.equal(sceneOf(room({ panel: { status: 'closed' }, spoken: { ken: { times: 1, used_ms: 1 } } })), 'closed');
});

test('suspension is shown whoever has the floor', () => {
  assert.equal(sceneOf(room({ panel: { status: 'suspended' }, floor })), 'suspended');
});

test('the next panel is the one after in order that is not open', () => {
  assert.equal(panelAfter(room())?.title, 'A');
  assert.equal(panelAfter({ ...room(), panel: 'a' }), undefined);
});

test('one or two languages, from the address or the debate', () => {
  const all = ['en', 'fr', 'es', 'ru', 'ar', 'zh'];
  assert.deepEqual(languagesOf(wishesOf(''), all), { lang: 'en', lang2: 'fr' });
  assert.deepEqual(languagesOf(wishesOf('?lang=ar'), all), { lang: 'ar', lang2: 'en' });
  assert.deepEqual(languagesOf(wishesOf('?lang=fr&lang2=zh-Hans'), all), { lang: 'fr', lang2: 'zh' });
  assert.deepEqual(languagesOf(wishesOf('?lang2='), all), { lang: 'en', lang2: undefined });
  assert.deepEqual(languagesOf(wishesOf('?lang2=none'), all), { lang: 'en', lang2: undefined });
  assert.deepEqual(languagesOf(wishesOf('?lang=fr&lang2=fr'), all), { lang: 'fr', lang2: undefined });
  assert.deepEqual(languagesOf(wishesOf(''), ['sw', 'fr']), { lang: 'fr', lang2: undefined });
  assert.deepEqual(languagesOf(wishesOf(''), []), { lang: undefined, lang2: undefined });
});

test('the address chooses view, chime and light', () => {
  assert.deepEqual(wishesOf('?view=timer&chime=1&theme=light'), { view: 'timer', lang: undefined, lang2: undefined, chime: true, light: true });
  assert.equal(wishesOf('?view=constructor').view, 'wall');
  assert.equal(wishesOf('?chime=0').chime, false);
});

test('a code in groups', () => {
  assert.deepEqual(groups('482913'), ['482', '913']);
  assert.deepEqual(groups('48291357'), ['4829', '1357']);
  assert.deepEqual(groups('4829135'), ['482', '9135']);
  assert.deepEqual(groups('48'), ['48']);
});

test('an address as people type it', () => {
  assert.equal(shortUrl('https://floor.example.org/d/floor#code=482913'), 'floor.example.org/d/floor');
  assert.equal(shortUrl('http://10.0.0.7:8080/'), '10.0.0.7:8080');
});

test('digits of one shape have one width', () => {
  assert.equal(shapeOf('2:59'), shapeOf('0:00'));
  assert.notEqual(shapeOf('0:00'), shapeOf('+0:00'));
});

test('the chime sounds at the warning and at the end, when they happen and only then', () => {
  const at = (phase, over = {}) => ({ id: 'f', phase, paused: false, ...over });
  assert.equal(chimeFor(at('normal'), at('warning')), 'warning');
  assert.equal(chimeFor(at('warning'), at('overtime')), 'end');
  assert.equal(chimeFor(at('normal'), at('overtime')), 'end');
  assert.equal(chimeFor(at(undefined), at('overtime')), undefined, 'catching up');
  assert.equal(chimeFor(at('normal', { id: 'g' }), at('warning')), undefined, 'another speaker');
  assert.equal(chimeFor(at('overtime'), at('warning')), undefined, 'lengthened');
  assert.equal(chimeFor(at('ready'), at('warning')), undefined, 'a limit shorter than the warning');
  assert.equal(chimeFor(at('normal'), at('warning', { paused: true })), undefined, 'held');
});

test('the share of the time that is left', () => {
  assert.equal(share(floor, 90_000), 0.5);
  assert.equal(share(floor, -5), 0);
  assert.equal(share({ ...floor, timer: { state: 'running', used_ms: 0 } }, undefined), undefined);
  assert.equal(share(undefined, 1), undefined);
});

test('the largest size that fits', () => {
  assert.equal(largest(() => true, 0.25), 1);
  assert.equal(largest(() => false, 0.25), 0.25);
  const s = largest((x) => x <= 0.5, 0.25);
  assert.ok(s <= 0.5 && s > 0.45, String(s));
});
