/**
 * Maximum size of the output of a step. A run keeps its outputs in memory, and the stores refuse
 * much larger documents.
 */
export const MAX_OUTPUT_BYTES = 32 * 1024 ** 2;

const FACTORS = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/**
 * Parses a byte size such as `10mb` or `1.5 GB`: a number, an optional space, and a unit in upper
 * or lower case. Units are powers of 1024.
 * @returns whole bytes; `undefined`: the text is not a byte size, or too large for a safe integer
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(b|kb|mb|gb)$/i.exec(text);
  if (match === null) return undefined;
  const unit = String(match[2]).toLowerCase() as keyof typeof FACTORS;
  const bytes = Math.floor(Number(match[1]) * FACTORS[unit]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
