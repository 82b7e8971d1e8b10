// The record as the rapporteur reads it. Pure.

/** @import { RecordEntry, State } from './types.js' */
import { fold } from './roster.js';

/** @typedef {RecordEntry & {id: string}} Entry */
/** @typedef {{key: string, heading: string} | {key: string, entry: Entry}} Row a panel's heading, or an intervention */

/** @typedef {{query: string, open: boolean, active: number}} Typing what stands in a field that suggests, and where in its list one is; -1: nowhere */

/** @param {string} [query] @returns {Typing} */
export const typing = (query = '') => ({ query, open: false, active: -1 });

/** The interventions, the newest first. @param {State} state @returns {Entry[]} */
export function entriesOf(state) {
  return Object.entries(state.record ?? {})
    .map(([id, entry]) => ({ ...entry, id }))
    .sort((a, b) => b.recognised_ms - a.recognised_ms || (a.id < b.id ? 1 : -1));
}

/**
 * Entries under the headings of their panels. A heading's key is that of the oldest entry below it: when new ones come above,
 * nothing that is there moves in the document, so a note being written keeps its focus.
 * @param {Entry[]} entries
 * @returns {Row[]}
 */
export function rowsOf(entries) {
  /** @type {Row[]} */
  const rows = [];
  let oldest = '';
  for (let n = entries.length - 1; n >= 0; n--) {
    const entry = entries[n];
    if (entries[n + 1]?.panel !== entry.panel) oldest = entry.id;
    rows.push({ key: entry.id, entry });
    if (entries[n - 1]?.panel !== entry.panel) rows.push({ key: `panel:${oldest}`, heading: entry.panel });
  }
  return rows.reverse();
}

/** Time past the limit. @param {RecordEntry} entry */
export const overtimeOf = (entry) => (entry.limit_ms === undefined ? 0 : Math.max(0, entry.used_ms - entry.limit_ms));

/** Interventions that have ended: how many, how long, how far over their limits. @param {Entry[]} entries */
export function statisticsOf(entries) {
  const ended = entries.filter((e) => e.ended_ms !== undefined);
  return {
    count: ended.length,
    used: ended.reduce((sum, e) => sum + e.used_ms, 0),
    over: ended.reduce((sum, e) => sum + overtimeOf(e), 0),
  };
}

/**
 * Those of a panel and with a tag ("" for all) that a search finds: by participant, speaker, or on whose behalf.
 * @param {Entry[]} entries @param {{panel?: string, tag?: string, query?: string}} by
 * @param {Set<string>} participants whom the query names
 */
export function filtered(entries, { panel, tag, query = '' }, participants) {
  const q = fold(query);
  return entries.filter((e) => {
    if (panel && e.panel !== panel) return false;
    if (tag && !e.note?.tags?.includes(tag)) return false;
    return !q || participants.has(e.participant) || fold(`${e.speaker ?? ''} ${e.behalf_of ?? ''}`).includes(q);
  });
}
