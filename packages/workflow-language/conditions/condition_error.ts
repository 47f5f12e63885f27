/** Thrown when a condition cannot be evaluated, although its templates were rendered. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}
