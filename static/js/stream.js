// The state of a debate as it comes by WebSocket: snapshot, then patches, each applied to exactly the state it was made for.
// Reconnects by itself for as long as the page lives, and says how far what it has can be trusted.

/** @import { Frame, PresenceFrame, Problem, Role, State } from './types.js' */
/** @import { Clock } from './clock.js' */
import { nextPing, watchSleep } from './clock.js';
import { mergePatch } from './merge.js';
import { problemOf } from './api.js';

/**
 * @typedef {object} Status
 * @property {'connecting' | 'live' | 'stale' | 'denied'} kind connecting: nothing shown yet; stale: what is shown may be old
 * @property {number} since when it became so, performance.now() ms
 * @property {number} [asOf] what is shown was true at this server ms
 * @property {Problem} [problem] why denied, or why there is nothing for now
 * @property {boolean} [crowded] the server closed the stream since others need the place more
 */

/**
 * @typedef {object} Options
 * @property {string} debate
 * @property {Role} [role] none: the public view
 * @property {string} [url] the debate's address in the API, if not this host's
 * @property {Clock} clock is given the pongs
 * @property {(release: string) => boolean} [onRelease] of the server's pages, before the first state; false: this page is about to begin again, and takes none
 * @property {(state: State, seq: number) => void} onState
 * @property {(status: Status) => void} [onStatus]
 * @property {(presence: PresenceFrame) => void} [onPresence]
 * @property {(problem: Problem) => void} [onDenied] the server will not have us: no more tries until `reopen`
 */

const CAP_MS = 10_000; // longest pause between two tries
const CROWDED_MS = [5000, 30_000]; // the pause where others need the place more
const SILENCE_MS = 10_000; // a ping without an answer for so long: the line is dead
const PROBE_MS = 2000; // the same when there is reason for doubt
const LATE_MS = 1000; // a first frame that is later says another time than the one that is known

/** @param {Options} options */
export function connect(options) {
  return new Stream(options);
}

/** Who is shown the same: delegates see what everybody sees. @param {Role | undefined} role */
const audience = (role) => (role === 'delegate' ? undefined : role === 'rapporteur' ? 'chair' : role);

export class Stream {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.clock = options.clock;
    this.role = options.role;
    /** @type {State | undefined} */
    this.state = undefined;
    /** @type {number | undefined} undefined: the next connection must start with a snapshot */
    this.seq = undefined;
    /** @type {string | undefined} */
    this.epoch = undefined;
    /** @type {Status} */
    this.status = { kind: 'connecting', since: performance.now() };
    /** @type {WebSocket | undefined} */
    this.socket = undefined;
    this.tries = 0;
    this.crowded = false; // until there is a state again
    this.pings = 0;
    this.fresh = true; // the next frame is the first one of its connection
    this.askedAfter = 0;
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    this.closed = false;
    this.watch();
    this.open();
  }

  /** Stops for good. */
  close() {
    this.closed = true;
    this.drop();
    this.unwatch?.();
  }

  /** Connects anew at once, after a denial too; in another role if one is given (where its view is another, it starts from a snapshot). @param {{role?: Role}} [as] */
  reopen(as) {
    if (as && as.role !== this.role) {
      if (audience(as.role) !== audience(this.role)) this.seq = undefined;
      this.role = as.role;
    }
    this.tries = 0;
    this.open();
  }

  // --- one connection

  /** @private */
  open() {
    if (this.closed) return;
    this.drop();
    this.say(this.state ? 'stale' : 'connecting');
    const socket = new WebSocket(this.address(), 'rostrum.v1');
    this.socket = socket;
    this.pings = 0;
    this.fresh = true;
    let opened = false;
    this.after('silence', SILENCE_MS, () => this.retry(0));
    socket.onopen = () => {
      opened = true;
      this.ping(SILENCE_MS);
    };
    socket.onmessage = (e) => this.receive(e.data);
    socket.onclose = (e) => {
      if (this.socket !== socket) return;
      this.drop();
      if (e.code === 1013) this.crowded = true;
      this.say(this.state ? 'stale' : 'connecting');
      // Why a handshake failed is hidden from a page: ask by a plain GET.
      // 1008 says that we did wrong or lost access: no hurry to come back.
      if (e.code === 1008) this.tries = Math.max(this.tries, 5);
      if (!opened || e.code === 1008) this.inquire();
      else this.retry(e.code);
    };
  }

  /** @private */
  address() {
    const base = new URL(this.options.url ?? `/api/v1/debates/${encodeURIComponent(this.options.debate)}`, location.href);
    const url = new URL(`${base.pathname}/stream`, base);
    url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.role) url.searchParams.set('as', this.role);
    if (this.seq !== undefined && this.epoch !== undefined) {
      url.searchParams.set('after', String(this.seq));
      url.searchParams.set('epoch', this.epoch);
    }
    return url.href;
  }

  /** Lets go of the connection without a word to anyone. @private */
  drop() {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** Waits, with full jitter so that a room of phones does not come back as one, then opens. @private @param {number} code */
  retry(code) {
    this.drop();
    this.say(this.state ? 'stale' : 'connecting');
    const cap = code === 1012 && this.tries === 0 ? 1000 : Math.min(CAP_MS, 500 * 2 ** this.tries);
    const [least, most] = this.crowded ? CROWDED_MS : [0, cap];
    this.tries++;
    this.after('retry', least + Math.random() * (most - least), () => this.open());
  }

  /** @private */
  async inquire() {
    const role = this.role;
    this.after('retry', CAP_MS, () => this.open()); // should the answer never come
    const base = this.options.url ?? `/api/v1/debates/${encodeURIComponent(this.options.debate)}`;
    const res = await fetch(role ? `${base}?as=${role}` : base, { credentials: 'same-origin' }).catch(() => undefined);
    if (this.closed || this.socket || role !== this.role) return;
    if (!res || ![401, 403, 404, 503].includes(res.status)) {
      this.retry(0);
      return;
    }
    const problem = await problemOf(res);
    if (res.status === 503) {
      if (this.closed || this.socket || role !== this.role) return;
      this.retry(0);
      // The server is there, and may open the debate once it was mended.
      if (problem.code === 'debate_unavailable') this.say(this.status.kind, problem);
      return;
    }
    this.drop();
    this.say('denied', problem);
    this.options.onDenied?.(problem);
  }

  // --- what comes in

  /** @private @param {string} data */
  receive(data) {
    /** @type {Frame} */
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return this.restart();
    }
    switch (frame.type) {
      case 'snapshot':
        if (this.state === undefined && this.options.onRelease?.(frame.release ?? '') === false) return;
        this.epoch = frame.epoch;
        return this.took(frame.state, frame.seq, frame.now_ms);
      case 'patch':
        if (this.state === undefined || frame.from !== this.seq) return this.restart();
        return this.took(mergePatch(this.state, frame.patch), frame.seq, frame.now_ms);
      case 'pong':
        return this.pong(frame.t0, frame.t1, frame.t2);
      case 'clock':
        return this.unknowClock();
      case 'presence':
        return this.options.onPresence?.(frame);
    }
  }

  /** @private @param {State} state @param {number} seq @param {number} nowMs */
  took(state, seq, nowMs) {
    if (this.isOffClock(nowMs)) this.unknowClock();
    this.state = state;
    this.seq = seq;
    this.tries = 0;
    this.crowded = false;
    this.heard = nowMs;
    this.say('live');
    this.options.onState(state, seq);
  }

  /**
   * Whether the server's clock is another than the one that is known. The first frame of a connection is sent at once: what it says is
   * compared both ways, since the clock may have stood while nobody was connected.
   * @private @param {number} nowMs
   */
  isOffClock(nowMs) {
    const now = this.clock.now();
    const late = this.fresh && now !== undefined && now - nowMs > LATE_MS;
    this.fresh = false;
    return late || this.clock.contradicts(nowMs);
  }

  /** The server's clock stood or was moved: its time is asked for at once, and none is shown until the answer. @private */
  unknowClock() {
    this.askedAfter = performance.now();
    this.clock.forget();
    this.probe();
  }

  /** A frame that does not fit: begin again from a snapshot. @private */
  restart() {
    this.seq = undefined;
    this.retry(0);
  }

  // --- the clock and the life of the line

  /** Asks for the time. No answer within `patience`: the line is dead. @private @param {number} patience */
  ping(patience) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: 'ping', t0: performance.now() }));
    this.cancel('ping');
    this.after('silence', patience, () => this.lost());
  }

  /** @private @param {number} t0 @param {number} t1 @param {number} t2 */
  pong(t0, t1, t2) {
    const t3 = performance.now();
    // The answer to a question from before a sleep, which the local clock may not have counted.
    if (t0 < this.askedAfter) return;
    this.cancel('silence');
    this.cancel('doubt');
    this.heard = t2;
    this.clock.add({ t0, t1, t2, t3 });
    this.after('ping', nextPing(++this.pings, this.clock.error), () => this.ping(SILENCE_MS));
  }

  /** @private */
  lost() {
    this.tries = 0;
    this.open();
  }

  /** @private */
  watch() {
    // Nothing is known about the time that was slept through, until the next pong.
    const slept = () => this.unknowClock();
    const doubt = () => {
      this.askedAfter = performance.now();
      this.probe();
      this.after('doubt', 250, () => this.clock.forget());
    };
    const online = () => this.status.kind !== 'denied' && this.lost();
    const probe = () => this.probe();
    const unwatchSleep = watchSleep({ slept, doubt });
    window.addEventListener('online', online);
    window.addEventListener('offline', probe);
    this.unwatch = () => {
      unwatchSleep();
      window.removeEventListener('online', online);
      window.removeEventListener('offline', probe);
    };
  }

  /** Is the line alive? If there is none, try now instead of later. @private */
  probe() {
    if (this.status.kind === 'denied') return;
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.pings = 0;
      this.ping(PROBE_MS);
    } else if (this.socket === undefined) this.lost();
  }

  // --- small things

  /** @private @param {Status['kind']} kind @param {Problem} [problem] */
  say(kind, problem) {
    if (kind === this.status.kind && !problem && this.crowded === !!this.status.crowded) {
      if (kind === 'live') this.status.asOf = this.heard;
      return;
    }
    this.status = { kind, since: kind === this.status.kind ? this.status.since : performance.now(), asOf: this.heard, problem, crowded: this.crowded };
    this.options.onStatus?.(this.status);
  }

  /** @private @param {string} name @param {number} ms @param {() => void} then */
  after(name, ms, then) {
    this.cancel(name);
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        then();
      }, ms),
    );
  }

  /** @private @param {string} name */
  cancel(name) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}
