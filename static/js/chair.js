// The chair's console: one screen for what is done during a debate.

/** @import { Model } from './app.js' */
/** @import { ListedRequest, State } from './types.js' */
/** @import { View } from './lit.js' */
import { boot } from './app.js';
import { remaining } from './countdown.js';
import { entitle, focusDrawn } from './drawing.js';
import { formatNumber, t } from './i18n.js';
import { listOf } from './list.js';
import { html, nothing } from './lit.js';
import { clockNews } from './notices.js';
import { connectionBanner, languageMenu } from './parts.js';
import { addView } from './chair-add.js';
import { accessSheet, waiting } from './chair-access.js';
import { notReached, programme } from './chair-acts.js';
import { hold } from './chair-anchor.js';
import { budget } from './chair-budget.js';
import { Desk } from './chair-desk.js';
import { handleRows } from './chair-drag.js';
import { floorView, panelView } from './chair-floor.js';
import { focusRow, focused, handleKeys, heir, keysDialog } from './chair-keys.js';
import { dock, listHead, listView } from './chair-list.js';
import { messageSheet } from './chair-message.js';
import { orderSheet } from './chair-order.js';
import { icon, said } from './chair-parts.js';
import { answers } from './chair-programme.js';
import { statisticsSheet } from './chair-statistics.js';

const desk = new Desk();

/** @param {Model} model @returns {View} */
function view(model) {
  desk.see(model);
  const { state } = model;
  if (!state)
    return html`${connectionBanner(model, () => desk.app?.stream?.reopen())}
      <main class="waiting">
        <h1>${t('common.app')}</h1>
        ${languageMenu((lang) => desk.app?.setLanguage(lang))}
      </main>`;
  const list = listOf(state);
  const ids = list.map((r) => r.id);
  if (desk.opened !== undefined && !ids.includes(desk.opened)) desk.opened = undefined;
  // What stands above the rows, or between them, comes and goes: then they are at another place too.
  if (desk.moves.see(layout(model, state, list), ids, performance.now())) desk.later('moves', desk.moves.ms + 20);
  const rows = /** @type {HTMLElement | null} */ (document.querySelector('[data-rows]'));
  queueMicrotask(hold(rows)); // after lit has drawn, before the frame is shown
  return html`<div class="console" ?data-stale=${desk.stale}>
    ${head(model, state)}
    <main class="desk">
      ${floorView(desk, model, state, list)}
      <section class="side" ?data-adding=${desk.adding}>
        ${listHead(desk, model, state, list)} ${addView(desk, model, state, list)} ${answers(desk, model, state)}
        <div class="rows" data-rows>${listView(desk, model, state, list)}</div>
        ${sheetView(model, state, list)} ${dock(desk, model, state)}
      </section>
      ${panelView(desk, state)}
    </main>
    ${keysDialog(desk)}
  </div>`;
}

/** What the place of the rows depends on beside their order. @param {Model} model @param {State} state @param {ListedRequest[]} list */
function layout(model, state, list) {
  const offer = budget(state, list, model.now).limit !== undefined;
  const above = [offer, notReached(state).length, state.outage?.floor, state.sleep?.floor, state.clock !== undefined, clockNews(state, model.now)?.at_ms, model.presence?.disk?.level, desk.draft.more, desk.adding];
  return [state.panel, desk.opened, desk.sheet, ...above].join(' ');
}

/** What is rarely done, in the place of the list. @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
function sheetView(model, state, list) {
  switch (desk.sheet) {
    case 'message':
      return messageSheet(desk, state);
    case 'order':
      return orderSheet(desk, model, state, list);
    case 'statistics':
      return statisticsSheet(desk, model, state);
    case 'access':
      return accessSheet(desk, model, state);
  }
  return nothing;
}

/** @param {Model} model @param {State} state */
function head(model, state) {
  const { status } = model;
  return html`<header class="bar">
    ${connectionBanner(model, () => desk.app?.stream?.reopen())}
    <h1 class="bar-title" dir="auto">${state.debate.title}</h1>
    <nav class="tabs" aria-label=${t('chair.panels')}>
      ${programme(state).map(
        ([id, panel]) => html`<button
          class="tab"
          type="button"
          aria-current=${id === state.panel ? 'true' : nothing}
          aria-disabled=${desk.stale}
          title=${panel.theme ?? panel.title}
          @click=${() => id !== state.panel && desk.switchTo(id)}
        >
          ${panel.title}
        </button>`,
      )}
    </nav>
    <div class="stats">
      <span class="stat live" data-kind=${status.kind}><span class="live-mark" aria-hidden="true"></span><span class="live-text">${t('common.live')}</span></span>
      ${sheetButton('message', html`${icon('message')}${state.message ? html`<span class="on-mark" aria-hidden="true"></span><span class="visually-hidden">${t('chair.message.on')}</span>` : nothing}`)}
      ${sheetButton('statistics', icon('chart'))} ${accessButton(model, state)}
    </div>
    ${languageMenu((lang) => desk.app?.setLanguage(lang))}
    <button class="button quiet help" type="button" aria-label=${t('chair.keys')} @click=${() => ((desk.help = true), desk.render())}>?</button>
    ${said(desk, 'tabs')}
  </header>`;
}

/** @param {import('./chair-desk.js').SheetName} name @param {View} body @param {string} [more] */
function sheetButton(name, body, more = '') {
  return html`<button class="button quiet opens ${more}" type="button" data-opens=${name} title=${t(`chair.sheet.${name}`)} aria-expanded=${desk.sheet === name} @click=${(/** @type {Event} */ e) => desk.toggleSheet(name, e)}>
    <span class="visually-hidden">${t(`chair.sheet.${name}`)}</span>${body}
  </button>`;
}

/** Screens, phones, the join code, and above all who waits to be confirmed. @param {Model} model @param {State} state */
function accessButton({ presence }, state) {
  const stat = (/** @type {'screen' | 'phone'} */ name, /** @type {number} */ count, /** @type {string} */ label) =>
    html`<span class="stat ${name}">${icon(name)}<span aria-hidden="true">${formatNumber(count)}</span><span class="visually-hidden">${label}</span></span>`;
  const wait = waiting(state);
  return sheetButton(
    'access',
    html`${wait > 0 ? html`<span class="claims-mark"><span aria-hidden="true">${formatNumber(wait)}</span><span class="visually-hidden">${t('chair.access.waiting', { count: wait })}</span></span>` : nothing}
    ${presence ? html`${stat('screen', presence.screens, t('chair.screens', { count: presence.screens }))}${stat('phone', presence.phones, t('chair.phones', { count: presence.phones }))}` : nothing}
    <span class="stat code">${icon('key')}<span class="visually-hidden">${t('chair.code')}</span> ${state.join?.code ? html`<bdi dir="ltr">${state.join.code}</bdi>` : nothing}</span>`,
    wait > 0 ? 'waiting-claims' : '',
  );
}

/** The bar under the digits and the size of these, in each frame. @param {number | undefined} now @param {Model} model */
function tick(now, model) {
  const timer = model.state?.floor?.timer;
  const left = timer && now !== undefined ? remaining(timer, now) : undefined;
  const bar = /** @type {HTMLElement | null} */ (document.querySelector('.floor-bar-left'));
  const part = left === undefined || !timer?.limit_ms ? 0 : Math.min(1, Math.max(0, left / timer.limit_ms));
  const scale = `${part.toFixed(4)} 1`;
  if (bar && bar.style.scale !== scale) bar.style.scale = scale;
  const digits = /** @type {HTMLElement | null} */ (document.querySelector('.floor-time'));
  if (digits) {
    const long = String(digits.querySelector('.countdown')?.textContent?.length ?? 0);
    if (digits.dataset.long !== long) digits.dataset.long = long;
  }
  announcePhase(model);
}

let phase = '';

/** @param {Model} model */
function announcePhase({ state, phase: now }) {
  const is = `${state?.floor?.id} ${now}`;
  if (is === phase) return;
  phase = is;
  if (now === 'warning' || now === 'overtime') desk.app?.announce(t(`phase.${now}`));
}

/** @param {State} state @param {State | undefined} before */
function onState(state, before) {
  entitle(`${t('chair.title')} – ${state.debate.title}`);
  if (before && before.floor?.id !== state.floor?.id) {
    const name = state.floor && desk.app?.roster.name(state.floor.participant);
    desk.app?.announce(name === undefined ? t('common.nobody') : t('chair.has_floor', { name }));
  }
  const fresh = before && Object.keys(state.claims ?? {}).find((p) => !Object.hasOwn(before.claims ?? {}, p));
  if (fresh !== undefined) desk.app?.announce(t('chair.access.claimed', { name: desk.app.roster.name(fresh) }));
  const row = focused()?.dataset.request;
  if (before && row !== undefined && !Object.hasOwn(state.requests, row)) {
    const next = heir(listOf(before), listOf(state), row);
    desk.inherited.see(`${next} ${performance.now()}`, performance.now()); // each time anew
    focusDrawn(() => focusRow(next));
  }
}

handleKeys(desk);
addEventListener('pointerdown', () => (desk.touched = performance.now()), true);
handleRows(/** @type {HTMLElement} */ (document.getElementById('app')), {
  move: (id, before) => void desk.move(id, before),
  remove: (id) => {
    const state = desk.app?.model.state;
    if (state) desk.remove(state, id);
  },
  deaf: (id) => desk.moves.deaf(id, performance.now()),
});
boot({ page: 'chair', role: 'chair', view, tick, onState }).then((app) => {
  desk.app = app;
  app.render();
});
