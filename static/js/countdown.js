// The countdown as pure functions of a timer and the server's time. Drawing is elsewhere.

/** @import { Timer } from './types.js' */
/** @typedef {'ready' | 'normal' | 'warning' | 'overtime'} Phase */

/**
 * Time used, in ms. Never counts backwards from a start that is a little in the future.
 * @param {Timer} timer
 * @param {number} now server ms
 */
export function used(timer, now) {
  const running = timer.state === 'running' && timer.since_ms !== undefined;
  return timer.used_ms + (running ? Math.max(0, now - /** @type {number} */ (timer.since_ms)) : 0);
}

/**
 * Time left in ms, below zero in overtime; undefined without a limit.
 * @param {Timer} timer
 * @param {number} now server ms
 */
export function remaining(timer, now) {
  return timer.limit_ms === undefined ? undefined : timer.limit_ms - used(timer, now);
}

/**
 * Paused is not a phase: a paused countdown is still in the phase in which it was held.
 * @param {Timer} timer
 * @param {number} now server ms
 * @param {number} warnMs remaining time at which the warning begins
 * @returns {Phase}
 */
export function phase(timer, now, warnMs) {
  if (timer.state === 'ready') return 'ready';
  const left = remaining(timer, now);
  if (left === undefined) return 'normal';
  if (left < 0) return 'overtime';
  return left <= warnMs ? 'warning' : 'normal';
}

/** @param {number} s whole seconds, 0 or more */
function digits(s) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/**
 * Remaining time as digits: "3:00" for the whole first instant, "0:00" exactly at zero, then "+0:00", "+0:01" …
 * @param {number} left ms
 */
export function format(left) {
  return left < 0 ? `+${digits(Math.floor(-left / 1000))}` : digits(Math.ceil(left / 1000));
}

/** Time used as digits, whole seconds that have passed. @param {number} ms */
export function formatUsed(ms) {
  return digits(Math.floor(Math.max(0, ms) / 1000));
}

/** By how much a clock was set, "+2:00:00". Sign and digits stay together and left to right. @param {number} ms */
export const formatStep = (ms) => `\u2066${ms < 0 ? '−' : '+'}${digits(Math.round(Math.abs(ms) / 1000))}\u2069`;

/**
 * What a screen shows for a timer: the time left, or without a limit the time used.
 * @param {Timer} timer
 * @param {number} now server ms
 */
export function reading(timer, now) {
  const left = remaining(timer, now);
  return left === undefined ? formatUsed(used(timer, now)) : format(left);
}

/**
 * Milliseconds until the digits change next; undefined when they stand still.
 * @param {Timer} timer
 * @param {number} now server ms
 */
export function nextChange(timer, now) {
  if (timer.state !== 'running') return undefined;
  const left = remaining(timer, now);
  if (left === undefined || left < 0) return 1000 - ((left === undefined ? used(timer, now) : -left) % 1000);
  if (left === 0) return 0;
  return left % 1000 || 1000;
}
