// Wires a page: language, clock, stream, roster; renders its view when something changed, and draws the countdown in each frame.

/** @import { Me, PresenceFrame, Role, State } from './types.js' */
/** @import { Status } from './stream.js' */
/** @import { Phase } from './countdown.js' */
/** @import { View } from './lit.js' */
import { Api } from './api.js';
import { Clock } from './clock.js';
import { phase, reading } from './countdown.js';
import { Drawing } from './drawing.js';
import { language, load, loadMore, onMissing, preferred, remember, setPlace, t } from './i18n.js';
import { currentPanel } from './list.js';
import { render } from './lit-core.js';
import { Roster } from './roster.js';
import { connect } from './stream.js';

/**
 * @typedef {object} Model What a view may show, but for the page's own drafts.
 * @property {State | undefined} state undefined until the first snapshot
 * @property {number} seq
 * @property {Status} status
 * @property {boolean} known whether the server's time is known; else say "catching up"
 * @property {number | undefined} now server ms at rendering, for waiting times; the view is rendered at least every 10 s
 * @property {Phase | undefined} phase of the floor's countdown; undefined when nobody has the floor or the time is not known
 * @property {boolean} paused
 * @property {PresenceFrame | undefined} presence
 * @property {string} lang
 * @property {Roster} roster
 */

/**
 * @typedef {object} Page
 * @property {string} page its messages' name: chair, display, floor, record
 * @property {Role} [role] in which it acts; none: the public view
 * @property {(model: Model) => View} view
 * @property {(now: number | undefined, model: Model) => void} [tick] in each frame, after the countdown; must be cheap
 * @property {(state: State, before: State | undefined) => void} [onState] at each change, also while hidden: for announcements, titles, alerts
 * @property {(problem: import('./types.js').Problem) => void} [onDenied]
 * @property {() => boolean} [idle] whether the page may load itself anew just now, where the server has another release
 * @property {Element} [root]
 */

/** The debate that the address names. */
export const debateId = () => decodeURIComponent(location.pathname.split('/')[1] ?? '');

/** @param {Page} page */
export async function boot(page) {
  const app = new App(page);
  await app.start();
  return app;
}

const PROBLEMS_MS = 3000; // after the start, unless there is a refusal before
const SHELL_MS = 4000; // after the start: first comes what the person needs

export class App {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.root = /** @type {HTMLElement} */ (page.root ?? document.getElementById('app'));
    this.drawing = new Drawing(this.root, () => this.render());
    /** @type {WeakMap<Element, string>} what was written into each countdown last */
    this.figures = new WeakMap();
    this.clock = new Clock();
    this.api = new Api(debateId(), page.role);
    this.roster = new Roster(this.api, { onChange: () => this.render() });
    this.scheduled = false;
    this.ready = false;
    this.drawnAt = 0;
    /** @type {{check: () => void} | undefined} */
    this.shell = undefined;
    /** @type {'none' | 'asked' | 'here'} */
    this.problems = 'none';
    /** @type {Model} */
    this.model = {
      state: undefined,
      seq: 0,
      status: { kind: 'connecting', since: performance.now() },
      known: false,
      now: undefined,
      phase: undefined,
      paused: false,
      presence: undefined,
      lang: language(),
      roster: this.roster,
    };
  }

  async start() {
    this.stream = connect({
      debate: this.api.debate,
      role: this.page.role,
      clock: this.clock,
      onRelease: (detail) => dispatchEvent(new CustomEvent('rostrum-release', { detail, cancelable: true })),
      onState: (state, seq) => this.onState(state, seq),
      onStatus: (status) => {
        this.set({ status });
        if (status.kind !== 'live') return;
        this.loadRoster(); // does nothing unless it failed before
        this.shell?.check();
      },
      onPresence: (presence) => this.set({ presence }),
      onDenied: (problem) => this.page.onDenied?.(problem),
    });
    // Without messages there is nothing to show: wait for them as long as it takes.
    for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
      try {
        await load(preferred(), this.page.page);
        break;
      } catch {
        await new Promise((done) => setTimeout(done, wait * (0.5 + Math.random()))); // not all screens at once
      }
    }
    this.ready = true;
    this.set({ lang: language() });
    // A key means what is typed by now, also where it comes before the frame that shows it: letters and Enter at once.
    addEventListener('keydown', () => this.catchUp(), true);
    onMissing(() => this.bringProblems());
    setTimeout(() => this.bringProblems(), PROBLEMS_MS);
    this.loadRoster();
    if (this.model.state) this.page.onState?.(this.model.state, undefined);
    const frame = () => {
      requestAnimationFrame(frame);
      this.tick();
    };
    requestAnimationFrame(frame);
    setTimeout(() => this.bringBearings(), SHELL_MS);
    if (window.isSecureContext && 'serviceWorker' in navigator) setTimeout(() => this.keepShell(), SHELL_MS);
  }

  /** @private */
  async bringBearings() {
    const brought = await import('./bearings.js').catch(() => undefined);
    if (brought) this.drawing.bearings = brought.bearings;
  }

  /** @private */
  async keepShell() {
    const shell = await import('./shell.js').catch(() => undefined);
    if (!shell) return void setTimeout(() => this.keepShell(), SHELL_MS * (1 + Math.random()));
    this.shell = shell.keepShell(this.page.page, this.page.idle);
    if (this.page.page === 'floor') shell.installable();
  }

  /** Server time in ms, or undefined while it cannot be known. */
  now() {
    return this.clock.now();
  }

  /** Another language, from now on. @param {string} lang @param {boolean} [keep] whether it is the person's choice, to be remembered */
  async setLanguage(lang, keep = true) {
    if (!(await load(lang, this.page.page))) return;
    if (keep) remember(lang);
    this.set({ lang });
    this.loadRoster();
  }

  /** Acts and listens in another role from now on (a phone that has joined or left). @param {Role | undefined} role */
  setRole(role) {
    this.api.role = role;
    this.stream?.reopen({ role });
  }

  /** The messages of refusals, as often as it takes: nobody needs them to begin with, and without a server they are told, too. @private */
  async bringProblems() {
    if (this.problems !== 'none') return;
    this.problems = 'asked';
    try {
      await loadMore('problems');
      this.problems = 'here';
    } catch {
      this.problems = 'none';
      setTimeout(() => this.bringProblems(), PROBLEMS_MS);
    }
    this.render();
  }

  /** Renders soon: once for all that happens until the next frame. Call it after changing drafts. */
  render() {
    if (this.scheduled || !this.ready) return;
    this.scheduled = true;
    // A hidden page has no frames, but its title and live regions must go on.
    if (document.hidden) setTimeout(() => this.catchUp());
    else requestAnimationFrame(() => this.catchUp());
  }

  /** Draws what waits for the next frame. @private */
  catchUp() {
    if (this.scheduled) this.draw();
  }

  /** Tells screen readers, politely. The same text twice is told twice. @param {string} text */
  announce(text) {
    let region = document.getElementById('announcer');
    if (!region) {
      region = Object.assign(document.createElement('div'), { id: 'announcer', className: 'visually-hidden' });
      region.setAttribute('aria-live', 'polite');
      document.body.append(region);
    }
    const line = document.createElement('p');
    line.textContent = text;
    region.replaceChildren(line);
  }

  /** @private @param {Partial<Model>} change */
  set(change) {
    Object.assign(this.model, change);
    this.render();
  }

  /** @private @param {State} state @param {number} seq */
  onState(state, seq) {
    const before = this.model.state;
    setPlace(state.debate);
    this.set({ state, seq });
    this.settle();
    if (!this.ready) return;
    if (before?.debate.roster !== state.debate.roster) this.loadRoster();
    this.page.onState?.(state, before);
  }

  /** @private */
  loadRoster() {
    const state = this.model.state;
    if (state && this.ready) this.roster.load(language(), state.debate.roster);
  }

  /** Brings known, phase and paused up to date; says whether one changed. @private */
  settle() {
    const { state, known, phase: was, paused: held } = this.model;
    const now = this.clock.now();
    const floor = state?.floor;
    this.model.known = now !== undefined;
    this.model.paused = floor?.timer.state === 'paused';
    this.model.phase = state && floor && now !== undefined ? phase(floor.timer, now, panelOf(state)?.warn_ms ?? 0) : undefined;
    return known !== this.model.known || was !== this.model.phase || held !== this.model.paused;
  }

  /** @private */
  draw() {
    this.scheduled = false;
    this.settle();
    this.drawnAt = performance.now();
    this.model.now = this.clock.now();
    sign(this.root, this.model.state?.rehearsal === true);
    const view = this.page.view({ ...this.model }); // it may look at what is shown
    this.drawing.draw(() => {
      this.root.querySelector('[data-until-drawn]')?.remove();
      render(view, this.root);
    });
    this.figures = new WeakMap();
    this.drawCountdown();
    begun();
  }

  /** @private */
  tick() {
    if (this.settle() || performance.now() - this.drawnAt > 10_000) this.draw();
    else this.drawCountdown();
    this.page.tick?.(this.clock.now(), this.model);
  }

  /** @private */
  drawCountdown() {
    const now = this.clock.now();
    const timer = this.model.state?.floor?.timer;
    const text = !timer ? '' : now === undefined ? '–:––' : reading(timer, now);
    for (const el of this.root.querySelectorAll('[data-countdown]')) {
      // What others make of a figure stands until the next one, or the next drawing: not in each frame.
      if (this.figures.get(el) === text) continue;
      this.figures.set(el, text);
      if (el.textContent !== text) el.textContent = text;
    }
  }
}

/** The page has come to life, for what sees to that (begin.js). */
export const begun = () => dispatchEvent(new Event('rostrum-begun'));

/** Over every page: what happens here is not the debate. @param {Element} page @param {boolean} rehearsal */
export function sign(page, rehearsal) {
  const root = document.documentElement;
  if (rehearsal !== root.hasAttribute('data-rehearsal')) {
    root.toggleAttribute('data-rehearsal', rehearsal);
    if (rehearsal) page.before(Object.assign(document.createElement('aside'), { id: 'rehearsal' }));
    else document.getElementById('rehearsal')?.remove();
  }
  const words = document.getElementById('rehearsal');
  if (words && words.textContent !== t('common.rehearsal')) words.textContent = t('common.rehearsal');
}

/** The panel of the floor, for its warning. @param {State} state */
function panelOf(state) {
  const id = state.floor?.panel;
  return id !== undefined && Object.hasOwn(state.panels, id) ? state.panels[id] : currentPanel(state);
}
