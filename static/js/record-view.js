// The rapporteur's page as a function of the state and the notes being written.

/** @import { Model } from './app.js' */
/** @import { Problem, State } from './types.js' */
/** @import { Form } from './record-correct.js' */
/** @import { Entry, Typing } from './record-logic.js' */
/** @import { Content } from './record-merge.js' */
/** @import { Notes } from './record-notes.js' */
/** @import { Handing } from './record-statements.js' */
/** @import { View } from './lit.js' */
import { formatStep, formatUsed } from './countdown.js';
import { formatDate, formatTime, language, t, tOr } from './i18n.js';
import { html, live, nothing, repeat } from './lit.js';
import { behalfName, connectionBanner, countdownDigits, languageMenu, nameOf, phaseWord } from './parts.js';
import { correction, corrections } from './record-correct-view.js';
import { entriesOf, filtered, overtimeOf, rowsOf, statisticsOf } from './record-logic.js';
import { contentView, note } from './record-note-view.js';
import { statements } from './record-statements.js';
import { tagsOf } from './record-tags.js';

/**
 * @typedef {object} Ui
 * @property {Notes} notes
 * @property {string} query
 * @property {string} panel
 * @property {string} tag
 * @property {{id: string, typing: Typing} | undefined} tagging the note that gets a tag
 * @property {Form | undefined} form the correction that is being made
 * @property {{id: string, problem: Problem} | undefined} refused a correction that could not be taken back
 * @property {Handing} handing
 */

/**
 * @typedef {object} Acts
 * @property {(query: string) => void} search
 * @property {() => void} searching
 * @property {(panel: string) => void} panel
 * @property {(tag: string) => void} tag
 * @property {(id: string) => void} go
 * @property {(id: string) => void} focus
 * @property {(id: string) => void} blur
 * @property {(id: string, change: Partial<Content>) => void} edit
 * @property {(id: string, change: Partial<Typing>) => void} tagging
 * @property {(id: string, choice: 'mine' | 'theirs' | 'both') => void} settle
 * @property {(id: string) => void} discard
 * @property {(entry: Entry) => void} openForm
 * @property {(change: Partial<Form>) => void} form
 * @property {() => void} closeForm
 * @property {() => void} correct
 * @property {(id: string) => void} putBack
 * @property {() => void} again
 * @property {(lang: string) => void} language
 * @property {(path: string) => string} url
 */

/** By which clock the times are, where the server's was set meanwhile. @param {State} state @returns {View} */
const clockSteps = ({ clock_steps: steps = [] }) =>
  steps.length === 0
    ? nothing
    : html`<aside class="card clock-steps">
        ${steps.map(({ at_ms, by_ms, followed_ms: followed }) => {
          const said = { time: formatTime(at_ms, true), by: formatStep(by_ms) };
          return html`<p>${followed === undefined ? t('record.clock_set_on', said) : t('record.clock_set', { ...said, followed: formatTime(followed, true) })}</p>`;
        })}
      </aside>`;

/** @param {Model} model @param {Ui} ui @param {Acts} act @returns {View} */
export function view(model, ui, act) {
  const { state, roster } = model;
  if (!state)
    return html`<header class="page-head"><h1>${t('record.title')}</h1><span class="push">${languageMenu(act.language)}</span></header>
      ${connectionBanner(model, act.again)}`;
  const all = entriesOf(state);
  const found = new Set(ui.query ? roster.search(ui.query).map((p) => p.id) : []);
  const shown = filtered(all, ui, found);
  const known = tagsOf(state);
  return html`${head(state, act)}
    <div class="top">${connectionBanner(model, act.again)}${now(model, state, act)}</div>
    <main class="record-main">
      ${tools(state, shown, known, ui, act)}
      ${all.length === 0 ? html`<p class="card muted">${t('record.empty')}</p>` : shown.length === 0 ? html`<p class="card muted">${t('record.none_found')}</p>` : nothing}
      <div class="rows">
        ${repeat(
          rowsOf(shown),
          (row) => row.key,
          (row) => ('heading' in row ? heading(state, row.heading) : entry(model, state, row.entry, known, ui, act)),
        )}
      </div>
      ${clockSteps(state)} ${orphans(state, ui, act)} ${statements(model, state, ui.handing, act)}
    </main>`;
}

/** @param {State} state @param {Acts} act @returns {View} */
function head({ debate }, act) {
  return html`<header class="page-head">
    <div class="head-text">
      <h1>${t('record.title')}</h1>
      <p class="small muted"><bdi>${debate.title}</bdi>${debate.date ? html` · ${formatDate(debate.date)}` : nothing}</p>
    </div>
    <div class="row push">
      ${download(act, 'docx', 'DOCX', t('record.summary', { format: 'DOCX' }), true)} ${download(act, 'md', 'Markdown', t('record.summary', { format: 'Markdown' }))}
      ${download(act, 'csv', 'CSV', t('record.download', { format: 'CSV' }))} ${download(act, 'json', 'JSON', t('record.download', { format: 'JSON' }))}
      ${languageMenu(act.language)}
    </div>
  </header>`;
}

/** In the language of the page. @param {Acts} act @param {string} end of the file's name @param {string} format where there is no room for the label @param {string} label @param {boolean} [main] @returns {View} */
const download = (act, end, format, label, main = false) => html`<a class="button ${main ? 'primary' : ''}" href=${act.url(`/record.${end}?lang=${language()}`)} title=${label} download
  ><span class="roomy">${label}</span><span class="narrow">${format}</span></a
>`;

/** Who has the floor: always in sight. @param {Model} model @param {State} state @param {Acts} act @returns {View} */
function now(model, { floor }, act) {
  if (!floor) return html`<section class="now" aria-label=${t('record.speaking')}><p class="muted">${t('common.nobody')}</p></section>`;
  const phase = model.paused && model.phase !== undefined ? 'paused' : (model.phase ?? 'ready');
  return html`<section class="now phase-panel" data-phase=${phase} aria-label=${t('record.speaking')}>
    ${countdownDigits()}
    <span class="phase-word">${phaseWord(model.phase, model.paused, floor.timer.limit_ms !== undefined)}</span>
    <span class="now-name">${nameOf(model.roster, floor.participant)}</span>
    <button class="button push" type="button" @click=${() => act.go(floor.id)}>${t('record.go')}</button>
  </section>`;
}

/** @param {State} state @param {Entry[]} shown @param {string[]} known @param {Ui} ui @param {Acts} act @returns {View} */
function tools(state, shown, known, ui, act) {
  const sums = statisticsOf(shown);
  const pending = ui.notes.drafts.size;
  const panels = Object.entries(state.panels).sort(([, a], [, b]) => a.order - b.order);
  return html`<div class="tools">
    <label class="field"
      ><span class="label">${t('record.search')}</span>
      <input class="input" type="search" autocomplete="off" .value=${live(ui.query)} @focus=${act.searching} @input=${(/** @type {Event} */ e) => act.search(value(e))} />
    </label>
    <label class="field"
      ><span class="label">${t('record.panel')}</span>
      <select class="select" @change=${(/** @type {Event} */ e) => act.panel(value(e))}>
        <option value="" ?selected=${ui.panel === ''}>${t('record.all_panels')}</option>
        ${panels.map(([id, panel]) => html`<option value=${id} ?selected=${ui.panel === id}>${panel.title}</option>`)}
      </select>
    </label>
    ${known.length || ui.tag
      ? html`<label class="field"
          ><span class="label">${t('record.tag')}</span>
          <select class="select" @change=${(/** @type {Event} */ e) => act.tag(value(e))}>
            <option value="" ?selected=${ui.tag === ''}>${t('record.all_tags')}</option>
            ${[...new Set([...known, ...(ui.tag ? [ui.tag] : [])])].map((tag) => html`<option value=${tag} ?selected=${ui.tag === tag}>${tag}</option>`)}
          </select>
        </label>`
      : nothing}
    <p class="sums">
      <span>${t('record.count', { count: sums.count })}</span> <span>${t('record.total', { time: formatUsed(sums.used) })}</span>
      ${sums.over ? html`<span>${t('record.over', { time: formatUsed(sums.over) })}</span>` : nothing}
      <span class=${pending ? 'chip notice' : 'chip'}>${pending ? t('record.pending', { count: pending }) : t('record.all_saved')}</span>
    </p>
  </div>`;
}

/** @param {State} state @param {string} id @returns {View} */
const heading = (state, id) => html`<h2 class="panel-title"><bdi>${Object.hasOwn(state.panels, id) ? state.panels[id].title : id}</bdi></h2>`;

/** @param {Model} model @param {State} state @param {Entry} e @param {string[]} known @param {Ui} ui @param {Acts} act @returns {View} */
function entry(model, state, e, known, ui, act) {
  const running = state.floor?.id === e.id;
  const form = ui.form?.entry.id === e.id ? ui.form : undefined;
  return html`<article class="entry" data-running=${running ? 'yes' : nothing} aria-labelledby=${`name-${e.id}`}>
    <div class="facts">
      <h3 id=${`name-${e.id}`}>${nameOf(model.roster, e.participant)}</h3>
      ${e.behalf_of ? html`<p class="small"><bdi>${t('common.behalf', { name: behalfName(state, e.behalf_of) })}</bdi></p>` : nothing}
      ${e.speaker ? html`<p class="small"><bdi>${e.speaker}</bdi></p>` : nothing} ${chips(model, e, running)} ${times(e, running)}
      ${corrections(model, state, e, ui.refused?.id === e.id ? ui.refused.problem : undefined, act)}
      ${e.ended_ms === undefined || form
        ? nothing
        : html`<button class="button quiet correct-open" id=${`correct-${e.id}`} type="button" aria-label=${t('record.correct_name', { name: model.roster.name(e.participant) })} @click=${() => act.openForm(e)}>
            ${t('record.correct')}
          </button>`}
    </div>
    ${note(model, e, ui, act, known)} ${form ? correction(model, state, form, act) : nothing}
  </article>`;
}

/** @param {Model} model @param {Entry} e @param {boolean} running @returns {View} */
function chips(model, e, running) {
  const category = model.roster.get(e.participant)?.category;
  return html`<p class="row chips">
    ${running ? html`<span class="chip brand">${t('record.running')}</span>` : nothing} ${e.kind === 'intervention' ? nothing : html`<span class="chip brand">${tOr('kind', e.kind)}</span>`}
    ${category ? html`<span class="chip">${tOr('category', category)}</span>` : nothing} ${e.language ? html`<span class="chip">${tOr('lang', e.language)}</span>` : nothing}
    ${e.ruling ? html`<span class="chip brand">${t(`record.ruling_${e.ruling}`)}</span>` : nothing} ${e.end === 'yielded' ? html`<span class="chip">${t('record.yielded')}</span>` : nothing}
  </p>`;
}

/** @param {Entry} e @param {boolean} running @returns {View} */
function times(e, running) {
  const over = overtimeOf(e);
  const from = formatTime(e.started_ms ?? e.recognised_ms, true);
  return html`<p class="small muted times">
    <span>${e.ended_ms === undefined ? from : `${from} – ${formatTime(e.ended_ms, true)}`}</span>
    ${running
      ? nothing
      : html`<span>${e.limit_ms === undefined ? t('record.used', { time: formatUsed(e.used_ms) }) : t('record.used_of', { time: formatUsed(e.used_ms), limit: formatUsed(e.limit_ms) })}</span>`}
    ${over && !running ? html`<span class="over">${t('record.over', { time: `\u2066+${formatUsed(over)}\u2069` })}</span>` : nothing}
  </p>`;
}

/** Drafts of interventions that the record does not know (a debate begun anew): shown until they are thrown away. @param {State} state @param {Ui} ui @param {Acts} act @returns {View} */
function orphans(state, ui, act) {
  const lost = [...ui.notes.drafts].filter(([id]) => !Object.hasOwn(state.record ?? {}, id));
  if (!lost.length) return nothing;
  return html`<section class="stack">
    <h2>${t('record.orphans')}</h2>
    ${lost.map(([id, draft]) => html`<div class="card stack">${contentView(draft.content)}<button class="button danger" type="button" @click=${() => act.discard(id)}>${t('record.discard')}</button></div>`)}
  </section>`;
}

/** @param {Event} e */
const value = (e) => /** @type {HTMLInputElement} */ (e.target).value;
