// The chime, made in code. Browsers let a page sound only after somebody touched it.

/** Two soft bells: one at the warning, two falling at the end. @type {Record<'warning' | 'end', {hz: number, at: number}[]>} */
const BELLS = {
  warning: [{ hz: 880, at: 0 }],
  end: [
    { hz: 880, at: 0 },
    { hz: 659.26, at: 0.45 },
  ],
};
const PARTIALS = [
  { times: 1, loud: 0.28, s: 1.6 },
  { times: 2.76, loud: 0.07, s: 0.7 },
];

export class Chime {
  constructor() {
    /** @type {AudioContext | undefined} */
    this.audio = undefined;
    this.on = false;
  }

  /** Call it in the handler of a click or a key. @param {boolean} on */
  async set(on) {
    this.on = on;
    if (!on || typeof AudioContext === 'undefined') {
      await this.audio?.suspend().catch(() => {});
      return;
    }
    this.audio ??= new AudioContext();
    await this.audio.resume().catch(() => {});
  }

  /** @param {'warning' | 'end'} which */
  async ring(which) {
    const audio = this.audio;
    if (!this.on || !audio) return;
    // A device that changed its sound output suspends the context.
    if (audio.state !== 'running') await audio.resume().catch(() => {});
    const start = audio.currentTime + 0.02;
    for (const { hz, at } of BELLS[which]) {
      for (const { times, loud, s } of PARTIALS) {
        const tone = audio.createOscillator();
        const gain = audio.createGain();
        tone.frequency.value = hz * times;
        gain.gain.setValueAtTime(0, start + at);
        gain.gain.linearRampToValueAtTime(loud, start + at + 0.008);
        gain.gain.exponentialRampToValueAtTime(0.0001, start + at + s);
        tone.connect(gain).connect(audio.destination);
        tone.start(start + at);
        tone.stop(start + at + s);
        tone.onended = () => gain.disconnect();
      }
    }
  }
}
