/**
 * Value of a response to a step that accepts any value: text, or JSON if it begins as an object or
 * a list. `undefined`: it is not valid JSON.
 */
export function freeResponse(text: string): { readonly value: unknown } | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return { value: text };
  try {
    return { value: JSON.parse(trimmed) };
  } catch {
    return undefined;
  }
}
