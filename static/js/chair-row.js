// One row of the list: who, what is known of them, and what can be done.

/** @import { Model } from './app.js' */
/** @import { Level, ListedRequest, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, live, nothing } from './lit.js';
import { formatNumber, t, tOr } from './i18n.js';
import { currentPanel, timesSpoken } from './list.js';
import { since } from './notices.js';
import { behalfName, nameOf } from './parts.js';
import { neighbour } from './chair-acts.js';
import { icon, said, waited } from './chair-parts.js';

/** @type {Level[]} */
export const LEVELS = ['head_of_state', 'head_of_government', 'minister'];

/** What a row says beneath its name. @param {Model} model @param {State} state @param {ListedRequest} r @param {number} times @returns {View} */
export function factsOf({ roster }, state, r, times) {
  const category = roster.get(r.participant)?.category;
  return html`${category ? html`<span class="fact-category">${tOr('category', category)}</span>` : nothing}
  ${r.kind !== 'intervention' ? html`<span class="chip notice">${tOr('kind', r.kind)}</span>` : nothing} ${r.level ? html`<span class="chip level">${t(`level.${r.level}`)}</span>` : nothing}
  ${times === 0 ? html`<span class="chip brand">${t('chair.first')}</span>` : html`<span class="chip">${t('chair.spoke', { count: times })}</span>`}
  ${r.absent ? html`<span class="chip absent">${t('chair.absent_once')}</span>` : nothing}
  ${r.behalf_of ? html`<span>${t('common.behalf', { name: behalfName(state, r.behalf_of) })}</span>` : nothing} ${r.speaker ? html`<span><bdi>${r.speaker}</bdi></span>` : nothing}`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @param {ListedRequest} r @param {number} i @param {boolean} apart the first of the rights of reply at the end */
export function entry(desk, model, state, list, r, i, apart) {
  const name = model.roster.name(r.participant);
  const now = performance.now();
  // A keyboard's click (detail 0) stays with its row, wherever that has gone.
  const deaf = desk.moves.deaf(r.id, now);
  const off = desk.stale || deaf;
  const opened = desk.opened === r.id;
  const waiting = model.now === undefined ? '' : waited(Math.max(0, since(state, r.at_ms, model.now)));
  const act = (/** @type {() => void} */ f) => (/** @type {MouseEvent} */ e) => {
    if (e.detail !== 0 && desk.moves.deaf(r.id, desk.downAt(performance.now()))) desk.say(`row ${r.id}`, t('chair.moved'));
    else f();
  };
  // What gives the floor, or takes a request away, is for whom the row names.
  const named = (/** @type {string} */ what, /** @type {() => void} */ f) => (/** @type {MouseEvent} */ e) =>
    act(() => {
      const row = /** @type {Element} */ (e.currentTarget).closest('.entry');
      if (desk.reads(`row ${r.id}`, `${what} ${r.id}`, row?.querySelector('.entry-name'), name)) f();
    })(e);
  const move = (/** @type {-1 | 1} */ by) =>
    act(() => {
      const before = neighbour(list, r.id, by);
      if (before !== undefined) desk.move(r.id, before);
    });
  return html`<li class="entry" data-request=${r.id} tabindex="-1" ?data-apart=${apart} ?data-opened=${opened} data-kind=${r.kind} aria-busy=${desk.busy.has(`row ${r.id}`)}>
    ${apart ? html`<p class="apart-head">${t('chair.replies')}</p>` : nothing}
    <span class="place" data-handle title=${t('chair.drag')}><span class="grip">${icon('grip')}</span>${formatNumber(i + 1)}</span>
    <div class="entry-who">
      <p class="entry-name">${nameOf(model.roster, r.participant)}</p>
      <p class="facts">
        <span class="waited-too">${waiting}</span> ${factsOf(model, state, r, timesSpoken(state, r.participant))} ${offers(model, list, r)} ${r.note ? html`<span class="fact-note"><bdi>${r.note}</bdi></span>` : nothing}
      </p>
    </div>
    <span class="waited">${waiting}</span>
    <span class="tools">
      <button class="tool" type="button" aria-label=${t('chair.up', { name })} aria-disabled=${off || i === 0} @click=${move(-1)}>${icon('up')}</button>
      <button class="tool" type="button" aria-label=${t('chair.down', { name })} aria-disabled=${off || i === list.length - 1} @click=${move(1)}>${icon('down')}</button>
      <button class="tool remove" type="button" aria-label=${t('chair.remove', { name })} aria-disabled=${off} @click=${named('remove', () => desk.remove(state, r.id))}>${icon('remove')}</button>
      <button class="tool more" type="button" aria-label=${t('chair.row_more', { name })} aria-expanded=${opened} @click=${() => desk.toggleRow(r.id)}>${icon('more')}</button>
    </span>
    <button class="button call" type="button" aria-disabled=${off || currentPanel(state)?.status !== 'open'} @click=${named('call', () => desk.call(state, { request: r.id }, `row ${r.id}`))}>
      ${t('chair.call')} <span class="visually-hidden">${name}</span>
    </button>
    ${opened ? rarer(desk, model, list, r, act) : nothing} ${said(desk, `row ${r.id}`)}
  </li>`;
}

/** With whom a row offers to change places, and who offers it to the row. @param {Model} model @param {ListedRequest[]} list @param {ListedRequest} r */
function offers({ roster }, list, r) {
  const to = r.exchange === undefined ? undefined : list.find((x) => x.id === r.exchange);
  return to ? html`<span class="chip offer">${icon('swap')}<span>${t('chair.offers', { name: roster.name(to.participant) })}</span></span>` : nothing;
}

/** What is done to a row now and then. @param {Desk} desk @param {Model} model @param {ListedRequest[]} list @param {ListedRequest} r @param {(f: () => void) => (e: MouseEvent) => void} act */
function rarer(desk, model, list, r, act) {
  const last = list[list.length - 1]?.id === r.id;
  const pairs = list.filter((x) => x.exchange === r.id || r.exchange === x.id);
  return html`<div class="rarer">
    <button class="button" type="button" aria-disabled=${desk.stale} @click=${act(() => desk.absent(r.id))}>${t(r.absent ? 'chair.absent_again' : 'chair.absent_do')}</button>
    <button class="button" type="button" aria-disabled=${desk.stale || last} @click=${act(() => !last && desk.move(r.id, null))}>${t('chair.to_end')}</button>
    ${pairs.map((x) => {
      const name = model.roster.name(x.participant);
      return html`<button class="button" type="button" aria-disabled=${desk.stale} @click=${act(() => desk.exchange(r.id, x.id))}>${icon('swap')} ${t('chair.exchange', { name })}</button>`;
    })}
    <label class="rarer-level"
      ><span class="label">${t('chair.level')}</span>
      <select
        class="select"
        .value=${live(r.level ?? '')}
        ?disabled=${desk.stale}
        @change=${(/** @type {Event} */ e) => desk.setLevel(r.id, /** @type {Level | ''} */ (/** @type {HTMLSelectElement} */ (e.target).value))}
      >
        <option value="" ?selected=${!r.level}>${t('chair.level_none')}</option>
        ${LEVELS.map((l) => html`<option value=${l} ?selected=${l === r.level}>${t(`level.${l}`)}</option>`)}
      </select></label
    >
  </div>`;
}
