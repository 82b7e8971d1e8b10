// The list of speakers, and the bar that puts back.

/** @import { Model } from './app.js' */
/** @import { State, ListedRequest } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, nothing, repeat } from './lit.js';
import { format } from './countdown.js';
import { formatNumber, formatTime, has, language, t } from './i18n.js';
import { currentPanel } from './list.js';
import { nameOf } from './parts.js';
import { nextPanel, notReached, repliesFrom } from './chair-acts.js';
import { budget } from './chair-budget.js';
import { icon, minutes, said, toggle } from './chair-parts.js';
import { speakers } from './chair-programme.js';
import { entry } from './chair-row.js';

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function listHead(desk, model, state, list) {
  const panel = currentPanel(state);
  const open = panel?.list === 'open';
  return html`<header class="list-head">
    <h2 id="list-title">${t(panel?.no_list ? 'chair.speakers' : 'chair.list')}</h2>
    ${panel?.no_list && list.length === 0 ? nothing : html`<span class="count"><span class="visually-hidden">${t('chair.count', { count: list.length })}</span><span aria-hidden="true">${formatNumber(list.length)}</span></span>`}
    <span class="push"></span>
    <button class="button quiet adds" type="button" aria-expanded=${desk.adding} aria-label=${t('chair.add')} title=${t('chair.add')} @click=${() => desk.toggleAdding()}>${icon('plus')}</button>
    ${list.length > 1
      ? html`<button class="button quiet order" type="button" aria-expanded=${desk.sheet === 'order'} aria-label=${t('chair.sheet.order')} title=${t('chair.sheet.order')} @click=${(/** @type {Event} */ e) => desk.toggleSheet('order', e)}>${icon('order')}</button>`
      : nothing}
    ${panel?.no_list ? nothing : toggle(t(open ? 'list.open' : 'list.closed'), open, (on) => desk.setPanel(state, { list: on ? 'open' : 'closed' }, 'list'), desk.stale)} ${budgetView(desk, state, list, model.now)}
    ${said(desk, 'list')}
  </header>`;
}

/** One line: when the list will be finished, and where it does not fit the limit that does. @param {Desk} desk @param {State} state @param {ListedRequest[]} list @param {number | undefined} now */
function budgetView(desk, state, list, now) {
  const b = budget(state, list, now);
  return html`<div class="budget" ?data-tight=${b.tight}>
    ${b.tight ? html`<span class="budget-mark" aria-hidden="true">!</span>` : nothing}<span>${budgetText(b, list.length)}</span>
    ${b.limit === undefined
      ? nothing
      : html`<button class="button offer-limit" type="button" aria-disabled=${desk.stale} aria-busy=${desk.busy.has('list')} @click=${() => b.limit !== undefined && desk.announceLimit(state, b.limit)}>
          ${t('chair.budget_limit', { time: `\u2066${format(b.limit)}\u2069` })}
        </button>`}
  </div>`;
}

/** @param {import('./chair-budget.js').Budget} b @param {number} count */
function budgetText(b, count) {
  const up = (/** @type {number} */ ms) => minutes(Math.max(1, Math.ceil(Math.abs(ms) / 60_000)));
  if (b.ends === undefined || b.left === undefined) return b.need !== undefined && count > 0 ? t('chair.budget_need', { wait: up(b.need) }) : '';
  const time = formatTime(b.ends);
  if (count === 0 || b.finish === undefined || b.over === undefined) return t(b.left < 0 ? 'chair.budget_over' : 'chair.budget_left', { time, wait: up(b.left) });
  const params = { finish: formatTime(b.finish), time, wait: up(b.over) };
  return b.over > 0 ? t('chair.budget_late', params) : t('chair.budget_fits', params);
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function listView(desk, model, state, list) {
  return html`${carryOver(desk, model, state)} ${entries(desk, model, state, list)} ${speakers(desk, model, state)} ${missing(desk, model, state)}`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list */
function entries(desk, model, state, list) {
  const panel = currentPanel(state);
  if (list.length === 0) {
    if (panel?.no_list) return nothing;
    return html`<div class="empty">
      <p class="empty-head">${t('chair.empty')}</p>
      <p class="muted">${panel?.list === 'open' ? (state.join?.code ? t('chair.empty_code', { code: state.join.code }) : nothing) : t('chair.empty_closed')}</p>
    </div>`;
  }
  const replies = repliesFrom(list);
  return html`<ol class="entries" aria-labelledby="list-title">
    ${repeat(
      list,
      (r) => r.id,
      (r, i) => entry(desk, model, state, list, r, i, i === replies && i > 0),
    )}
  </ol>`;
}

/** Those whom panels that are over did not reach: taken along with one tap. @param {Desk} desk @param {Model} model @param {State} state */
function carryOver(desk, model, state) {
  return notReached(state).map(({ panel, requests }) => {
    const here = panel === state.panel;
    const to = here ? nextPanel(state) : state.panel;
    const target = to === undefined ? undefined : state.panels[to];
    const text = here ? t('chair.not_reached', { count: requests.length }) : t('chair.not_reached_in', { count: requests.length, panel: state.panels[panel].title });
    return html`<div class="carry">
      <p class="carry-text">${text}${here ? nothing : html` <span class="carry-names">${inLine(requests.map((r) => model.roster.name(r.participant)))}</span>`}</p>
      ${to === undefined || !target || target.no_list
        ? nothing
        : html`<button class="button" type="button" aria-disabled=${desk.stale} aria-busy=${desk.busy.has('carry')} @click=${() => desk.carry(panel, to)}>${here ? t('chair.carry_to', { panel: target.title }) : t('chair.carry_here')}</button>`}
      ${said(desk, 'carry')}
    </div>`;
  });
}

/** Who was taken off the list, not being in the room: one tap puts them on it again. @param {Desk} desk @param {Model} model @param {State} state */
function missing(desk, model, state) {
  const gone = Object.entries(state.absent ?? {})
    .filter(([participant, a]) => a.panel === state.panel && Object.hasOwn(state.panels, a.panel) && participant !== state.floor?.participant)
    .sort(([, a], [, b]) => a.at_ms - b.at_ms);
  if (gone.length === 0) return nothing;
  return html`<div class="missing">
    <p class="missing-text">${t('chair.missing')}</p>
    <ul class="missing-names">
      ${gone.map(([participant]) => {
        const name = model.roster.name(participant);
        return html`<li><button class="button" type="button" aria-label=${t('chair.missing_add', { name })} aria-disabled=${desk.stale} @click=${() => desk.askAgain(state, participant)}>${nameOf(model.roster, participant)} <span aria-hidden="true">+</span></button></li>`;
      })}
    </ul>
    ${said(desk, 'missing')}
  </div>`;
}

/** @param {string[]} names */
const inLine = (names) => new Intl.ListFormat(language(), { type: 'conjunction' }).format(names);

/** What an undo would take back. @param {Desk} desk @param {Model} model @param {State} state @returns {View} */
export function dock(desk, model, state) {
  const { undo } = state;
  if (desk.undoing.see(undo?.id ?? '', performance.now())) desk.later('undo', desk.undoing.ms);
  const deaf = desk.undoing.deaf(performance.now());
  return html`<div class="dock" role="status">
    ${undo
      ? html`<div class="dock-bar">
          <span class="dock-what" dir="auto">${undoText(model, state, undo)}</span>
          <button class="button" type="button" aria-keyshortcuts="Z" aria-busy=${desk.busy.has('dock')} aria-disabled=${desk.stale || deaf} @click=${() => desk.undo(state)}>${t('common.undo')}</button>
          ${said(desk, 'dock')}
        </div>`
      : nothing}
  </div>`;
}

/** @param {Model} model @param {State} state @param {NonNullable<State['undo']>} undo */
function undoText({ roster }, state, { what, participant, panel }) {
  const key = `chair.undo.${what}`;
  const name = participant === undefined ? '' : roster.name(participant);
  return has(key) ? t(key, { name, panel: (panel !== undefined && state.panels[panel]?.title) || '' }) : t('chair.undo.other');
}
