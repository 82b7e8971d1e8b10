// The correction of an intervention that has ended, beneath its entry, and what was corrected before.

/** @import { Model } from './app.js' */
/** @import { Correction, Entered, Kind, Problem, State } from './types.js' */
/** @import { Entry } from './record-logic.js' */
/** @import { Field, Form } from './record-correct.js' */
/** @import { Acts } from './record-view.js' */
/** @import { View } from './lit.js' */
import { formatUsed } from './countdown.js';
import { formatTime, problemText, t, tOr } from './i18n.js';
import { html, live, nothing } from './lit.js';
import { behalfName, problemNote } from './parts.js';
import { timesOf } from './record-correct.js';
import { pickField } from './record-pick.js';
import { participantOptions } from './record-who.js';

/** @type {Kind[]} */
const KINDS = ['intervention', 'response', 'address', 'right_of_reply', 'point_of_order'];
const LANGUAGES = ['ar', 'zh', 'en', 'fr', 'ru', 'es'];
/** Those of a correction, in the order in which they are told. @type {(keyof Entered)[]} */
const FIELDS = ['participant', 'kind', 'behalf_of', 'speaker', 'language', 'started_ms', 'ended_ms', 'used_ms'];

/** @param {Model} model @param {State} state @param {Form} form @param {Acts} act @returns {View} */
export function correction(model, state, form, act) {
  const { entry } = form;
  const used = form.used ?? formatUsed(timesOf(form).used ?? entry.used_ms);
  const name = model.roster.name(entry.participant);
  const meanwhile = (state.record?.[entry.id]?.corrections?.length ?? 0) > (entry.corrections?.length ?? 0);
  const wrong = (/** @type {Field} */ field) => form.wrong === field;
  return html`<form
    class="correct"
    id=${`form-${entry.id}`}
    aria-label=${t('record.correct_name', { name })}
    @submit=${(/** @type {Event} */ e) => {
      e.preventDefault();
      act.correct();
    }}
    @keydown=${(/** @type {KeyboardEvent} */ e) => {
      if (e.key === 'Escape' && !e.isComposing) act.closeForm();
    }}
  >
    ${meanwhile ? html`<p class="notice-line">${t('record.correct_meanwhile')}</p>` : nothing}
    <div class="correct-fields">
      ${who(model, form, act, wrong('participant'))}
      <label class="field"
        ><span class="label">${t('record.kind')}</span>
        <select class="select" .value=${live(form.kind)} @change=${(/** @type {Event} */ e) => act.form({ kind: /** @type {Kind} */ (value(e)) })}>
          ${KINDS.map((k) => html`<option value=${k} ?selected=${k === form.kind}>${t(`kind.${k}`)}</option>`)}
        </select></label
      >
      ${line(t('record.behalf'), form.behalf, (behalf) => act.form({ behalf }), Object.values(form.groups))}
      ${line(t('record.speaker'), form.speaker, (speaker) => act.form({ speaker }))}
      <label class="field"
        ><span class="label">${t('record.language')}</span>
        <select class="select" .value=${live(form.language)} @change=${(/** @type {Event} */ e) => act.form({ language: value(e) })}>
          <option value="" ?selected=${form.language === ''}>–</option>
          ${[...new Set([...LANGUAGES, ...(form.language ? [form.language] : [])])].map((l) => html`<option value=${l} ?selected=${l === form.language}>${tOr('lang', l)}</option>`)}
        </select></label
      >
      ${digits('started_ms', t('record.started'), form.started, t('record.time_hint'), wrong('started_ms'), (started) => act.form({ started }))}
      ${digits('ended_ms', t('record.ended'), form.ended, t('record.time_hint'), wrong('ended_ms'), (ended) => act.form({ ended }))}
      ${digits('used_ms', t('record.used_time'), used, t('record.used_hint'), wrong('used_ms'), (text) => act.form({ used: text }))}
      <div class="whole">${line(t('record.reason'), form.reason, (reason) => act.form({ reason }))}</div>
    </div>
    ${form.wrong || form.problem ? html`<p class="problem" role="alert" tabindex="-1" id="correct-wrong">${mistake(form)}</p>` : nothing}
    <div class="row">
      <button class="button primary" type="submit" aria-disabled=${form.sending ? 'true' : 'false'}>${t('record.correct_save')}</button>
      <button class="button" type="button" @click=${() => act.closeForm()}>${t('common.cancel')}</button>
    </div>
  </form>`;
}

/** @param {Form} form */
function mistake({ wrong, problem, entry }) {
  if (wrong) return t(`record.wrong_${wrong}`, { time: `\u2066${formatTime(entry.recognised_ms, true)}\u2069` });
  return problem ? problemText(problem) : '';
}

/** @param {Model} model @param {Form} form @param {Acts} act @param {boolean} wrong @returns {View} */
function who(model, form, act, wrong) {
  const options = participantOptions(model, form.who.query);
  return html`<div class="field">
    <label class="label" for="correct-who">${t('record.participant')}</label>
    ${pickField({
      id: 'correct-who',
      label: t('record.participant'),
      labelled: true,
      typing: form.who,
      options: form.participant && form.who.query === model.roster.name(form.participant) ? [] : options.map((o) => o.view),
      max: 200,
      wrong,
      describedby: wrong ? 'correct-wrong' : undefined,
      come: act.searching,
      set: (change) => {
        const query = change.query;
        act.form({ who: { ...form.who, ...change, ...(query && { active: 0 }) }, ...(query !== undefined && { participant: '' }) });
      },
      pick: (n) => act.form({ participant: options[n].id, who: { query: model.roster.name(options[n].id), open: false, active: -1 } }),
    })}
  </div>`;
}

/** @param {string} label @param {string} text @param {(text: string) => void} set @param {string[]} [suggestions] @returns {View} */
const line = (label, text, set, suggestions = []) => html`<label class="field"
  ><span class="label">${label}</span>
  <input
    class="input"
    type="text"
    dir="auto"
    maxlength="200"
    autocomplete="off"
    list=${suggestions.length ? 'correct-groups' : nothing}
    .value=${live(text)}
    @input=${(/** @type {Event} */ e) => set(value(e))}
  />
  ${suggestions.length ? html`<datalist id="correct-groups">${suggestions.map((name) => html`<option value=${name}></option>`)}</datalist>` : nothing}
</label>`;

/** Times run left to right in every language. @param {Field} field @param {string} label @param {string} text @param {string} hint @param {boolean} wrong @param {(text: string) => void} set @returns {View} */
const digits = (field, label, text, hint, wrong, set) => html`<label class="field"
  ><span class="label">${label}</span>
  <input
    class="input digits"
    type="text"
    dir="ltr"
    maxlength="12"
    autocomplete="off"
    title=${hint}
    aria-invalid=${wrong ? 'true' : nothing}
    aria-describedby=${wrong ? 'correct-wrong' : nothing}
    name=${field}
    .value=${live(text)}
    @input=${(/** @type {Event} */ e) => set(value(e))}
  />
  <span class="small muted">${hint}</span>
</label>`;

/**
 * What was corrected, and what it was before. The last one can be put back, as a correction too.
 * @param {Model} model @param {State} state @param {Entry} entry @param {Problem | undefined} refused @param {Acts} act
 * @returns {View}
 */
export function corrections(model, state, entry, refused, act) {
  const list = entry.corrections ?? [];
  if (!list.length) return nothing;
  return html`<details class="corrections small">
    <summary>${t('record.corrected', { count: list.length })}</summary>
    <ol>
      ${list.map(
        (c, n) => html`<li>
          <p class="muted">${formatTime(c.at_ms, true)} · ${t(`record.by_${c.by === 'chair' ? 'chair' : 'rapporteur'}`)}</p>
          <dl>${FIELDS.filter((f) => c.was[f] !== undefined).map((f) => html`<div><dt>${t(`record.was_${f}`)}</dt> <dd>${was(model, state, c, f)}</dd></div>`)}</dl>
          ${c.void ? html`<p>${t('record.void')}</p>` : nothing}
          ${c.reason ? html`<p dir="auto">${c.reason}</p>` : nothing}
          ${n === list.length - 1 && !c.void ? html`<button class="button" type="button" @click=${() => act.putBack(entry.id)}>${t('record.put_back')}</button>${problemNote(refused)}` : nothing}
        </li>`,
      )}
    </ol>
  </details>`;
}

/** A value as it was. @param {Model} model @param {State} state @param {Correction} c @param {keyof Entered} field @returns {View | string} */
function was(model, state, { was }, field) {
  const v = was[field];
  if (v === '' || (v === 0 && field === 'started_ms')) return '–';
  switch (field) {
    case 'participant': return html`<bdi>${model.roster.name(String(v))}</bdi>`;
    case 'kind': return tOr('kind', String(v));
    case 'language': return tOr('lang', String(v));
    case 'behalf_of': return html`<bdi>${behalfName(state, String(v))}</bdi>`;
    case 'speaker': return html`<bdi>${v}</bdi>`;
    case 'used_ms': return html`<bdi dir="ltr">${formatUsed(Number(v))}</bdi>`;
    default: return html`<bdi dir="ltr">${formatTime(Number(v), true)}</bdi>`;
  }
}

/** @param {Event} e */
const value = (e) => /** @type {HTMLInputElement} */ (e.target).value;
