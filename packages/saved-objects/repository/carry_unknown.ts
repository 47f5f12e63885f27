type Part = Readonly<Record<string, unknown>>;

/**
 * Members of a stored object that this build does not know are carried into the object that replaces it, at any depth: a newer build put
 * them there, and only that build may take them away again. Lists are replaced as they are, because their elements have no names.
 * @param stored the value a newer build wrote
 * @param known the part of it that this build knows
 * @param next what this build writes instead
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
