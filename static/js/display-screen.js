// The device behind the wall: fullscreen, the pointer, the wake lock.

const IDLE_MS = 3000; // the pointer and the controls go after so long

/** Whether the browser lets a page fill the screen. */
export const canFullscreen = () => document.fullscreenEnabled === true;

/** @param {boolean} [on] the other way round if not given */
export function fullscreen(on = !document.fullscreenElement) {
  if (!canFullscreen()) return;
  const done = on ? document.documentElement.requestFullscreen({ navigationUI: 'hide' }) : document.fullscreenElement ? document.exitFullscreen() : undefined;
  done?.catch(() => {}); // refused without a gesture: nothing is lost
}

/** Hides the pointer, and by data-pointer the controls, while nobody moves it. */
export function hidePointer() {
  const root = document.documentElement;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const seen = () => {
    root.dataset.pointer = 'seen';
    clearTimeout(timer);
    timer = setTimeout(() => delete root.dataset.pointer, IDLE_MS);
  };
  for (const event of ['pointermove', 'pointerdown', 'keydown']) document.addEventListener(event, seen, { passive: true });
}

/** Keeps the screen lit for as long as the page is seen. Browsers allow it where the context is secure, and take it back with each hiding. */
export function stayAwake() {
  if (!('wakeLock' in navigator)) return;
  /** @type {WakeLockSentinel | undefined} */
  let lock;
  let asking = false;
  const ask = async () => {
    if (document.hidden || asking || (lock && !lock.released)) return;
    asking = true;
    lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    asking = false;
  };
  document.addEventListener('visibilitychange', ask);
  // Some browsers want a gesture first; others let go when the battery is low and may give it again.
  document.addEventListener('pointerdown', ask);
  document.addEventListener('fullscreenchange', ask);
  ask();
}
