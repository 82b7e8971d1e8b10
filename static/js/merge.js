// JSON Merge Patch (RFC 7396) with structure sharing: what a patch does not touch stays the same object,
// so that `===` tells whether a part of the state has changed.

/** @param {unknown} v @returns {v is Record<string, unknown>} */
const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);

/**
 * Gives the target with the patch applied. Never changes either. When the patch changes nothing, gives the target itself.
 * @param {unknown} target
 * @param {unknown} patch
 * @returns {any}
 */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  /** @type {Record<string, unknown> | undefined} */
  let out = base === target ? undefined : base;
  for (const key of Object.keys(patch)) {
    const had = Object.hasOwn(base, key);
    if (patch[key] === null) {
      if (had) delete (out ??= { ...base })[key];
      continue;
    }
    const before = had ? base[key] : undefined;
    const after = mergePatch(before, patch[key]);
    // "__proto__" is a lawful id: it must become a property of its own, not the prototype.
    if (!had || after !== before) Object.defineProperty((out ??= { ...base }), key, { value: after, writable: true, enumerable: true, configurable: true });
  }
  return out ?? target;
}
