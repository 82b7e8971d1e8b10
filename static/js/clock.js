// The server's clock, estimated from pings. The device's own date is never asked, so it may be as wrong as it likes:
// local time is performance.now(), and the offset to the server's time comes from the pongs.

/** @typedef {{t0: number, t1: number, t2: number, t3: number}} Sample t0, t3 local: sent, answer came; t1, t2 server: received, answered */
/** @typedef {{at: number, offset: number, error: number}} Bound offset = server - local, true within ± error at local time `at` */

const KEEP = 24; // samples looked at
const DRIFT = 1e-4; // how far two crystals may part: 0.1 ms a second
const SLACK = 2; // what rounding and coarse timers may do, ms
const SLEW = 0.05; // a correction moves the shown time by at most 50 ms a second
const STEP = 1000; // an error above this is no drift: step
const FRESH = 2500; // for so long after the first pong better samples are taken over at once

export class Clock {
  /** @param {() => number} [local] the local monotonic clock in ms */
  constructor(local = () => performance.now()) {
    this.local = local;
    /** @type {Bound[]} */
    this.samples = [];
    /** @type {number | undefined} the offset that is shown, on its way to the best one */
    this.shown = undefined;
    this.target = 0;
    this.firstAt = 0;
    this.lastLocal = 0;
    this.lastNow = -Infinity;
    /** How often it was forgotten: over that, the local clock measures nothing. */
    this.lapses = 0;
  }

  /** The clock is not known any more (the device slept): until the next sample `now()` is undefined. */
  forget() {
    this.lapses++;
    this.samples = [];
    this.shown = undefined;
    this.lastNow = -Infinity;
  }

  get known() {
    return this.shown !== undefined;
  }

  /** The estimate is no further off than this, in ms. Undefined while unknown. */
  get error() {
    return this.known ? this.estimate()?.error : undefined;
  }

  /**
   * Takes a pong. Samples that make no sense (an answer before the question) are ignored.
   * @param {Sample} s
   */
  add({ t0, t1, t2, t3 }) {
    const trip = t3 - t0 - (t2 - t1);
    if (![t0, t1, t2, t3].every(Number.isFinite) || t3 < t0 || t2 < t1) return;
    this.samples.push({ at: t3, offset: (t1 - t0 + (t2 - t3)) / 2, error: Math.max(0, trip) / 2 });
    if (this.samples.length > KEEP) this.samples.shift();
    // Samples that cannot be true together mean that a clock was set or stood still: only the new one counts.
    if (!this.estimate()) this.samples = this.samples.slice(-1);
    this.target = /** @type {{offset: number}} */ (this.estimate()).offset;
    if (this.shown === undefined) {
      this.firstAt = this.lastLocal = this.local();
      this.shown = this.target;
    } else {
      this.now(); // settles the slew up to this instant
      const off = Math.abs(this.target - this.shown);
      if (off > STEP) this.lastNow = -Infinity; // it was never right: going back is better than standing still
      if (off > STEP || this.local() - this.firstAt < FRESH) this.shown = this.target;
    }
  }

  /**
   * What all samples agree on. Each says that the offset is within half its round trip of its own: the one with the least round
   * trip says most, and another narrows it where its way there or back was quicker. Older ones say less, for the drift.
   * Undefined when they contradict each other.
   */
  estimate() {
    const at = this.samples.at(-1)?.at ?? 0;
    let [low, high] = [-Infinity, Infinity];
    for (const s of this.samples) {
      const doubt = s.error + DRIFT * (at - s.at);
      low = Math.max(low, s.offset - doubt);
      high = Math.min(high, s.offset + doubt);
    }
    return low > high + SLACK ? undefined : { offset: (low + high) / 2, error: Math.max(0, high - low) / 2 };
  }

  /**
   * Whether the server cannot have said now what it says, if what is known of its clock holds: what it sends comes later
   * than it was sent, never earlier.
   * @param {number} nowMs server ms at which it sent
   */
  contradicts(nowMs) {
    return this.known && nowMs > /** @type {number} */ (this.now()) + (this.error ?? 0) + SLACK + STEP / 4;
  }

  /** Server time in ms, or undefined while it cannot be known. Never goes back by a correction under a second. */
  now() {
    if (this.shown === undefined) return undefined;
    const local = this.local();
    const most = Math.max(0, local - this.lastLocal) * SLEW;
    this.lastLocal = local;
    this.shown += Math.max(-most, Math.min(most, this.target - this.shown));
    this.lastNow = Math.max(this.lastNow, local + this.shown);
    return this.lastNow;
  }
}

/**
 * When to ping next, in ms after the pong of the `n`-th ping since the connection opened: a burst at first, a few more while
 * the line is too uneven to be exact, then only now and then.
 * @param {number} n
 * @param {number | undefined} error the clock's
 */
export function nextPing(n, error) {
  if (n < 8) return 40 * n;
  if (n < 20 && (error === undefined || error > 15)) return 1500;
  return 30_000;
}

/**
 * Calls `slept` when the device or the page was asleep, before anything is drawn, and `doubt` when something set the device's
 * date back, which no sleep does. A sleep shows in one of these: a frame or a second that came late; the page told that it is
 * shown or goes on; or the date, which leaps ahead of a local clock that slept too.
 * @param {{slept: () => void, doubt: () => void}} on
 * @returns {() => void} stops watching
 */
export function watchSleep({ slept, doubt }) {
  const wall = () => Date.now() - performance.now(); // the one use of the date: where it leaps, something has happened
  let last = performance.now();
  let gap = wall();
  const look = () => {
    const leap = wall() - gap;
    // A hidden page's timers are slowed down on purpose; it is told when it becomes visible.
    const late = performance.now() - last > 5000 && !document.hidden;
    begin();
    if (late || leap > 1000) slept();
    else if (leap < -1000) doubt();
  };
  const begin = () => {
    last = performance.now();
    gap = wall();
  };
  const awake = () => {
    begin();
    slept();
  };
  let frame = requestAnimationFrame(function each() {
    look();
    frame = requestAnimationFrame(each); // registered first, so that it goes before what draws
  });
  const timer = setInterval(look, 1000);
  const visible = () => document.hidden || awake();
  const shown = (/** @type {PageTransitionEvent} */ e) => e.persisted && awake();
  document.addEventListener('visibilitychange', visible);
  document.addEventListener('resume', awake);
  window.addEventListener('pageshow', shown);
  return () => {
    cancelAnimationFrame(frame);
    clearInterval(timer);
    document.removeEventListener('visibilitychange', visible);
    document.removeEventListener('resume', awake);
    window.removeEventListener('pageshow', shown);
  };
}
