// Another order for the list: proposed by the server, looked at by the chair, applied or refused.

/** @import { Model } from './app.js' */
/** @import { ListedRequest, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { ProblemError } from './api.js';
import { html, nothing, repeat } from './lit.js';
import { formatNumber, problemText, t } from './i18n.js';
import { timesSpoken } from './list.js';
import { nameOf } from './parts.js';
import { moves } from './chair-acts.js';
import { said } from './chair-parts.js';
import { factsOf } from './chair-row.js';
import { sheet } from './chair-sheet.js';

const ORDERS = ['asked', 'not_spoken', 'categories', 'groups', 'precedence'];

/**
 * @typedef {object} Proposal
 * @property {string} by
 * @property {string} about the panel and its list as they were when it was asked for
 * @property {string[]} [order] ids; absent while it is coming
 * @property {string} [problem]
 */

/** @type {Proposal | undefined} */
let proposal;

/** Asks for a proposal; one that has been overtaken is dropped. @param {Desk} desk @param {State} state @param {string} about @param {string} by */
async function propose(desk, state, about, by) {
  /** @type {Proposal} */
  const asked = { by, about };
  proposal = asked;
  desk.render();
  try {
    const { order } = await desk.app?.api.get(`/panels/${encodeURIComponent(state.panel)}/order?by=${by}`);
    asked.order = order;
  } catch (err) {
    if (!(err instanceof ProblemError)) throw err;
    asked.problem = problemText(err.problem);
  }
  desk.render();
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function orderSheet(desk, model, state, list) {
  const about = `${state.panel} ${list.map((r) => `${r.id}${r.level ?? ''}`).join(' ')} ${Object.keys(state.spoken).length}`;
  // Somebody came, went or spoke meanwhile: the proposal is made anew.
  if (proposal && proposal.about !== about && !desk.stale) {
    const { by } = proposal;
    queueMicrotask(() => proposal?.about !== about && proposal?.by === by && void propose(desk, state, about, by));
  }
  const shown = proposal?.order && moves(list, proposal.order);
  const moving = shown?.filter((m) => m.from !== m.to).length ?? 0;
  const apply = async () => {
    if (!proposal?.order) return;
    const { by, order } = proposal;
    const path = `/panels/${encodeURIComponent(state.panel)}/order`;
    const done = await desk.act('order', `order ${path} ${by} ${order.join(' ')}`, (key, app) => app.api.command('PUT', path, { order, by }, { key }));
    if (!done || proposal?.by !== by) return; // another order is being looked at by now
    proposal = undefined;
    if (desk.sheet === 'order') desk.closeSheet();
  };
  const refuse = () => {
    proposal = undefined;
    desk.closeSheet();
  };
  return sheet(
    desk,
    'order',
    html`<div class="orders" role="group" aria-label=${t('chair.sheet.order')}>
        ${ORDERS.map(
          (by) => html`<button class="button order-by" type="button" aria-pressed=${proposal?.by === by} aria-disabled=${desk.stale} @click=${() => !desk.stale && void propose(desk, state, about, by)}>
            <span>${t(`chair.order.${by}`)}</span><span class="muted small">${t(`chair.order.${by}.why`)}</span>
          </button>`,
        )}
      </div>
      ${proposal?.problem ? html`<p class="problem" role="alert">${proposal.problem}</p>` : nothing}
      ${shown
        ? html`<div class="proposal">
            <p class="proposal-head" role="status">${moving === 0 ? t('chair.order.same') : t('chair.order.moving', { count: moving })}</p>
            <div class="proposal-acts">
              <button class="button primary" type="button" aria-disabled=${desk.stale || moving === 0} aria-busy=${desk.busy.has('order')} @click=${() => moving > 0 && void apply()}>${t('chair.order.apply')}</button>
              <button class="button" type="button" @click=${refuse}>${t('chair.order.refuse')}</button>
              ${said(desk, 'order')}
            </div>
            <ol class="proposed" aria-label=${t('chair.order.proposed')}>
              ${repeat(
                shown,
                (m) => m.request.id,
                (m) => row(model, state, m),
              )}
            </ol>
          </div>`
        : nothing}`,
  );
}

/** @param {Model} model @param {State} state @param {{request: ListedRequest, from: number, to: number}} m */
function row(model, state, { request, from, to }) {
  const by = from - to;
  const text = by === 0 ? '' : t(by > 0 ? 'chair.order.up' : 'chair.order.down', { count: Math.abs(by) });
  return html`<li class="proposed-row" ?data-moves=${by !== 0}>
    <span class="proposed-place">${formatNumber(to + 1)}</span>
    <span class="proposed-who">
      ${nameOf(model.roster, request.participant)}
      <span class="facts">${factsOf(model, state, request, timesSpoken(state, request.participant))}</span>
    </span>
    <span class="proposed-by" data-way=${by > 0 ? 'up' : by < 0 ? 'down' : 'same'}>${by === 0 ? nothing : html`<span aria-hidden="true">${by > 0 ? '▲' : '▼'} ${formatNumber(Math.abs(by))}</span><span class="visually-hidden">${text}</span>`}</span>
  </li>`;
}
