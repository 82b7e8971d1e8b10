// The rapporteur's page: the record as it grows, and a note against each intervention. What is shown is in record-view.js.

/** @import { App, Model } from './app.js' */
/** @import { State } from './types.js' */
/** @import { Acts, Ui } from './record-view.js' */
import { Api } from './api.js';
import { boot, debateId } from './app.js';
import { t } from './i18n.js';
import { Notes } from './record-notes.js';
import { view } from './record-view.js';

const api = new Api(debateId(), 'rapporteur');

/** @type {App | undefined} */
let app;

const notes = new Notes({
  storage: `rostrum.record.${debateId()}`,
  save: (id, text, base, key) => api.command('PUT', `/interventions/${encodeURIComponent(id)}/note`, { text, base }, { key, tries: 1 }),
  onChange: () => app?.render(),
  onConflict: () => app?.announce(t('record.note_conflict')),
});

/** @type {Ui} */
const ui = { notes, query: '', panel: '' };

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
  go: (id) => {
    // What is looked for must not be filtered away.
    ui.query = ui.panel = '';
    app?.render();
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`note-${id}`)?.focus()));
  },
  focus: (id) => notes.focus(id, noteOf(id)),
  blur: (id) => notes.blur(id),
  edit: (id, text) => notes.edit(id, text, noteOf(id)),
  settle: (id, choice) => {
    notes.settle(id, choice);
    document.getElementById(`note-${id}`)?.focus();
  },
  discard: (id) => notes.forget(id),
  again: () => app?.stream?.reopen(),
  language: (lang) => app?.setLanguage(lang).catch(() => undefined).then(() => title()),
  url: (path) => api.url(path),
};

const title = () => {
  document.title = `${t('record.title')} · ${t('common.app')}`;
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
