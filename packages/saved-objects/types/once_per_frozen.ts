/**
 * Wraps a function, so that it runs once per frozen object and at every call with an object that
 * can still change. A repository returns the same frozen object while a cached document is
 * unchanged, so values that depend only on that document are computed once.
 * Only the first level is checked. Deeper values that `compute` reads must not change either.
 * @param compute must depend on its argument alone
 * @returns a function that keeps each value as long as its object
 */
export function oncePerFrozen<K extends object, V extends {}>(
  compute: (source: K) => V,
): (source: K) => V {
  const known = new WeakMap<K, V>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    const value = compute(source);
    if (Object.isFrozen(source)) known.set(source, value);
    return value;
  };
}
