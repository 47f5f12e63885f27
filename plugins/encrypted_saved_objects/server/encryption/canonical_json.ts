/**
 * Converts a JSON value to a unique text: members are sorted by name, without spaces. Two values
 * have the same text exactly when they are equal after being stored and read, so a bound value is
 * recognised after a read. As in `JSON.stringify`, members that are `undefined` are left out and
 * dates become strings.
 */
export function canonicalJson(value: unknown): string {
  // A scalar has only one text, and most bound values are strings.
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
