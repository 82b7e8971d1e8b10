// How a phone gets somebody's attention: vibration, sound, the tab's title and icon, a screen that stays on. Each where there is one.

/** @import { Level } from './floor-logic.js' */

/** Shapes as well as colours: a ring, a clock's hand, an arrow's head, a full disc. @type {Record<Level, [string, string]>} */
const ICONS = {
  idle: ['#00608f', '<circle cx="16" cy="16" r="7" fill="none" stroke="#fff" stroke-width="3"/>'],
  listed: ['#00608f', '<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3"/>'],
  ready: ['#ffd65c', '<path d="M16 7v10l6 5" fill="none" stroke="#4a3200" stroke-width="4"/>'],
  next: ['#c26a00', '<path d="M10 7l13 9-13 9z" fill="#fff"/>'],
  floor: ['#94190f', '<circle cx="16" cy="16" r="9" fill="#fff"/>'],
};

/** @type {Partial<Record<Level | 'phase', number[]>>} on, off, on … ms */
const VIBRATIONS = { ready: [200], next: [300, 150, 300], floor: [600, 150, 600, 150, 600], phase: [150, 100, 150] };

/** Tones in Hz: rising towards the floor. @type {Partial<Record<Level | 'phase', number[]>>} */
const TONES = { ready: [523], next: [523, 659], floor: [523, 659, 784], phase: [659, 523] };

/** @param {Level} level */
export function setIcon(level) {
  const [ground, mark] = ICONS[level];
  const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${ground}"/>${mark}</svg>`;
  const href = `data:image/svg+xml,${encodeURIComponent(icon)}`;
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel=icon]'));
  if (link && link.href !== href) link.href = href;
}

/** @type {AudioContext | undefined} */
let audio;

export const soundIsOn = () => audio !== undefined;

/** Sound, from a tap only: browsers allow it no other way. @param {boolean} on */
export function setSound(on) {
  if (!on) {
    audio?.close();
    audio = undefined;
  } else if (!audio) {
    audio = new AudioContext();
    play(TONES.next ?? []);
  }
}

/** @param {number[]} tones */
function play(tones) {
  if (!audio) return;
  audio.resume();
  tones.forEach((hz, n) => {
    if (!audio) return;
    const at = audio.currentTime + n * 0.22;
    const tone = new OscillatorNode(audio, { frequency: hz });
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.4, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.45);
  });
}

/** @param {Level | 'phase'} what */
export function alert(what) {
  const vibration = VIBRATIONS[what];
  // Before the first tap browsers refuse it.
  if (vibration && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(vibration);
  play(TONES[what] ?? []);
}

/** @type {WakeLockSentinel | undefined} */
let lock;
let wanted = false;

/** Keeps the screen on while the floor is near. Only where the page came by a secure way; elsewhere nothing happens. @param {boolean} on */
export async function keepAwake(on) {
  wanted = on;
  if (!on) {
    await lock?.release();
    lock = undefined;
  } else if (!lock && !document.hidden && 'wakeLock' in navigator) {
    lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    lock?.addEventListener('release', () => (lock = undefined));
    if (!wanted) keepAwake(false);
  }
}
