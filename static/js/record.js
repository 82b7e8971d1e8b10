// The rapporteur's page: the record as it grows, and a note against each intervention. What is shown is in record-view.js.

/** @import { App, Model } from './app.js' */
/** @import { State } from './types.js' */
/** @import { Acts, Ui } from './record-view.js' */
import { Api, ProblemError, newId } from './api.js';
import { boot, debateId } from './app.js';
import { entitle, focusDrawn } from './drawing.js';
import { t } from './i18n.js';
import { behalfName } from './parts.js';
import { changesOf, formOf, isField, putBack } from './record-correct.js';
import { Notes } from './record-notes.js';
import { typing } from './record-logic.js';
import { Handing } from './record-statements.js';
import { view } from './record-view.js';

const api = new Api(debateId(), 'rapporteur');

/** @type {App | undefined} */
let app;

/** @param {string} id */
const interventionOf = (id) => `/interventions/${encodeURIComponent(id)}`;

const notes = new Notes({
  storage: `rostrum.record.${debateId()}`,
  save: (id, { text, tags, quote }, base, key) => api.command('PUT', `${interventionOf(id)}/note`, { text, tags, quote, base }, { key, tries: 1 }),
  onChange: () => app?.render(),
  onConflict: () => app?.announce(t('record.note_conflict')),
});

const handing = new Handing(
  api,
  () => app?.render(),
  (name) => {
    const field = document.getElementById('statement-file');
    if (field instanceof HTMLInputElement && !handing.file) field.value = '';
    app?.announce(t('record.statement_done', { name }));
  },
);

/** @type {Ui} */
const ui = { notes, query: '', panel: '', tag: '', tagging: undefined, form: undefined, refused: undefined, handing };

/** @param {string} id */
const noteOf = (id) => {
  const record = app?.model.state?.record ?? {};
  return Object.hasOwn(record, id) ? record[id].note : undefined;
};

/** @type {Acts} */
const act = {
  search: (query) => {
    ui.query = query;
    app?.render();
  },
  searching: () => {
    app?.roster.loadOthers();
  },
  panel: (panel) => {
    ui.panel = panel;
    app?.render();
  },
  tag: (tag) => {
    ui.tag = tag;
    app?.render();
  },
  go: (id) => {
    // What is looked for must not be filtered away.
    ui.query = ui.panel = ui.tag = '';
    app?.render();
    focusLater(`note-${id}`);
  },
  focus: (id) => notes.focus(id, noteOf(id)),
  blur: (id) => notes.blur(id),
  edit: (id, change) => notes.edit(id, change, noteOf(id)),
  tagging: (id, change) => {
    if (ui.tagging?.id !== id) ui.tagging = { id, typing: typing() };
    Object.assign(ui.tagging.typing, change);
    app?.render();
  },
  settle: (id, choice) => {
    notes.settle(id, choice);
    document.getElementById(`note-${id}`)?.focus();
  },
  discard: (id) => notes.forget(id),
  openForm: (entry) => {
    const state = app?.model.state;
    if (!app || !state) return;
    const groups = Object.fromEntries(Object.keys(state.debate.groups ?? {}).map((id) => [id, behalfName(state, id)]));
    ui.form = formOf(entry, app.roster.name(entry.participant), groups, newId());
    app.render();
    focusLater('correct-who');
  },
  form: (change) => {
    if (!ui.form) return;
    Object.assign(ui.form, change);
    // What is sent after a change is another command. That a list opens is none.
    if (!('who' in change) || 'participant' in change) Object.assign(ui.form, { wrong: undefined, problem: undefined, key: newId() });
    app?.render();
  },
  closeForm: () => {
    if (!ui.form) return;
    focusLater(`correct-${ui.form.entry.id}`);
    ui.form = undefined;
    app?.render();
  },
  correct,
  putBack: (id) => {
    const record = app?.model.state?.record ?? {};
    const was = Object.hasOwn(record, id) ? putBack(record[id].corrections ?? []) : undefined;
    ui.refused = undefined;
    if (!was) return;
    api
      .command('PATCH', interventionOf(id), { ...was })
      .then(() => app?.announce(t('record.correct_done')))
      .catch((err) => {
        ui.refused = { id, problem: problemOf(err) };
        app?.render();
      });
  },
  again: () => app?.stream?.reopen(),
  language: (lang) => app?.setLanguage(lang).catch(() => undefined).then(() => title()),
  url: (path) => api.url(path),
};

/** @param {string} id of what is shown only after the next drawing */
const focusLater = (id) => focusDrawn(() => document.getElementById(id)?.focus());

/** @param {unknown} err */
const problemOf = (err) => (err instanceof ProblemError ? err.problem : { code: 'unknown' });

/** Sends the correction that the form holds. */
async function correct() {
  const { form } = ui;
  if (!form || form.sending) return;
  const { body, wrong } = changesOf(form, app?.now());
  Object.assign(form, { wrong, problem: undefined });
  if (body) {
    form.sending = true;
    app?.render();
    try {
      await api.command('PATCH', interventionOf(form.entry.id), body, { key: form.key });
      app?.announce(t('record.correct_done'));
      if (ui.form === form) act.closeForm();
    } catch (err) {
      form.problem = problemOf(err);
      if (form.problem.code === 'malformed' && isField(form.problem.field)) form.wrong = form.problem.field;
    }
    form.sending = false;
  }
  app?.render();
  if (form.wrong) focusLater('correct-wrong');
}

const title = () => {
  entitle(`${t('record.title')} · ${t('common.app')}`);
};

/**
 * What is being read or written stays where it is on the screen when entries come above it. (The browser's own anchoring is
 * switched off for it: not all have one, and none does it at the top of a page.)
 */
function keepStill() {
  const active = document.activeElement?.closest('.entry');
  const top = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
  const still = active ?? (scrollY > 0 ? [...document.querySelectorAll('.entry')].find((el) => el.getBoundingClientRect().bottom > top) : undefined);
  if (!still) return;
  const before = still.getBoundingClientRect().top;
  queueMicrotask(() => {
    const moved = still.isConnected ? still.getBoundingClientRect().top - before : 0;
    if (moved) scrollBy({ top: moved, behavior: 'instant' });
  });
}

/** @param {State} state @param {State | undefined} before */
function onState(state, before) {
  notes.flush();
  const floor = state.floor;
  if (app && before && floor && floor.id !== before.floor?.id) app.announce(`${t('record.speaking')}: ${app.roster.name(floor.participant)}`);
}

// Not even a second's typing is lost when the page is left; where nothing can be kept, the browser asks first.
document.addEventListener('visibilitychange', () => document.hidden && notes.flush());
window.addEventListener('beforeunload', (e) => {
  if (notes.drafts.size) e.preventDefault();
});
window.addEventListener('online', () => notes.flush());

app = await boot({
  page: 'record',
  role: 'rapporteur',
  view: (/** @type {Model} */ model) => {
    keepStill();
    return view(model, ui, act);
  },
  onState,
});
title();
app.render();
