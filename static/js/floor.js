// The delegate's page: joins, asks for the floor, alerts. What is shown is in floor-view.js.

/** @import { App, Model } from './app.js' */
/** @import { Kind, Me, Problem, State } from './types.js' */
/** @import { Level } from './floor-logic.js' */
/** @import { Acts, Notice, Ui } from './floor-view.js' */
/** @import { Door } from './door.js' */
import { Api, ProblemError } from './api.js';
import { boot, debateId } from './app.js';
import { remaining } from './countdown.js';
import { entitle, focusDrawn } from './drawing.js';
import { alerts, holdingOf, isOwnFloor, levelOf, placeIn, ticketsOf, tidy, wasAbsent } from './floor-logic.js';
import { Outbox } from './floor-outbox.js';
import { Store } from './floor-store.js';
import { barOf, view } from './floor-view.js';
import { formatWait, language, loadMore, problemText, t } from './i18n.js';
import { fold, match } from './roster.js';

const DEAF_MS = 700; // after a button changed its meaning under the thumb
const SURE_MS = 6000; // for so long a yield waits for its second tap

const store = new Store(debateId());
const SOON_MS = 1500; // after joining: what is not needed to ask
const CLAIM_MS = 5000; // so often a phone asks whether the chair has confirmed it
const noDetails = () => ({ note: '', speaker: '', language: '', behalf_of: '', level: '' });

/** The join form, which was here first. */
const { door } = /** @type {HTMLElement & {door: Door}} */ (document.getElementById('door'));

/** @type {Ui} */
const ui = {
  page: store.kept.participant ? 'joined' : door.first ? 'join' : 'unknown',
  kept: store.kept,
  details: noDetails(),
  notice: undefined,
  yielding: undefined,
  deaf: false,
  whole: false,
  sound: false,
  failed: new Set(),
  undoable: () => false,
  claim: false,
  busy: false,
  parts: {},
};

/** @type {App | undefined} */
let app;
/** @type {Level | undefined} */
let level;
/** @type {string | undefined} */
let phaseSeen;
let bar = { kind: '', since: 0 };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let sureTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let claimTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soonTimer;
let hurried = false;
/** How often somebody has joined here. */
let joins = 0;

const outbox = new Outbox({
  store,
  api: () => /** @type {App} */ (app).api,
  clock: () => app?.clock,
  state: () => (ui.page === 'joined' ? app?.model.state : undefined),
  onChange: () => refresh(),
  onGivenUp: (item) => say({ text: item.act === 'ask' ? 'floor.given_up' : 'floor.withdraw_given_up' }),
  onRefused: (item, problem) => {
    say({ problem });
    if (problem.status === 401) checkBadge(problem);
  },
});
ui.failed = outbox.failed;
ui.undoable = (item) => outbox.undoable(item);

/** Shows what has changed. */
function refresh() {
  ui.kept = store.kept;
  app?.render();
}

/** @param {Notice} notice */
function say(notice) {
  ui.notice = notice;
  refresh();
}

/** @param {string} id */
const focusSoon = (id) => focusDrawn(() => document.getElementById(id)?.focus());

// --- what is brought later

/** @type {Record<'soon' | 'more', () => Promise<void>>} */
const later = {
  soon: async () => {
    const [soon] = await Promise.all([import('./floor-soon.js'), loadMore('floor-soon'), loadMore('notices')]);
    ui.parts.soon = soon;
    if (app?.model.state) signs(app.model.state);
  },
  more: async () => {
    if (ui.parts.more) return;
    const [more] = await Promise.all([import('./floor-more.js'), loadMore('floor-more')]);
    ui.parts.more = more;
  },
};

/** Brings a part of the page, as often as it takes. @param {'soon' | 'more'} part */
async function bring(part) {
  for (;;) {
    try {
      await later[part]();
      return refresh();
    } catch {
      await new Promise((done) => setTimeout(done, 2000 + 3000 * Math.random())); // not all phones at once
    }
  }
}

/** Brings at once what a phone needs that is on the list or has the floor: it may have been opened only now. */
function hurry() {
  if (hurried || ui.parts.soon) return;
  hurried = true;
  clearTimeout(soonTimer);
  void bring('soon');
}

// --- who we are

/**
 * Asks the server whom this phone may speak for. Until it answers, what the phone remembers holds.
 * @param {Problem} [problem] why it is in doubt
 */
async function checkBadge(problem) {
  const asked = joins;
  try {
    const me = await new Api(debateId(), 'delegate').me();
    if (asked !== joins) return; // the answer is about who was here before: joining has asked anew
    if (me?.participant) {
      // Who is at the form to change the delegation is not thrown out of it.
      if (!changing() || me.participant !== store.kept.participant) joinedAs(me.participant);
      claimed(me);
    } else left(problem);
  } catch {
    setTimeout(checkBadge, 3000, problem);
  }
}

const changing = () => ui.page === 'join' && door.draft.again;

/** Where the chair confirms who speaks for whom, a phone asks until it is. @param {Me} me */
function claimed({ claim, by }) {
  if (claim !== 'pending' && ui.claim) {
    app?.announce(t('floor.claim_done'));
    ui.parts.soon?.alert('ready');
  }
  ui.claim = claim === 'pending';
  const via = by === 'code' ? 'code' : undefined;
  if (by && store.kept.via !== via) store.update((kept) => ({ ...kept, via }));
  clearTimeout(claimTimer);
  if (ui.claim) claimTimer = setTimeout(checkBadge, CLAIM_MS);
  refresh();
}

/** @param {string} participant @param {'code'} [via] */
function joinedAs(participant, via) {
  const before = store.kept;
  if (before.participant !== participant || via) {
    const same = before.participant === participant;
    store.update((kept) => ({ ...kept, participant, via, ...(same ? {} : { mine: {}, floors: [], outbox: [] }) }));
    level = undefined;
  }
  ui.page = 'joined';
  door.reset();
  clearTimeout(soonTimer);
  if (!ui.parts.soon) soonTimer = setTimeout(bring, SOON_MS, 'soon');
  if (app && (app.page.role !== 'delegate' || via)) setRole('delegate');
  refresh();
}

/** @param {Problem} [problem] why it may speak for nobody any more */
function left(problem) {
  store.update((kept) => ({ ...kept, participant: undefined }));
  ui.page = 'join';
  ui.claim = false;
  ui.statements = undefined;
  clearTimeout(claimTimer);
  door.draft.again = false; // there is nothing to go back to
  if (problem?.code === 'session_ended') door.reset({ problem });
  if (app?.api.role) setRole(undefined);
  refresh();
}

/** @param {'delegate' | undefined} role */
function setRole(role) {
  if (!app) return;
  app.page.role = role;
  app.setRole(role);
}

/** @param {string} participant @param {string} code */
async function join(participant, code) {
  if (!app) return;
  const { draft } = door;
  // Another session of the same delegation could not take back what this one asked for.
  if (changing() && participant === store.kept.participant) return back();
  try {
    await app.api.command('POST', '/join', { participant, code }, { as: 'delegate' });
    joins++;
    joinedAs(participant, 'code');
    focusSoon('heading');
    checkBadge();
  } catch (err) {
    draft.busy = draft.scanned = false;
    draft.problem = err instanceof ProblemError ? err.problem : { code: 'unknown' };
    if (draft.problem.code === 'rate_limited') comeAgain(draft, draft.problem.retry_ms ?? 60_000);
    refresh();
    if (draft.problem.code === 'bad_code') door.retype();
  }
}

/**
 * Too many join at once: says from second to second how long to wait, and then sends the same again, which keeps its place in the line.
 * @param {Door['draft']} draft @param {number} ms
 */
function comeAgain(draft, ms) {
  const { chosen, code } = draft;
  draft.until = performance.now() + ms;
  const timer = setInterval(() => {
    if (performance.now() >= (draft.until ?? 0)) {
      clearInterval(timer);
      draft.until = draft.problem = undefined;
      if (door.draft === draft && draft.chosen === chosen && draft.code === code) door.submit();
    }
    refresh();
  }, 500);
}

/** Names in the other languages are brought when the reader's own do not answer: a crowded network carries no more than it must. */
function searchFurther() {
  const q = fold(door.draft.query);
  const names = app?.roster.participants ?? [];
  if (names.length && !names.some((p) => (match(fold(p.name), q) ?? 2) < 2)) app?.roster.loadOthers();
}

// --- what a delegate does

/** @param {() => void} act does nothing when the button has just become another */
const careful = (act) => () => {
  if (performance.now() - bar.since >= DEAF_MS) act();
};

/** @param {Kind} kind */
function ask(kind) {
  const panel = app?.model.state?.panel;
  if (panel === undefined || store.kept.outbox.some((i) => i.act === 'ask' && i.body.panel === panel && i.body.kind === kind)) return;
  ui.notice = undefined;
  outbox.ask(panel, kind, trimmed(ui.details));
  if (kind === 'intervention') ui.sent = trimmed(ui.details);
  refresh();
}

/** @param {Ui['details']} details */
const trimmed = (details) => /** @type {Ui['details']} */ (Object.fromEntries(Object.entries(details).map(([field, text]) => [field, text.trim()])));

/**
 * One command at a time; a refusal is shown. Says whether it was done.
 * @param {'PUT' | 'PATCH' | 'DELETE'} method @param {string} path @param {Record<string, unknown>} [body]
 */
async function command(method, path, body) {
  if (!app || ui.busy) return false;
  ui.busy = true;
  ui.notice = undefined;
  refresh();
  try {
    await app.api.command(method, path, body);
    return true;
  } catch (err) {
    say({ problem: err instanceof ProblemError ? err.problem : { code: 'unknown' } });
    return false;
  } finally {
    ui.busy = false;
    refresh();
  }
}

/** Changes what a request says. @param {string} id */
async function amend(id) {
  const [now, before] = [trimmed(ui.details), ui.sent ?? noDetails()];
  const fields = /** @type {const} */ (['note', 'speaker', 'language', 'level']).filter((f) => now[f] !== before[f]);
  if (await command('PATCH', `/requests/${encodeURIComponent(id)}`, Object.fromEntries(fields.map((f) => [f, now[f]])))) {
    ui.sent = now;
    say({ text: 'floor.saved', good: true });
  }
}

/** Offers of ours to change places that we took back ourselves. @type {Set<string>} */
const takenBack = new Set();

async function giveBack() {
  const floor = app?.model.state?.floor;
  if (!app || !floor) return;
  ui.yielding = 'sent';
  ui.notice = undefined;
  refresh();
  try {
    await app.api.command('DELETE', `/floor?floor=${encodeURIComponent(floor.id)}`);
  } catch (err) {
    ui.yielding = undefined;
    say({ problem: err instanceof ProblemError ? err.problem : { code: 'unknown' } });
  }
}

/** @type {Acts} */
const act = {
  ask: (kind) => (kind === 'intervention' ? careful(() => ask(kind))() : ask(kind)),
  withdraw: (id) => outbox.withdraw(id),
  keep: (id) => careful(() => outbox.keep(id))(),
  drop: (id) => outbox.drop(id),
  yield: (step) => {
    clearTimeout(sureTimer);
    if (step === 'sure') return careful(giveBack)();
    ui.yielding = step === 'ask' ? 'sure' : undefined;
    bar = { kind: 'yield', since: performance.now() };
    if (step === 'ask') sureTimer = setTimeout(() => act.yield('cancel'), SURE_MS);
    refresh();
  },
  detail: (field, text) => {
    ui.details[field] = text;
    refresh();
  },
  amend,
  exchange: async (id, other) => {
    takenBack.delete(id);
    await command('PUT', `/requests/${encodeURIComponent(id)}/exchange`, { with: other });
  },
  decline: async (id) => {
    takenBack.add(id);
    await command('DELETE', `/requests/${encodeURIComponent(id)}/exchange`);
  },
  opened: async (e) => {
    if (!(/** @type {HTMLDetailsElement} */ (e.target).open)) return;
    await bring('more');
    const { participant } = store.kept;
    if (!app || !participant || !ui.parts.more) return;
    if (ui.statements?.participant !== participant) ui.statements = new ui.parts.more.Statements(app.api, participant, refresh);
    ui.statements.read();
  },
  whole: () => {
    ui.whole = !ui.whole;
    refresh();
  },
  sound: () => {
    ui.parts.soon?.setSound(!ui.sound);
    ui.sound = ui.parts.soon?.soundIsOn() === true;
    refresh();
  },
  change: () => {
    ui.page = 'join';
    door.reset({ again: true });
    refresh();
    scrollTo(0, 0);
    focusDrawn(() => door.focus());
  },
  dismiss: () => {
    ui.notice = undefined;
    refresh();
  },
  again: () => app?.stream?.reopen(),
  language: async (lang) => {
    await app?.setLanguage(lang).catch(() => say({ problem: { code: 'network' } }));
    if (app?.model.state) signs(app.model.state);
  },
};

/** Back from the form without a change. */
function back() {
  ui.page = 'joined';
  if (app?.model.state) onState(app.model.state, undefined);
  refresh();
}

// --- what the debate does

/** @param {State} state @param {State | undefined} before */
function onState(state, before) {
  if (!app || ui.page !== 'joined') return;
  const me = store.kept.participant ?? '';
  withdrawDropped(state);
  sayGone(state, before, me);
  if (before) sayMoved(state, before, me);
  outbox.run();
  rememberFloor(state, me);
  const tidied = tidy(store.kept, state);
  if (tidied !== store.kept) store.update((kept) => tidy(kept, state));
  if (state.floor?.id !== before?.floor?.id) {
    ui.yielding = undefined;
    clearTimeout(sureTimer);
    phaseSeen = undefined;
    if (state.floor && state.floor.participant !== me) app.announce(`${t('floor.speaking')}: ${app.roster.name(state.floor.participant)}`);
  }
  signs(state);
}

/** What was dropped here but got there all the same. @param {State} state */
function withdrawDropped(state) {
  for (const [id, r] of Object.entries(store.kept.mine)) {
    const known = store.kept.outbox.some((i) => i.id === id);
    if (r.dropped && !known && Object.hasOwn(state.requests, id)) outbox.withdraw(id, { now: true });
  }
}

/** A request of ours has left the list, neither by us nor to the floor. @param {State} state @param {State | undefined} before @param {string} me */
function sayGone(state, before, me) {
  if (!before) return;
  for (const [id, r] of Object.entries(store.kept.mine)) {
    if (r.dropped || !Object.hasOwn(before.requests, id) || Object.hasOwn(state.requests, id)) continue;
    if (store.kept.outbox.some((i) => i.act === 'withdraw' && i.id === id)) continue;
    if (holdingOf(state, me)) continue;
    const off = wasAbsent(state, me);
    ui.notice = off ? undefined : { text: 'floor.gone' };
    ui.details = noDetails();
    ui.sent = undefined;
    if (off) tell('floor.absent_off');
  }
}

/** Says something that must not be missed. @param {string} key @param {Record<string, string | number>} [params] */
function tell(key, params) {
  ui.parts.soon?.alert('ready');
  app?.announce(t(key, params));
}

/** What others did to a place of ours. @param {State} state @param {State} before @param {string} me */
function sayMoved(state, before, me) {
  for (const { key, offer, of } of ui.parts.soon?.moved(state, before, ticketsOf(state, me, store.kept)) ?? []) {
    if (key === 'floor.exchanged') say({ text: key, good: true });
    else if (key !== 'floor.declined') tell(key, offer && { name: app?.roster.name(offer.from.participant) ?? '', place: offer.from.place, own: offer.mine.place });
    else if (!takenBack.has(of)) say({ text: key });
  }
}

/** @param {State} state @param {string} me */
function rememberFloor(state, me) {
  const holding = holdingOf(state, me);
  if (!holding || store.kept.floors.includes(holding.floor.id) || !isOwnFloor(state, holding.floor, store.kept)) return;
  store.update((kept) => ({
    ...kept,
    floors: [...kept.floors, holding.floor.id].slice(-20),
    mine: Object.fromEntries(Object.entries(kept.mine).filter(([id, r]) => Object.hasOwn(state.requests, id) || r.kind !== holding.floor.kind || r.panel !== holding.floor.panel)),
  }));
  ui.notice = undefined;
  ui.details = noDetails();
  ui.sent = undefined;
}

/** Title, icon, and when the floor has come nearer, an alert. @param {State} state */
function signs(state) {
  const me = store.kept.participant ?? '';
  const now = ui.page === 'joined' ? levelOf(state, me, store.kept) : 'idle';
  if (now !== 'idle') hurry();
  const titles = { idle: t('floor.title'), listed: `${placeIn(state, me, store.kept)} · ${t('floor.title')}`, ready: t('floor.ready_title'), next: t('floor.next_title'), floor: t('floor.have_floor') };
  entitle(`${titles[now]} · ${t('common.app')}`);
  ui.parts.soon?.setIcon(now);
  if (alerts(level, now)) {
    ui.parts.soon?.alert(now);
    app?.announce(titles[now]);
  } else if (level === 'idle' && now === 'listed') {
    app?.announce(`${t('floor.place_label')}: ${placeIn(state, me, store.kept)}`);
  }
  if (now !== level) {
    ui.parts.soon?.keepAwake(now === 'ready' || now === 'next' || now === 'floor');
    if (now === 'floor') scrollTo(0, 0);
  }
  level = now;
}

/** The phase of our own countdown changes by time alone; and the bar of what is left. @param {number | undefined} now @param {Model} model */
function tick(now, model) {
  const floor = model.state?.floor;
  if (level !== 'floor' || !floor || floor.participant !== store.kept.participant) return;
  if (model.phase && model.phase !== phaseSeen) {
    if (phaseSeen && (model.phase === 'warning' || model.phase === 'overtime')) {
      ui.parts.soon?.alert('phase');
      app?.announce(t(`phase.${model.phase}`));
    }
    phaseSeen = model.phase;
  }
  const line = /** @type {HTMLElement | null} */ (document.querySelector('[data-time-left]'));
  const left = now === undefined ? undefined : remaining(floor.timer, now);
  if (line && left !== undefined) line.style.inlineSize = `${Math.max(0, Math.min(100, (100 * left) / (floor.timer.limit_ms || 1)))}%`;
}

/** @param {Model} model */
function draw(model) {
  const kind = model.state && ui.page === 'joined' ? barOf(model.state, store.kept.participant ?? '', ui).kind : 'none';
  // A button that appears where none was is not deaf: no finger was on its way to another.
  if (kind !== bar.kind && !(bar.kind === 'yield' && kind === 'none')) bar = { kind, since: bar.kind === 'none' || bar.kind === '' ? -Infinity : performance.now() };
  const rest = bar.since + DEAF_MS - performance.now();
  ui.deaf = rest > 0;
  if (ui.deaf) setTimeout(refresh, rest + 10);
  door.main.hidden = ui.page !== 'join';
  door.title = model.state?.debate.title;
  if (ui.page === 'join') door.draw();
  return view(model, ui, act);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && level) ui.parts.soon?.keepAwake(level === 'ready' || level === 'next' || level === 'floor');
});

checkBadge();
app = await boot({
  page: 'floor',
  role: store.kept.participant ? 'delegate' : undefined,
  view: draw,
  tick,
  idle: () => (level === undefined || level === 'idle' || level === 'listed') && !store.kept.outbox.length && !ui.busy && !ui.statements?.sending && !document.activeElement?.matches('input, textarea, select'),
  onState: (state, before) => {
    // The first state may come before `app` is set: it is looked at below.
    onState(state, before);
  },
  onDenied: (problem) => {
    if (app?.api.role) checkBadge(problem);
    else app?.roster.load(language(), ''); // a private debate: its roster is all that one needs to join
  },
});
entitle(`${t('floor.title')} · ${t('common.app')}`);
const { roster } = app;
door.give({
  t,
  problemText: (problem) => (problem.code === 'rate_limited' ? t('floor.join_crowded', { time: formatWait(problem.retry_ms ?? 0) }) : problemText(problem)),
  search: (query) => (roster.participants.length ? roster.search(query) : undefined),
  get: (id) => roster.get(id),
  searched: searchFurther,
  join,
  back,
});
if (ui.page === 'joined' && app.api.role !== 'delegate') setRole('delegate');
if (ui.page === 'join' && app.api.role) setRole(undefined);
if (app.model.state) onState(app.model.state, undefined);
outbox.run();
