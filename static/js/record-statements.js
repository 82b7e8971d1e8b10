// Written statements beside the record: which there are, and one more for whoever has handed it in.

/** @import { Model } from './app.js' */
/** @import { Problem, State, Statement } from './types.js' */
/** @import { Typing } from './record-logic.js' */
/** @import { Api } from './api.js' */
/** @import { Acts } from './record-view.js' */
/** @import { View } from './lit.js' */
import { ProblemError, newId } from './api.js';
import { formatSize, formatTime, problemText, t } from './i18n.js';
import { html, nothing, repeat } from './lit.js';
import { nameOf } from './parts.js';
import { typing } from './record-logic.js';
import { pickField } from './record-pick.js';
import { participantOptions } from './record-who.js';
import { against, upload } from './statement-file.js';

/** @typedef {'type' | 'size' | 'empty' | 'file' | 'who'} Wrong */

/** The statement that is being handed in. */
export class Handing {
  /** @param {Api} api @param {() => void} onChange @param {(text: string) => void} onDone */
  constructor(api, onChange, onDone) {
    this.api = api;
    this.onChange = onChange;
    this.onDone = onDone;
    this.participant = '';
    this.id = newId();
    this.reset();
  }

  reset() {
    this.participant = '';
    /** @type {Typing} */
    this.who = typing();
    /** @type {string | undefined} undefined: the current one */
    this.panel = undefined;
    /** @type {File | undefined} */
    this.file = undefined;
    /** @type {number | undefined} what part of the file has gone, 0 to 1 */
    this.part = undefined;
    /** @type {Wrong | undefined} */
    this.wrong = undefined;
    /** @type {Problem | undefined} */
    this.problem = undefined;
    this.id = newId();
  }

  /** @param {Partial<Pick<Handing, 'participant' | 'who' | 'panel' | 'file'>>} change */
  set(change) {
    Object.assign(this, change);
    if (!('who' in change) || 'participant' in change) [this.wrong, this.problem, this.id] = [undefined, undefined, newId()]; // another statement by now
    if (change.file) this.wrong = against(change.file);
    this.onChange();
  }

  /** @param {string} current id of the panel that is on */
  async send(current) {
    if (this.part !== undefined) return;
    this.problem = undefined;
    this.wrong = !this.participant ? 'who' : !this.file ? 'file' : against(this.file);
    if (this.wrong || !this.file) return this.onChange();
    this.part = 0;
    this.onChange();
    const panel = this.panel ?? current;
    const { id } = this;
    try {
      const { name } = this.file;
      await upload(this.api, { id, participant: this.participant, ...(panel && { panel }) }, this.file, (part) => {
        this.part = part;
        this.onChange();
      });
      if (this.id === id) this.reset(); // else the next one is being made ready already
      this.onDone(name);
    } catch (err) {
      this.problem = err instanceof ProblemError ? err.problem : { code: 'unknown' };
    }
    this.part = undefined;
    this.onChange();
  }
}

/** By panel, then by time. @param {State} state @returns {Statement[]} */
export function statementsOf(state) {
  const order = (/** @type {Statement} */ s) => (s.panel !== undefined && Object.hasOwn(state.panels, s.panel) ? state.panels[s.panel].order : Infinity);
  return Object.entries(state.statements ?? {})
    .map(([id, s]) => ({ ...s, id }))
    .sort((a, b) => order(a) - order(b) || a.at_ms - b.at_ms || (a.id < b.id ? -1 : 1));
}

/** @param {Model} model @param {State} state @param {Handing} handing @param {Acts} act @returns {View} */
export function statements(model, state, handing, act) {
  const list = statementsOf(state);
  return html`<section class="card stack" aria-labelledby="statements">
    <h2 class="panel-title" id="statements">${t('record.statements')}</h2>
    ${list.length
      ? html`<ul class="statements">
          ${repeat(
            list,
            (s) => s.id,
            (s) => statement(model, state, s, act),
          )}
        </ul>`
      : html`<p class="muted">${t('record.statements_none')}</p>`}
    ${hand(model, state, handing, act)}
  </section>`;
}

/** @param {Model} model @param {State} state @param {Statement} s @param {Acts} act @returns {View} */
function statement(model, state, s, act) {
  return html`<li class="statement">
    <span class="statement-who">${nameOf(model.roster, s.participant)}</span>
    <a class="statement-file" href=${act.url(`/statements/${encodeURIComponent(s.id)}`)} download=${s.name}><bdi>${s.name}</bdi></a>
    <span class="small muted row">
      <span>${s.type === 'application/pdf' ? 'PDF' : t('record.statement_text')}</span><span>${formatSize(s.bytes)}</span><span>${formatTime(s.at_ms)}</span>
      ${s.panel !== undefined && Object.hasOwn(state.panels, s.panel) ? html`<bdi>${state.panels[s.panel].title}</bdi>` : nothing}
    </span>
    ${model.presence?.lost?.includes(s.id) ? html`<span class="problem small">${t('record.statement_lost')}</span>` : nothing}
  </li>`;
}

/** @param {Model} model @param {State} state @param {Handing} handing @param {Acts} act @returns {View} */
function hand(model, state, handing, act) {
  const { part, wrong, problem } = handing;
  const options = participantOptions(model, handing.who.query);
  const picked = handing.participant !== '' && handing.who.query === model.roster.name(handing.participant);
  const panels = Object.entries(state.panels).sort(([, a], [, b]) => a.order - b.order);
  return html`<details class="hand">
    <summary>${t('record.statement_add')}</summary>
    <form
      class="stack"
      @submit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        handing.send(state.panel);
      }}
    >
      <div class="correct-fields">
        <div class="field">
          <label class="label" for="statement-who">${t('record.participant')}</label>
          ${pickField({
            id: 'statement-who',
            label: t('record.participant'),
            labelled: true,
            typing: handing.who,
            options: picked ? [] : options.map((o) => o.view),
            max: 200,
            wrong: wrong === 'who',
            describedby: wrong === 'who' ? 'statement-problem' : undefined,
            come: act.searching,
            set: (change) => handing.set({ who: { ...handing.who, ...change, ...(change.query && { active: 0 }) }, ...(change.query !== undefined && { participant: '' }) }),
            pick: (n) => handing.set({ participant: options[n].id, who: { query: model.roster.name(options[n].id), open: false, active: -1 } }),
          })}
        </div>
        <label class="field"
          ><span class="label">${t('record.panel')}</span>
          <select class="select" @change=${(/** @type {Event} */ e) => handing.set({ panel: /** @type {HTMLSelectElement} */ (e.target).value })}>
            ${panels.map(([id, panel]) => html`<option value=${id} ?selected=${(handing.panel ?? state.panel) === id}>${panel.title}</option>`)}
          </select></label
        >
        <label class="field"
          ><span class="label">${t('record.statement_file')}</span>
          <input
            class="input"
            id="statement-file"
            type="file"
            accept=".pdf,.txt,application/pdf,text/plain"
            aria-invalid=${wrong && wrong !== 'who' ? 'true' : nothing}
            @change=${(/** @type {Event} */ e) => handing.set({ file: /** @type {HTMLInputElement} */ (e.target).files?.[0] })}
          />
        </label>
      </div>
      ${wrong || problem ? html`<p class="problem" role="alert" id="statement-problem">${wrong ? t(`record.statement_wrong_${wrong}`) : problem ? problemText(problem) : nothing}</p>` : nothing}
      <div class="row">
        <button class="button primary" type="submit" aria-disabled=${part !== undefined ? 'true' : 'false'}>${t('record.statement_send')}</button>
        ${part === undefined ? nothing : html`<progress class="progress" max="1" .value=${part} aria-label=${t('record.statement_sending')}></progress>`}
      </div>
    </form>
  </details>`;
}
