// How the debate is shared out: counted by the server, asked for anew when the record has changed.

/** @import { Model } from './app.js' */
/** @import { State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { ProblemError } from './api.js';
import { formatUsed } from './countdown.js';
import { html, nothing } from './lit.js';
import { formatNumber, problemText, t, tOr } from './i18n.js';
import { programme } from './chair-acts.js';
import { minutes } from './chair-parts.js';
import { sheet } from './chair-sheet.js';

/**
 * @typedef {object} Share
 * @property {number} interventions
 * @property {number} participants
 * @property {number} used_ms
 * @property {number} overtime_ms
 * @property {number} [waited_median_ms]
 * @property {number} [waited_longest_ms]
 * @property {number} not_reached
 */
/** @typedef {{seq: number, total: Share, panels: Record<string, Share>, categories: Record<string, Share>, groups: Record<string, Share>}} Statistics */

/** @type {{about: string, read?: Statistics, problem?: string} | undefined} */
let known;

/** The record, as far as it changes the figures. @param {State} state */
const about = (state) =>
  [state.panel, ...Object.entries(state.record ?? {}).map(([id, r]) => `${id}${r.ended_ms ?? ''}${r.used_ms}`), ...Object.values(state.panels).map((p) => p.status), Object.keys(state.requests).length].join(' ');

/** @param {Desk} desk @param {string} now */
async function read(desk, now) {
  const asked = { about: now, read: known?.read };
  known = asked;
  try {
    asked.read = await desk.app?.api.get('/statistics');
  } catch (err) {
    if (!(err instanceof ProblemError)) throw err;
    if (known === asked) known = { ...asked, problem: problemText(err.problem) };
  }
  desk.render();
}

/** @param {Desk} desk @param {Model} model @param {State} state @returns {View} */
export function statisticsSheet(desk, model, state) {
  const now = about(state);
  if (known?.about !== now && !desk.stale) queueMicrotask(() => known?.about !== now && void read(desk, now));
  const s = known?.read;
  return sheet(
    desk,
    'statistics',
    html`${known?.problem ? html`<p class="problem" role="alert">${known.problem}</p>` : nothing}
    ${s
      ? html`${table(
          t('chair.statistics.panels'),
          programme(state).flatMap(([id, panel]) => (Object.hasOwn(s.panels, id) ? [{ label: panel.title, share: s.panels[id] }] : [])),
          s.total,
        )}
        ${table(t('chair.statistics.categories'), named(s.categories, 'category'))} ${table(t('chair.statistics.groups'), named(s.groups, 'group'))}`
      : known?.problem
        ? nothing
        : html`<p class="muted">${t('common.loading')}</p>`}`,
  );
}

/** Who used most first. @param {Record<string, Share>} shares @param {string} key */
function named(shares, key) {
  return Object.entries(shares)
    .sort(([, a], [, b]) => b.used_ms - a.used_ms || b.interventions - a.interventions)
    .map(([id, share]) => ({ label: tOr(key, id), share }));
}

const wait = (/** @type {number | undefined} */ ms) => (ms === undefined ? '–' : minutes(Math.round(ms / 60_000)));
const digits = (/** @type {number} */ ms) => html`<bdi dir="ltr">${formatUsed(ms)}</bdi>`;

/** Each column with what stands small beneath it. @type {[string, string | undefined, (s: Share) => View, (s: Share) => View][]} */
const COLUMNS = [
  ['interventions', 'participants', (s) => formatNumber(s.interventions), (s) => formatNumber(s.participants)],
  ['used', 'overtime', (s) => digits(s.used_ms), (s) => html`<bdi dir="ltr">+${formatUsed(s.overtime_ms)}</bdi>`],
  ['waited', 'longest', (s) => wait(s.waited_median_ms), (s) => wait(s.waited_longest_ms)],
  ['not_reached', undefined, (s) => formatNumber(s.not_reached), () => nothing],
];

/** @param {string} caption @param {{label: string, share: Share}[]} rows @param {Share} [total] @returns {View} */
function table(caption, rows, total) {
  if (rows.length === 0 && !total) return nothing;
  const line = (/** @type {string} */ label, /** @type {Share} */ share) =>
    html`<tr>
      <th scope="row" dir="auto">${label}</th>
      ${COLUMNS.map(([, small, cell, beneath]) => html`<td>${cell(share)}${small === undefined ? nothing : html`<small>${beneath(share)}</small>`}</td>`)}
    </tr>`;
  return html`<div class="figures" role="region" aria-label=${caption} tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th><span class="visually-hidden">${caption}</span></th>
          ${COLUMNS.map(([name, small]) => html`<th scope="col">${t(`chair.statistics.${name}`)}${small === undefined ? nothing : html`<small>${t(`chair.statistics.${small}`)}</small>`}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ label, share }) => line(label, share))}
      </tbody>
      ${total ? html`<tfoot>${line(t('chair.statistics.total'), total)}</tfoot>` : nothing}
    </table>
  </div>`;
}
