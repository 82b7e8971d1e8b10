// The list of speakers, and the bar that puts back.

/** @import { Model } from './app.js' */
/** @import { State, ListedRequest } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, nothing, repeat } from './lit.js';
import { formatNumber, formatTime, t, tOr } from './i18n.js';
import { currentPanel, timesSpoken } from './list.js';
import { nameOf } from './parts.js';
import { budget, neighbour } from './chair-acts.js';
import { icon, minutes, said, toggle, waited } from './chair-parts.js';

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function listHead(desk, model, state, list) {
  const open = currentPanel(state)?.list === 'open';
  return html`<header class="list-head">
    <h2 id="list-title">${t('chair.list')}</h2>
    <span class="count" aria-label=${t('chair.count', { count: list.length })}>${formatNumber(list.length)}</span>
    <span class="push"></span>
    ${toggle(t(open ? 'list.open' : 'list.closed'), open, (on) => desk.setPanel(state, { list: on ? 'open' : 'closed' }, 'list'), desk.stale)} ${budgetView(state, list.length, model.now)} ${said(desk, 'list')}
  </header>`;
}

/** @param {State} state @param {number} count @param {number | undefined} now */
function budgetView(state, count, now) {
  const b = budget(state, count, now);
  const up = (/** @type {number} */ ms) => minutes(Math.ceil(ms / 60_000));
  /** @type {string[]} */
  const parts = [];
  if (b.left !== undefined && b.ends !== undefined) {
    const params = { time: formatTime(b.ends), wait: up(Math.abs(b.left)) };
    parts.push(b.left < 0 ? t('chair.budget_over', params) : t('chair.budget_left', params));
  }
  if (b.need !== undefined && count > 0) parts.push(t('chair.budget_need', { wait: up(b.need) }));
  return html`<p class="budget" ?data-tight=${b.tight}>${b.tight ? html`<span class="budget-mark" aria-hidden="true">!</span>` : nothing}${parts.map((p) => html`<span>${p}</span>`)}</p>`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function listView(desk, model, state, list) {
  if (list.length === 0) {
    const open = currentPanel(state)?.list === 'open';
    return html`<div class="empty">
      <p class="empty-head">${t('chair.empty')}</p>
      <p class="muted">${open ? (state.join?.code ? t('chair.empty_code', { code: state.join.code }) : nothing) : t('chair.empty_closed')}</p>
    </div>`;
  }
  return html`<ol class="entries" aria-labelledby="list-title">
    ${repeat(
      list,
      (r) => r.id,
      (r, i) => entry(desk, model, state, list, r, i),
    )}
  </ol>`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @param {ListedRequest} r @param {number} i */
function entry(desk, model, state, list, r, i) {
  const name = model.roster.name(r.participant);
  const category = model.roster.get(r.participant)?.category;
  const times = timesSpoken(state, r.participant);
  // A keyboard's click (detail 0) stays with its row, wherever that has gone.
  const deaf = desk.moves.deaf(r.id, performance.now());
  const off = desk.stale || deaf;
  const act = (/** @type {() => void} */ f) => (/** @type {MouseEvent} */ e) => {
    if (e.detail !== 0 && desk.moves.deaf(r.id, performance.now())) desk.say(`row ${r.id}`, t('chair.moved'));
    else f();
  };
  const move = (/** @type {-1 | 1} */ by) =>
    act(() => {
      const before = neighbour(list, r.id, by);
      if (before !== undefined) desk.move(r.id, before);
    });
  const facts = html`${category ? html`<span class="fact-category">${tOr('category', category)}</span>` : nothing}
  ${times === 0 ? html`<span class="chip brand">${t('chair.first')}</span>` : html`<span class="chip">${t('chair.spoke', { count: times })}</span>`}
  ${r.kind !== 'intervention' ? html`<span class="chip notice">${tOr('kind', r.kind)}</span>` : nothing}
  ${r.behalf_of ? html`<span>${t('common.behalf', { name: r.behalf_of })}</span>` : nothing} ${r.speaker ? html`<span><bdi>${r.speaker}</bdi></span>` : nothing}
  ${r.note ? html`<span class="fact-note"><bdi>${r.note}</bdi></span>` : nothing}`;
  return html`<li class="entry" data-request=${r.id} tabindex="-1" aria-busy=${desk.busy.has(`row ${r.id}`)}>
    <span class="place" data-handle title=${t('chair.drag')}><span class="grip">${icon('grip')}</span>${formatNumber(i + 1)}</span>
    <div class="entry-who">
      <p class="entry-name">${nameOf(model.roster, r.participant)}</p>
      <p class="facts">${facts}</p>
    </div>
    <span class="waited">${model.now === undefined ? '' : waited(model.now - r.at_ms)}</span>
    <span class="tools">
      <button class="tool" type="button" aria-label=${t('chair.up', { name })} aria-disabled=${off || i === 0} @click=${move(-1)}>${icon('up')}</button>
      <button class="tool" type="button" aria-label=${t('chair.down', { name })} aria-disabled=${off || i === list.length - 1} @click=${move(1)}>${icon('down')}</button>
      <button class="tool remove" type="button" aria-label=${t('chair.remove', { name })} aria-disabled=${off} @click=${act(() => desk.remove(state, r.id))}>${icon('remove')}</button>
    </span>
    <button class="button call" type="button" aria-disabled=${off || currentPanel(state)?.status !== 'open'} @click=${act(() => desk.call(state, { request: r.id }, `row ${r.id}`))}>
      ${t('chair.call')} <span class="visually-hidden">${name}</span>
    </button>
    ${said(desk, `row ${r.id}`)}
  </li>`;
}

/** What an undo would take back. @param {Desk} desk @param {Model} model @param {State} state @returns {View} */
export function dock(desk, model, state) {
  const { undo } = state;
  if (desk.undoing.see(undo?.id ?? '', performance.now())) desk.later('undo', desk.undoing.ms);
  const deaf = desk.undoing.deaf(performance.now());
  return html`<div class="dock" role="status">
    ${undo
      ? html`<div class="dock-bar">
          <span class="dock-what" dir="auto">${t(`chair.undo.${undo.what}`, { name: undo.participant === undefined ? '' : model.roster.name(undo.participant) })}</span>
          <button class="button" type="button" aria-keyshortcuts="Z" aria-busy=${desk.busy.has('dock')} aria-disabled=${desk.stale || deaf} @click=${() => desk.undo(state)}>${t('common.undo')}</button>
          ${said(desk, 'dock')}
        </div>`
      : nothing}
  </div>`;
}
