// What is not needed to ask, but soon afterwards: the screen of whoever has the floor, and what others did to one's place.
// Brought as soon as the page can be used.

/** @import { Model } from './app.js' */
/** @import { Floor, State } from './types.js' */
/** @import { Ticket } from './floor-logic.js' */
/** @import { Acts, Ui } from './floor-view.js' */
/** @import { View } from './lit.js' */
import { format, formatUsed, used } from './countdown.js';
import { isOwnFloor, offerBecame, offersTo } from './floor-logic.js';
import { t, tOr } from './i18n.js';
import { html, nothing } from './lit-core.js';
export { alert, keepAwake, setIcon, setSound, soundIsOn } from './floor-alerts.js';
import { messageText, ruledText, tellingOf } from './notices.js';
import { behalfName, connectionBanner, countdownDigits, phaseWord, problemNote } from './parts.js';

/** @param {Model} model @param {State} state @param {Ui} ui @param {Acts} act @param {{floor: Floor, interrupted: boolean}} holding @returns {View} */
export function stage(model, state, ui, act, { floor, interrupted }) {
  const own = isOwnFloor(state, floor, ui.kept);
  const limited = floor.timer.limit_ms !== undefined;
  const minutes = Math.max(floor.timer.limit_ms ?? 0, floor.timer.used_ms) / 60_000;
  const shown = interrupted || (model.paused && model.phase !== undefined) ? 'paused' : (model.phase ?? 'ready');
  return html`<section class="stage phase-panel" data-phase=${shown} aria-labelledby="stage-title">
    ${connectionBanner(model, act.again)}
    <div class="stage-text">
      <h2 id="stage-title">${t(own ? 'floor.have_floor' : 'floor.delegation_floor')}</h2>
      ${floor.kind === 'intervention' ? nothing : html`<p>${tOr('kind', floor.kind)}</p>`}
      ${floor.behalf_of ? html`<p>${t('common.behalf', { name: behalfName(state, floor.behalf_of) })}</p>` : nothing}
    </div>
    <div class="stage-clock" data-long=${minutes >= 10 ? 'yes' : nothing}>
      <p class="stage-phase"><span class="phase-word">${interrupted ? t('phase.paused') : phaseWord(model.phase, model.paused, limited)}</span></p>
      ${interrupted ? html`<span class="countdown" dir="ltr">${heldReading(floor)}</span>` : countdownDigits()}
      ${limited && !interrupted ? html`<div class="stage-time" aria-hidden="true"><span data-time-left></span></div>` : nothing}
      <p class="stage-hint">${interrupted ? t('floor.interrupted') : model.phase === 'ready' ? t('floor.not_started') : model.paused ? t('floor.held') : nothing}</p>
    </div>
    <div class="stage-act">${interrupted ? nothing : yieldButtons(model, ui, act)}</div>
  </section>`;
}

/** What an interrupted countdown says: it stands still. @param {Floor} floor */
const heldReading = ({ timer }) => (timer.limit_ms === undefined ? formatUsed(used(timer, 0)) : format(timer.limit_ms - timer.used_ms));

/** Yielding cannot be taken back by a delegate: it is asked twice, in the same place. @param {Model} model @param {Ui} ui @param {Acts} act @returns {View} */
function yieldButtons(model, ui, act) {
  if (ui.yielding === 'sent') return html`<button class="button large" type="button" aria-disabled="true">${t('floor.yielding')}</button>`;
  if (ui.yielding === 'sure')
    return html`<button class="button" type="button" @click=${() => act.yield('cancel')}>${t('common.cancel')}</button>
      <button class="button large sure" type="button" aria-disabled=${ui.deaf ? 'true' : 'false'} @click=${() => act.yield('sure')}>${t('floor.yield_confirm')}</button>`;
  return html`${problemNote(ui.notice?.problem)}<button class="button large" type="button" @click=${() => act.yield('ask')}>${t('floor.yield')}</button>`;
}

/** What the chair tells the room. @param {Model} model @param {State} state @returns {View} */
export function told({ roster, now }, state) {
  const { ruled, message } = tellingOf(state, now);
  const ruling = ruled && ruledText(ruled, roster.name(ruled.participant));
  if (ruling) return html`<p class="notice" role="status">${ruling}</p>`;
  return message ? html`<p class="notice" role="status"><strong>${t('floor.message')}</strong> <bdi>${messageText(message)}</bdi></p>` : nothing;
}

// --- what others did to our place

/** Those who would like to change places with us. @param {Model} model @param {State} state @param {Ticket[]} tickets @param {Ui} ui @param {Acts} act */
export const offers = (model, state, tickets, ui, act) => offersTo(state, tickets).map((offer) => offered(model, offer, ui, act));

/** @param {Model} model @param {ReturnType<typeof offersTo>[number]} offer @param {Ui} ui @param {Acts} act @returns {View} */
function offered({ roster }, { from, mine }, ui, act) {
  return html`<section class="card stack" role="status">
    <p>${t('floor.offer', { name: `\u2068${roster.name(from.participant)}\u2069`, place: from.place, own: mine.place })}</p>
    <p class="row">
      <button class="button primary" type="button" aria-disabled=${ui.busy ? 'true' : 'false'} @click=${() => act.exchange(mine.id, from.id)}>${t('floor.exchange')}</button>
      <button class="button" type="button" aria-disabled=${ui.busy ? 'true' : 'false'} @click=${() => act.decline(from.id)}>${t('floor.decline')}</button>
    </p>
  </section>`;
}

/** Our own offer, while it stands. @param {Model} model @param {State} state @param {Ticket} ticket @param {boolean} may @param {Acts} act @returns {View} */
export function offering({ roster }, { requests }, { id, exchange }, may, act) {
  if (!exchange || !Object.hasOwn(requests, exchange)) return nothing;
  return html`<p class="hero-act small">${t('floor.offered', { name: `\u2068${roster.name(requests[exchange].participant)}\u2069` })}</p>
    ${may ? html`<button class="button hero-act" type="button" @click=${() => act.decline(id)}>${t('floor.offer_back')}</button>` : nothing}`;
}

/** Called twice, and not in the room. @param {boolean} open the list @returns {View} */
export const absent = (open) =>
  html`<section class="hero" data-level="absent" role="status">
    <h2>${t('floor.absent_off')}</h2>
    <p>${t(open ? 'floor.absent_again' : 'floor.absent_closed')}</p>
  </section>`;

/**
 * What others did to places of ours: the chair, for want of us in the room; another delegation, by an offer or its answer.
 * @param {State} state @param {State} before @param {Ticket[]} tickets
 * @returns {{key: string, offer?: ReturnType<typeof offersTo>[number], of: string}[]} messages; `of`: our request
 */
export function moved(state, before, tickets) {
  const out = [];
  for (const { id, absent } of tickets) {
    if (absent && Object.hasOwn(before.requests, id) && !before.requests[id].absent) out.push({ key: 'floor.absent_once', of: id });
    const became = offerBecame(before, state, id);
    if (became) out.push({ key: became === 'exchanged' ? 'floor.exchanged' : 'floor.declined', of: id });
  }
  const known = new Set(offersTo(before, tickets).map((o) => o.from.id));
  for (const offer of offersTo(state, tickets)) if (!known.has(offer.from.id)) out.push({ key: 'floor.offer', offer, of: offer.mine.id });
  return out;
}
