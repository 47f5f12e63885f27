type Part = Readonly<Record<string, unknown>>;

/**
 * Copies members that this build does not know from a stored object into the object that replaces
 * it, at any depth. A newer build wrote these members, and only a newer build may remove them.
 * Lists are replaced as a whole, because their elements have no names.
 * @param stored the value that a newer build wrote
 * @param known the part of `stored` that this build knows
 * @param next the value that this build writes instead
 */
export function carryUnknown(stored: unknown, known: unknown, next: unknown): unknown {
  if (!isPart(stored) || !isPart(known) || !isPart(next)) return next;
  const carried = Object.entries(stored).flatMap(([name, value]): [string, unknown][] => {
    if (Object.hasOwn(next, name)) {
      return [[name, carryUnknown(value, own(known, name), own(next, name))]];
    }
    return Object.hasOwn(known, name) ? [] : [[name, value]];
  });
  return Object.fromEntries([...Object.entries(next), ...carried]);
}

function own(part: Part, name: string): unknown {
  return Object.hasOwn(part, name) ? part[name] : undefined;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
