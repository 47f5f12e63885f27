/**
 * One text per JSON value: members sorted by name, no spaces. Two values give the same text exactly when they are the
 * same after a trip through a store, so a value bound at encryption is recognised after it was read back.
 * `undefined` members vanish and dates become strings, as `JSON.stringify` has it.
 */
export function canonicalJson(value: unknown): string {
  // A scalar has one text only; most values that are bound are strings.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const text = JSON.stringify(value);
  return text === undefined ? 'null' : write(JSON.parse(text));
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
