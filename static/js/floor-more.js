// What a delegate does rarely: details of a request, right of reply and point of order, changing places, written statements.
// Brought when it is opened, so that a phone on a crowded network loads it only then.

/** @import { Model } from './app.js' */
/** @import { Kind, State } from './types.js' */
/** @import { Acts, Details, Ui } from './floor-view.js' */
/** @import { Statements } from './floor-statements.js' */
/** @import { View } from './lit.js' */
import { format } from './countdown.js';
import { ticketsOf } from './floor-logic.js';
import { LANGUAGES, formatNumber, language, problemText, t } from './i18n.js';
import { currentPanel, listOf, requestsOf } from './list.js';
import { html, nothing } from './lit-core.js';
import { behalfName, nameOf } from './parts.js';
export { Statements } from './floor-statements.js';

const LEVELS = ['head_of_state', 'head_of_government', 'minister'];
const OTHER = ' '; // of the choice of groups: none of them, but written; it is sent as nothing

/** Who is going to speak, and how. Before asking it goes with the request, afterwards it changes it. @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
export function details(model, state, me, ui, act) {
  const { details: d, sent } = ui;
  const own = ticketsOf(state, me, ui.kept).find((r) => r.own && r.kind === 'intervention');
  const changed = own && sent && Object.entries(d).some(([field, text]) => text.trim() !== sent[/** @type {keyof Details} */ (field)]);
  return html`<label class="field"
      ><span class="label">${t('floor.note')}</span>
      <textarea class="textarea" rows="2" maxlength="2000" .value=${d.note} @input=${typed('note', act)}></textarea>
      <span class="small muted">${t('floor.note_hint')}</span>
    </label>
    <label class="field"
      ><span class="label">${t('floor.speaker')}</span>
      <input class="input" maxlength="200" autocomplete="off" .value=${d.speaker} @input=${typed('speaker', act)} />
    </label>
    ${choice('level', t('floor.level'), d.level, LEVELS.map((l) => [l, t(`level.${l}`)]), act)}
    ${choice('language', t('floor.language'), d.language, Object.keys(LANGUAGES).map((l) => [l, t(`lang.${l}`)]), act)} ${own ? nothing : behalf(state, d, act)}
    ${own ? html`<button class="button primary" type="button" aria-disabled=${changed && !ui.busy ? 'false' : 'true'} @click=${() => changed && !ui.busy && act.amend(own.id)}>${t('common.save')}</button>` : nothing}`;
}

/** @param {keyof Details} field @param {string} label @param {string} chosen @param {[string, string][]} options @param {Acts} act @returns {View} */
const choice = (field, label, chosen, options, act) =>
  html`<label class="field"
    ><span class="label">${label}</span>
    <select class="select" @change=${typed(field, act)}>
      <option value="" ?selected=${chosen === ''}>${t('floor.not_stated')}</option>
      ${options.map(([value, name]) => html`<option value=${value} ?selected=${chosen === value}>${name}</option>`)}
    </select>
  </label>`;

/** One of the debate's groups, or any other in words. @param {State} state @param {Details} d @param {Acts} act @returns {View} */
function behalf(state, d, act) {
  const groups = Object.keys(state.debate.groups ?? {});
  const named = d.behalf_of === '' || groups.includes(d.behalf_of);
  const text = html`<label class="field"
    ><span class="label">${t(groups.length ? 'floor.behalf_other' : 'floor.behalf')}</span>
    <input class="input" maxlength="200" autocomplete="off" .value=${d.behalf_of === OTHER ? '' : d.behalf_of} @input=${typed('behalf_of', act)} />
  </label>`;
  if (!groups.length) return text;
  const options = groups.map((id) => /** @type {[string, string]} */ ([id, behalfName(state, id)])).sort((a, b) => a[1].localeCompare(b[1], language()));
  return html`${choice('behalf_of', t('floor.behalf'), named ? d.behalf_of : OTHER, [...options, [OTHER, t('floor.behalf_written')]], act)} ${named ? nothing : text}`;
}

/** @param {keyof Details} field @param {Acts} act */
const typed = (field, act) => (/** @type {Event} */ e) => act.detail(field, /** @type {HTMLInputElement} */ (e.target).value);

/** @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
export function rare(model, state, me, ui, act) {
  return html`${kinds(state, me, act)} ${exchange(model, state, me, ui, act)} ${ui.statements ? statements(ui.statements, state) : nothing}`;
}

/** Right of reply and point of order. @param {State} state @param {string} me @param {Acts} act @returns {View} */
function kinds(state, me, act) {
  const asked = new Set(requestsOf(state, me, state.panel).map((r) => r.kind));
  const open = currentPanel(state)?.list === 'open';
  const rare = /** @type {Kind[]} */ (['right_of_reply', 'point_of_order']).filter((kind) => !asked.has(kind));
  if (!open) return html`<p class="small muted">${t('floor.rare_closed')}</p>`;
  const rule = state.debate.right_of_reply;
  return html`${rare.map((kind) => html`<button class="button" type="button" @click=${() => act.ask(kind)}>${t(kind === 'right_of_reply' ? 'floor.ask_reply' : 'floor.ask_order')}</button>
      <p class="small muted">
        ${kind === 'point_of_order' ? t('floor.order_rule') : rule ? t('floor.reply_rule', { count: rule.at_most, first: ltr(format(rule.first_ms)), second: ltr(format(rule.second_ms)) }) : nothing}
      </p>`)}`;
}

/** Digits in a text of any direction. @param {string} text */
const ltr = (text) => `\u2066${text}\u2069`;

/** Offering one's place for another's. @param {Model} model @param {State} state @param {string} me @param {Ui} ui @param {Acts} act @returns {View} */
function exchange(model, state, me, ui, act) {
  const mine = ticketsOf(state, me, ui.kept).find((r) => r.kind === 'intervention' && (r.own || ui.kept.via !== 'code'));
  const others = listOf(state)
    .map((r, n) => ({ ...r, place: n + 1 }))
    .filter((r) => r.kind === 'intervention' && r.participant !== me);
  if (!mine || mine.exchange || !others.length) return nothing;
  return html`<form
    class="stack"
    @submit=${(/** @type {SubmitEvent} */ e) => {
      e.preventDefault();
      const other = new FormData(/** @type {HTMLFormElement} */ (e.currentTarget)).get('other');
      if (typeof other === 'string' && other && !ui.busy) act.exchange(mine.id, other);
    }}
  >
    <label class="field"
      ><span class="label">${t('floor.exchange_with')}</span>
      <select class="select" name="other" required>
        <option value=""></option>
        ${others.map((r) => html`<option value=${r.id}>${formatNumber(r.place)} · ${model.roster.name(r.participant)}</option>`)}
      </select>
      <span class="small muted">${t('floor.exchange_hint')}</span>
    </label>
    <button class="button" type="submit" aria-disabled=${ui.busy ? 'true' : 'false'}>${t('floor.exchange_offer')}</button>
  </form>`;
}

/** @param {Statements} statements @param {State} state @returns {View} */
function statements(statements, state) {
  const { list, sending, problem, sure } = statements;
  const own = problem && ['type', 'size', 'empty'].includes(problem.code);
  return html`<section class="stack" aria-labelledby="statements">
    <h3 id="statements">${t('floor.statement')}</h3>
    <p class="small muted">${t('floor.statement_hint')}</p>
    ${list?.length
      ? html`<ul class="statements">
          ${list.map(
            (s) => html`<li class="statement">
              <a class="paper" href=${statements.api.url(`/statements/${encodeURIComponent(s.id)}`)} download=${s.name}><bdi>${s.name}</bdi></a>
              ${sure === s.id
                ? html`<button class="button danger" type="button" @click=${() => statements.remove(s.id)}>${t('floor.statement_remove')}</button>
                    <button class="button" type="button" @click=${() => statements.ask(undefined)}>${t('common.cancel')}</button>`
                : html`<button class="button quiet" type="button" aria-label=${`${t('common.remove')}: ${s.name}`} @click=${() => statements.ask(s.id)}>${t('common.remove')}</button>`}
            </li>`,
          )}
        </ul>`
      : nothing}
    ${sending
      ? html`<label class="field" role="status"
          ><span class="small">${t('floor.statement_sending', { name: `\u2068${sending.file.name}\u2069` })}</span><progress class="progress" max="1" .value=${sending.part}></progress>
        </label>`
      : html`<label class="field"
          ><span class="label">${t('floor.statement_add')}</span>
          <input
            class="input"
            type="file"
            accept=".txt,.pdf,text/plain,application/pdf"
            @change=${(/** @type {Event} */ e) => {
              const field = /** @type {HTMLInputElement} */ (e.target);
              const file = field.files?.[0];
              if (file) statements.send(file, state.panel);
              field.value = '';
            }}
          />
        </label>`}
    ${problem ? html`<p class="problem" role="alert">${own ? t(`floor.statement_${problem.code}`) : problemText(problem)}</p>` : nothing}
  </section>`;
}
