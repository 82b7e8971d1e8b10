import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setPlace } from './i18n.js';
import { changesOf, formOf, instantAt, lengthOf, putBack, secondsOfDay, timesOf } from './record-correct.js';
import { formatUsed } from './countdown.js';

const NEW_YORK = { timezone: 'America/New_York', utc_offsets: [{ from_ms: Date.UTC(2008, 2, 9, 7), until_ms: Date.UTC(2008, 10, 2, 6), utc_offset_ms: -4 * 3_600_000 }, { from_ms: Date.UTC(2008, 10, 2, 6), utc_offset_ms: -5 * 3_600_000 }] };
setPlace(NEW_YORK);
const at = (time) => Date.parse(`2008-06-03T${time}-04:00`);
const GROUPS = { nam: 'Non-Aligned Movement' };
const ENTRY = {
  id: 'a', panel: 'm', participant: 'ken', kind: 'intervention', speaker: 'Ms. A',
  recognised_ms: at('10:00:00.700'), started_ms: at('10:00:01.200'), ended_ms: at('10:03:05.900'), used_ms: 180_500, limit_ms: 180_000,
};
const NOW = at('12:00:00.000');
const form = (change) => ({ ...formOf(ENTRY, 'Kenya', GROUPS, 'k'), ...change });
const sent = (change) => changesOf(form(change), NOW);

test('times of day as people type them', () => {
  for (const text of ['14:05:30', '14.05.30', '140530', ' 14 05 30', '١٤:٠٥:٣٠', '１４：０５：３０']) assert.equal(secondsOfDay(text), 50_730, text);
  assert.equal(secondsOfDay('9:05'), 32_700);
  assert.equal(secondsOfDay('1405'), 50_700);
  for (const text of ['', '24:00', '10:60', '10:00:60', 'ten', '10:00:00 PM']) assert.equal(secondsOfDay(text), undefined, text);
});

test('lengths of time as people type them', () => {
  assert.equal(lengthOf('2:45'), 165_000);
  assert.equal(lengthOf('1:02:45'), 3_765_000);
  assert.equal(lengthOf('٢:٤٥'), 165_000);
  for (const text of ['', '165', '2:60', '-2:00', '2:45:00:00']) assert.equal(lengthOf(text), undefined, text);
});

test('the instant nearest to another, also over midnight', () => {
  assert.equal(instantAt(100, 5_000_700, 95), 5_005_700);
  assert.equal(instantAt(86_390, 1_000_000_000, 5), 1_000_000_000 - 15_000);
  assert.equal(instantAt(5, 1_000_000_000, 86_390), 1_000_000_000 + 15_000);
});

test('what is not changed is not sent', () => {
  assert.deepEqual(sent({}), { wrong: 'nothing' });
  assert.deepEqual(sent({ reason: 'because' }), { wrong: 'nothing' });
  assert.deepEqual(sent({ speaker: ' Mr. B ', reason: 'misheard' }).body, { speaker: 'Mr. B', reason: 'misheard' });
  assert.deepEqual(sent({ speaker: '' }).body, { speaker: '' }, 'and what is taken away is');
  assert.deepEqual(sent({ participant: 'uga', kind: 'response' }).body, { participant: 'uga', kind: 'response' });
  assert.deepEqual(sent({ used: '3:00' }), { wrong: 'nothing' }, 'the same as is shown');
});

test('times around the change of the clocks, and of a place that nobody knows', () => {
  const ended_ms = Date.UTC(2008, 10, 2, 6, 10); // 1:10 in winter, ten minutes after it was 2:00 in summer
  const entry = { ...ENTRY, recognised_ms: ended_ms - 3_600_000, started_ms: ended_ms - 3_600_000, ended_ms, used_ms: 3_600_000 };
  const f = formOf(entry, 'Kenya', GROUPS, 'k');
  assert.deepEqual([f.started, f.ended], ['01:10:00', '01:10:00']);
  assert.deepEqual(timesOf({ ...f, ended: '02:10:00' }).end, ended_ms + 3_600_000);
  const morning = { ...entry, ended_ms: ended_ms + 3_600_000 };
  assert.deepEqual(timesOf({ ...formOf(morning, 'Kenya', GROUPS, 'k'), ended: '01:40' }).end, ended_ms + 1_800_000);
  const before = { ...entry, ended_ms: Date.UTC(2008, 10, 2, 5, 50) };
  assert.deepEqual(timesOf({ ...formOf(before, 'Kenya', GROUPS, 'k'), ended: '02:10' }).end, Date.UTC(2008, 10, 2, 7, 10), 'which is 80 minutes later');
  setPlace({ timezone: 'Atlantis/Poseidonis' });
  const there = formOf(ENTRY, 'Kenya', GROUPS, 'k');
  assert.equal(there.ended, '14:03:05 UTC');
  assert.deepEqual(changesOf(there, NOW), { wrong: 'nothing' });
  assert.deepEqual(changesOf({ ...there, ended: '14:02:35' }, NOW).body, { ended_ms: at('10:02:35.900'), used_ms: 150_500 });
  setPlace(NEW_YORK);
});

test('a group by its name is sent by its id', () => {
  assert.deepEqual(sent({ behalf: 'Non-Aligned Movement' }).body, { behalf_of: 'nam' });
  assert.deepEqual(sent({ behalf: 'Friends' }).body, { behalf_of: 'Friends' });
});

test('the time used follows start and end until it is given itself', () => {
  assert.deepEqual(sent({ ended: '10:02:35' }).body, { ended_ms: at('10:02:35.900'), used_ms: 150_500 });
  assert.deepEqual(sent({ started: '10:00:31' }).body, { started_ms: at('10:00:31.200'), used_ms: 150_500 });
  assert.deepEqual(sent({ ended: '10:02:35', used: '2:00' }).body, { ended_ms: at('10:02:35.900'), used_ms: 120_000 });
  assert.equal(formatUsed(timesOf(form({ ended: '10:04:05' })).used), '4:00');
});

test('an entry that never started may be given a start', () => {
  const entry = { ...ENTRY, started_ms: undefined, used_ms: 0 };
  const f = formOf(entry, 'Kenya', GROUPS, 'k');
  assert.deepEqual(changesOf(f, NOW), { wrong: 'nothing' });
  assert.deepEqual(changesOf({ ...f, started: '10:00:10' }, NOW).body, { started_ms: at('10:00:10.700'), used_ms: 175_200 });
});

test('what cannot be is said of its field', () => {
  assert.equal(sent({ participant: '' }).wrong, 'participant');
  assert.equal(sent({ started: '9:59:59' }).wrong, 'started_ms');
  assert.equal(sent({ started: 'soon' }).wrong, 'started_ms');
  assert.equal(sent({ ended: '9:59' }).wrong, 'ended_ms');
  assert.equal(sent({ ended: '12:00:30' }).wrong, 'ended_ms');
  assert.equal(sent({ used: '3:07' }).wrong, 'used_ms');
  assert.equal(sent({ used: 'long' }).wrong, 'used_ms');
});

test('a bound is met where only what is not shown is beyond it', () => {
  assert.deepEqual(sent({ started: '10:00:00' }).body, { started_ms: ENTRY.recognised_ms, used_ms: 181_000 });
  assert.deepEqual(sent({ used: '3:06' }).body, { used_ms: 185_200 });
});

test('the last correction is what is put back', () => {
  assert.deepEqual(putBack([{ at_ms: 1, by: 'chair', was: { speaker: 'x' } }, { at_ms: 2, by: 'rapporteur', was: { speaker: '' } }]), { speaker: '' });
  assert.equal(putBack([]), undefined);
});
