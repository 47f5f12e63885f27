const encoder = new TextEncoder();

/** Number of bytes of a value as JSON in UTF-8. `undefined` counts as `null`. */
export const jsonBytes = (value: unknown): number =>
  encoder.encode(JSON.stringify(value ?? null)).length;
