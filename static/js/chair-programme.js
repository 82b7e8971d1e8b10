// The names that the programme gives a panel: its moderator and panellists answer with one tap; an item without a list calls
// its speakers in the programme's order.

/** @import { Model } from './app.js' */
/** @import { Panel, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, nothing } from './lit.js';
import { format, formatUsed } from './countdown.js';
import { formatNumber, t } from './i18n.js';
import { currentPanel } from './list.js';
import { nameOf } from './parts.js';
import { kindFor, namesOf, speakersOf } from './chair-acts.js';
import { said, segments } from './chair-parts.js';

/** How long an answer of the panel may be where nothing else is said. @param {Panel} panel */
const answerLimit = (panel) => (panel.response_limit_ms ?? panel.limit_ms) || undefined;

/**
 * Answers from the panel, one tap each, with or without a limit.
 * @param {Desk} desk @param {Model} model @param {State} state @returns {View}
 */
export function answers(desk, model, state) {
  const panel = currentPanel(state);
  const names = namesOf(panel);
  if (!panel || panel.no_list || names.length === 0) return nothing;
  const limit = answerLimit(panel);
  const off = desk.stale || panel.status !== 'open' || desk.end.deaf(performance.now());
  const speaking = state.floor?.kind === 'response' ? state.floor.participant : undefined;
  const call = (/** @type {string} */ participant, /** @type {Event} */ e) => {
    if (desk.end.deaf(performance.now())) return;
    const shown = /** @type {Element} */ (e.currentTarget).querySelector('.answer-name');
    if (!desk.reads('answers', `answer ${participant}`, shown, model.roster.name(participant))) return;
    void desk.call(state, { participant, kind: 'response', ...(desk.unlimited && limit !== undefined && { limit_ms: null }) }, 'answers');
  };
  return html`<div class="answers" role="group" aria-label=${t('chair.answers')}>
    <span class="answers-label" aria-hidden="true">${t('chair.answers')}</span>
    ${limit === undefined
      ? nothing
      : segments(
          t('chair.answer_limit'),
          [
            { value: 'on', label: html`<bdi dir="ltr">${format(limit)}</bdi>` },
            { value: 'off', label: '∞', name: t('chair.limit_none') },
          ],
          desk.unlimited ? 'off' : 'on',
          (v) => desk.setUnlimited(v === 'off'),
          false,
        )}
    <div class="answer-names">
      ${names.map(
        (p) => html`<button class="button answer" type="button" aria-disabled=${off} ?data-speaking=${p === speaking} title=${model.roster.name(p)} @click=${(/** @type {Event} */ e) => !off && call(p, e)}>
          <span class="visually-hidden">${t('chair.call')}</span> <span class="answer-name">${nameOf(model.roster, p)}</span>
          ${p === panel.moderator ? html`<span class="answer-role">${t('chair.moderator')}</span>` : nothing}
        </button>`,
      )}
    </div>
    ${said(desk, 'answers')}
  </div>`;
}

/** The speakers of an item without a list, in the programme's order. @param {Desk} desk @param {Model} model @param {State} state @returns {View} */
export function speakers(desk, model, state) {
  const panel = currentPanel(state);
  if (!panel?.no_list) return nothing;
  const names = speakersOf(panel);
  const heard = Object.values(state.record ?? {}).filter((r) => r.panel === state.panel);
  const next = names.find((p) => !heard.some((r) => r.participant === p));
  const off = desk.stale || panel.status !== 'open' || desk.end.deaf(performance.now());
  return html`<ol class="entries speakers" aria-label=${t('chair.panels')}>
    ${names.map((p, i) => {
      const own = heard.filter((r) => r.participant === p);
      const used = own.reduce((sum, r) => sum + (r.ended_ms === undefined ? 0 : r.used_ms), 0);
      const now = state.floor?.participant === p;
      const call = (/** @type {Event} */ e) => {
        const shown = /** @type {Element} */ (e.currentTarget).closest('.entry')?.querySelector('.entry-name');
        if (!off && !now && desk.reads(`speaker ${p}`, `speaker ${p}`, shown, model.roster.name(p))) void desk.call(state, { participant: p, kind: kindFor(panel, p) }, `speaker ${p}`);
      };
      const word = now ? t('chair.speaks') : own.length > 0 ? t('chair.has_spoken', { time: `\u2066${formatUsed(used)}\u2069` }) : p === next ? t('chair.next') : '';
      return html`<li class="entry" ?data-next=${p === next && !state.floor}>
        <span class="place">${formatNumber(i + 1)}</span>
        <div class="entry-who">
          <p class="entry-name">${nameOf(model.roster, p)}</p>
          <p class="facts">${word === '' ? nothing : html`<span class="chip ${p === next ? 'brand' : ''}">${word}</span>`}</p>
        </div>
        <button class="button call" type="button" aria-disabled=${off || now} @click=${call}>
          ${t('chair.call')} <span class="visually-hidden">${model.roster.name(p)}</span>
        </button>
        ${said(desk, `speaker ${p}`)}
      </li>`;
    })}
  </ol>`;
}
