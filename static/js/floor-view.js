// The delegate's page as a function of the state and the phone's own drafts.

/** @import { Model } from './app.js' */
/** @import { Kind, Problem, State } from './types.js' */
/** @import { AskItem, Item, Kept, Level, Ticket } from './floor-logic.js' */
/** @import { View } from './lit.js' */
import { formatUsed } from './countdown.js';
import { holdingOf, levelOf, ticketsOf, wasAbsent, webOnly } from './floor-logic.js';
import { formatNumber, formatRange, problemText, t, tOr } from './i18n.js';
import { currentPanel, listOf, requestsOf, waitRange } from './list.js';
import { html, nothing } from './lit-core.js';
import { behalfName, connectionBanner, countdownDigits, languageMenu, nameOf, phaseWord } from './parts.js';

/**
 * @typedef {object} Ui The phone's own drafts.
 * @property {'unknown' | 'join' | 'joined'} page
 * @property {Kept} kept
 * @property {Details} details
 * @property {Details} [sent] the details as the server has them
 * @property {boolean} claim the chair has not confirmed yet whom this phone speaks for
 * @property {boolean} busy a command is on its way
 * @property {Parts} parts
 * @property {import('./floor-statements.js').Statements} [statements]
 * @property {Notice | undefined} notice
 * @property {undefined | 'sure' | 'sent'} yielding
 * @property {boolean} deaf the act at the thumb has just become another, and waits a moment
 * @property {boolean} whole the whole list is shown
 * @property {boolean} sound
 * @property {Set<string>} failed what was tried in vain
 * @property {(item: Item) => boolean} undoable whether a withdrawal can still be taken back
 */

/** @typedef {{note: string, speaker: string, language: string, behalf_of: string, level: string}} Details of a request; empty: not stated */
/** @typedef {{soon?: typeof import('./floor-soon.js'), more?: typeof import('./floor-more.js')}} Parts of the page that are brought later */
/** @typedef {{text?: string, problem?: Problem, good?: boolean}} Notice something to be read and put away: a message's key, or a refusal */

/**
 * @typedef {object} Acts
 * @property {(kind: Kind) => void} ask
 * @property {(id: string) => void} withdraw
 * @property {(id: string) => void} keep
 * @property {(id: string) => void} drop
 * @property {(step: 'ask' | 'sure' | 'cancel') => void} yield
 * @property {(field: keyof Details, text: string) => void} detail
 * @property {(id: string) => void} amend sends changed details
 * @property {(id: string, other: string) => void} exchange offers to change places, or accepts
 * @property {(id: string) => void} decline takes an offer back, or declines it
 * @property {(e: Event) => void} opened something that is brought later
 * @property {() => void} whole
 * @property {() => void} sound
 * @property {() => void} change
 * @property {() => void} dismiss
 * @property {() => void} again
 * @property {(lang: string) => void} language
 */

const SHOWN = 5; // of the list, until all is asked for

/** @param {Model} model @param {Ui} ui @param {Acts} act @returns {View} */
export function view(model, ui, act) {
  if (ui.page !== 'joined') {
    // The join form stands beside what is drawn here: door.js.
    return html`${head(model, ui, act)}${connectionBanner(model, act.again)} ${ui.page === 'join' ? nothing : html`<main class="floor-main"><p class="muted">${t('common.loading')}</p></main>`}`;
  }
  const { state } = model;
  const me = ui.kept.participant ?? '';
  if (!state) return html`${head(model, ui, act)}${connectionBanner(model, act.again)}<main class="floor-main"><p class="muted">${t('common.loading')}</p></main>`;
  const holding = holdingOf(state, me);
  const parts = ui.parts;
  return html`${holding ? (parts.soon ? parts.soon.stage(model, state, ui, act, holding) : html`<section class="stage phase-panel" data-phase="ready"><h2 class="stage-text">${t('floor.have_floor')}</h2></section>`) : nothing} ${head(model, ui, act)}${holding ? nothing : connectionBanner(model, act.again)}
    <main class="floor-main">
      ${panelHead(state)} ${parts.soon?.told(model, state)}
      ${holding ? nothing : standing(model, state, me, ui, act)} ${holding ? nothing : more(model, state, me, ui, act)} ${holding ? nothing : speaking(model, state)}
      ${list(model, state, me, ui, act)} ${papers(state)} ${attention(ui, act)}
      <button class="button quiet change" type="button" @click=${act.change}>${t('floor.change_delegation')}</button>
    </main>
    ${holding ? nothing : html`<div class="thumb">${notice(ui, act)}${bar(state, me, ui, act)}</div>`}`;
}

/** @param {Model} model @param {Ui} ui @param {Acts} act @returns {View} */
function head({ roster }, ui, act) {
  const me = ui.kept.participant;
  return html`<header class="page-head">
    ${ui.page === 'joined' && me ? nameOf(roster, me) : html`<span class="name">${t('common.app')}</span>`}
    <span class="push">${languageMenu(act.language)}</span>
  </header>`;
}

/** @param {State} state @returns {View} */
function panelHead(state) {
  const panel = currentPanel(state);
  return html`<div class="panel-head">
    <h1 id="heading" tabindex="-1"><bdi>${panel?.title ?? state.debate.title}</bdi></h1>
    ${panel?.theme ? html`<p class="muted small"><bdi>${panel.theme}</bdi></p>` : nothing}
    ${panel && panel.status !== 'open' ? html`<p class="notice">${t(panel.status === 'closed' ? 'floor.panel_closed' : 'floor.panel_suspended')}</p>` : nothing}
  </div>`;
}

/** @param {Ui} ui @param {Acts} act @returns {View} */
function notice({ notice }, act) {
  if (!notice) return nothing;
  return html`<div class=${notice.good ? 'said good' : 'problem said'} role="alert">
    <p>${notice.problem ? problemText(notice.problem) : t(notice.text ?? '')}</p>
    <button class="button quiet" type="button" @click=${act.dismiss}>${t('common.close')}</button>
  </div>`;
}

// --- where one stands

/** The request for a kind that waits to be sent. @param {Ui} ui @param {State} state */
const unsentOf = (ui, state) => /** @type {AskItem | undefined} */ (ui.kept.outbox.find((i) => i.act === 'ask' && i.body.panel === state.panel && !Object.hasOwn(state.requests, i.id)));

/** @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
function standing(model, state, me, ui, act) {
  const tickets = ticketsOf(state, me, ui.kept);
  const soon = ui.parts.soon;
  const unsent = unsentOf(ui, state);
  const level = levelOf(state, me, ui.kept);
  const elsewhere = requestsOf(state, me).filter((r) => r.panel !== state.panel);
  if (ui.claim)
    return html`<section class="hero" data-level="idle" role="status">
      <h2>${t('floor.claim')}</h2>
      <p>${t('floor.claim_body')}</p>
    </section>`;
  return html`${soon?.offers(model, state, tickets.filter((r) => may(r, ui)), ui, act) ?? nothing} ${unsent ? waiting(unsent, ui, act) : nothing}
  ${tickets.length ? tickets.map((ticket, n) => place(model, state, ticket, n === 0 ? level : 'listed', ui, act)) : unsent ? nothing : idle(model, state, me, ui)}
  ${elsewhere.map(
    (r) => html`<p class="card small">${t('floor.elsewhere')} <bdi>${Object.hasOwn(state.panels, r.panel) ? state.panels[r.panel].title : r.panel}</bdi></p>`,
  )}`;
}

/** Whether this phone may withdraw a request, or change its place. @param {Ticket} ticket @param {Ui} ui */
const may = (ticket, ui) => ticket.own || ui.kept.via !== 'code';

/** @param {Model} model @param {State} state @param {string} me @param {Ui} ui @returns {View} */
function idle(model, state, me, ui) {
  const panel = currentPanel(state);
  const open = panel?.list === 'open';
  if (ui.parts.soon && wasAbsent(state, me)) return ui.parts.soon.absent(open);
  return html`<section class="hero" data-level="idle">
    <h2>${t(open ? 'list.open' : 'list.closed')}</h2>
    <p>${t(open ? 'floor.open_body' : 'floor.closed_body')}</p>
    ${panel?.limit_ms === undefined ? nothing : html`<p class="small">${t('floor.limit', { time: formatUsed(panel.limit_ms) })}</p>`}
    ${open && model.status.kind === 'stale' ? html`<p class="small">${t('floor.offline_ask')}</p>` : nothing}
  </section>`;
}

/** @param {Model} model @param {State} state @param {Ticket} ticket @param {Level} level @param {Ui} ui @param {Acts} act @returns {View} */
function place(model, state, ticket, level, ui, act) {
  const range = waitRange(state, ticket.place, model.now);
  const title = level === 'next' ? t('floor.next_title') : level === 'ready' ? t('floor.ready_title') : t('floor.place_label');
  return html`<section class="hero" data-level=${level} aria-label=${title}>
    <div class="hero-text">
      <h2>${title}</h2>
      ${ticket.kind === 'intervention' ? nothing : html`<p><span class="chip brand">${tOr('kind', ticket.kind)}</span></p>`}
      <p class="small">${currentPanel(state)?.status !== 'open' ? t('floor.wait_held') : range ? t('floor.wait', { range: formatRange(range) }) : t('floor.wait_unknown')}</p>
      ${ticket.own ? nothing : html`<p class="small">${t('floor.by_delegation')}</p>`} ${ticket.absent ? html`<p><strong>${t('floor.absent_once')}</strong></p>` : nothing}
    </div>
    <p class="place"><span class="visually-hidden">${t('floor.place_label')}: </span>${formatNumber(ticket.place)}</p>
    ${ticket.exchange ? ui.parts.soon?.offering(model, state, ticket, may(ticket, ui), act) : nothing}
    ${may(ticket, ui) ? html`<button class="button hero-act" type="button" @click=${() => act.withdraw(ticket.id)}>${t('floor.withdraw')}</button>` : nothing}
  </section>`;
}

/** @param {AskItem} item @param {Ui} ui @param {Acts} act @returns {View} */
function waiting(item, ui, act) {
  const failed = ui.failed.has(item.id);
  return html`<section class="hero" data-level="unsent" role="status">
    <div class="hero-text">
      <h2>${t(failed ? 'floor.unsent' : 'floor.sending')}</h2>
      ${item.body.kind === 'intervention' ? nothing : html`<p><span class="chip brand">${tOr('kind', item.body.kind)}</span></p>`}
      ${failed ? html`<p>${t('floor.unsent_body')}</p>` : nothing}
    </div>
    ${failed ? html`<button class="button hero-act" type="button" @click=${() => act.drop(item.id)}>${t('floor.unsent_drop')}</button>` : nothing}
  </section>`;
}

// --- the one act at the thumb

/** What the bar at the bottom offers. @param {State} state @param {string} me @param {Ui} ui @returns {{kind: 'none' | 'ask' | 'undo', id: string}} */
export function barOf(state, me, ui) {
  const leaving = ui.kept.outbox.find((i) => i.act === 'withdraw' && (ui.undoable(i) || ui.failed.has(i.id)) && Object.hasOwn(state.requests, i.id));
  if (leaving) return { kind: 'undo', id: leaving.id };
  if (ui.claim || holdingOf(state, me) || unsentOf(ui, state) || currentPanel(state)?.list !== 'open') return { kind: 'none', id: '' };
  const asked = requestsOf(state, me, state.panel).some((r) => r.kind === 'intervention');
  return { kind: asked ? 'none' : 'ask', id: '' };
}

/** @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
function bar(state, me, ui, act) {
  const offer = barOf(state, me, ui);
  if (offer.kind === 'none') return nothing;
  return html`<div class="act-bar" data-kind=${offer.kind}>
    ${offer.kind === 'ask'
      ? html`<button class="button primary large" type="button" aria-disabled=${ui.deaf ? 'true' : 'false'} @click=${() => act.ask('intervention')}>${t('floor.ask')}</button>`
      : html`<p role="status">${t(ui.failed.has(offer.id) ? 'floor.withdraw_unsent' : 'floor.withdrawn')}</p>
          <button class="button large" type="button" aria-disabled=${ui.deaf ? 'true' : 'false'} @click=${() => act.keep(offer.id)}>${t('common.undo')}</button>
          ${ui.failed.has(offer.id) ? nothing : html`<span class="act-time" aria-hidden="true"></span>`}`}
  </div>`;
}

/** Details of a request, and what is rarely done: brought when somebody opens it. @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
function more(model, state, me, ui, act) {
  if (unsentOf(ui, state) || ui.claim) return nothing;
  const body = (/** @type {'details' | 'rare'} */ which) => html`<div class="stack">${ui.parts.more ? ui.parts.more[which](model, state, me, ui, act) : html`<p class="muted">${t('common.loading')}</p>`}</div>`;
  const own = ticketsOf(state, me, ui.kept).some((r) => r.own && r.kind === 'intervention');
  const asked = requestsOf(state, me, state.panel).some((r) => r.kind === 'intervention');
  return html`<div class="folds">
    ${own || (!asked && currentPanel(state)?.list === 'open')
      ? html`<details class="fold" @toggle=${act.opened}>
          <summary>${t(own ? 'floor.details_change' : 'floor.details')}</summary>
          ${body('details')}
        </details>`
      : nothing}
    <details class="fold" @toggle=${act.opened}>
      <summary>${t('floor.more')}</summary>
      ${body('rare')}
    </details>
  </div>`;
}

// --- the rest of the debate

/** @param {Model} model @param {State} state @returns {View} */
function speaking(model, state) {
  const floor = state.floor;
  if (!floor) return html`<section class="speaking card"><p class="muted">${t('common.nobody')}</p></section>`;
  const shown = model.paused && model.phase !== undefined ? 'paused' : (model.phase ?? 'ready');
  return html`<section class="speaking card phase-panel" data-phase=${shown} aria-label=${t('floor.speaking')}>
    <div>
      <p class="small">${floor.kind === 'intervention' ? t('floor.speaking') : tOr('kind', floor.kind)}</p>
      <p>${nameOf(model.roster, floor.participant)}</p>
      ${floor.behalf_of ? html`<p class="small">${t('common.behalf', { name: behalfName(state, floor.behalf_of) })}</p>` : nothing}
    </div>
    <div class="speaking-clock">
      ${countdownDigits()}
      <span class="phase-word small">${phaseWord(model.phase, model.paused, floor.timer.limit_ms !== undefined)}</span>
    </div>
  </section>`;
}

/** @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
function list(model, state, me, ui, act) {
  const all = listOf(state);
  const shown = ui.whole ? all : all.slice(0, SHOWN);
  const leaving = new Set(ui.kept.outbox.map((i) => i.id)); // what is on the list and in the outbox is being withdrawn
  return html`<section class="list">
    <h2>${t('floor.list')}</h2>
    ${all.length === 0 ? html`<p class="muted">${t('floor.list_empty')}</p>` : nothing}
    <ol class="list-rows">
      ${shown.map((r, n) => html`<li class="list-row" data-mine=${r.participant === me ? 'yes' : nothing} data-leaving=${leaving.has(r.id) ? 'yes' : nothing}>
          <span class="list-place">${n + 1}</span>
          <span class="list-who">
            ${nameOf(model.roster, r.participant)} ${r.behalf_of ? html`<span class="small muted">${t('common.behalf', { name: behalfName(state, r.behalf_of) })}</span>` : nothing}
          </span>
          ${r.kind === 'intervention' ? nothing : html`<span class="chip">${tOr('kind', r.kind)}</span>`}
          ${r.participant === me ? html`<span class="chip brand">${t('floor.you')}</span>` : nothing}
        </li>`)}
    </ol>
    ${all.length > SHOWN ? html`<button class="button quiet" type="button" aria-expanded=${ui.whole ? 'true' : 'false'} @click=${act.whole}>${ui.whole ? t('floor.show_less') : t('floor.show_all', { count: all.length })}</button>` : nothing}
  </section>`;
}

/** @param {State} state @returns {View} */
function papers({ debate }) {
  if (!debate.papers?.length) return nothing;
  return html`<section class="papers">
    <h2>${t('floor.papers')}</h2>
    <ul class="paper-list">
      ${debate.papers.map(
        (paper) =>
          html`<li>
            <a class="paper" href=${webOnly(paper.url)} target="_blank" rel="noopener noreferrer"><bdi>${paper.title}</bdi><span class="visually-hidden"> (${t('floor.new_tab')})</span></a>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {Ui} ui @param {Acts} act @returns {View} */
function attention(ui, act) {
  return html`<section class="attention card">
    <div>
      <h2>${t('floor.alerts')}</h2>
      <p class="small muted">${t('floor.alerts_body')}</p>
    </div>
    <button class="button" type="button" aria-pressed=${ui.sound ? 'true' : 'false'} @click=${act.sound}>${t(ui.sound ? 'floor.sound_on' : 'floor.sound_off')}</button>
  </section>`;
}
