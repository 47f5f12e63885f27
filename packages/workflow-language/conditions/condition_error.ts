/** A condition that cannot be evaluated, after its templates were rendered. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}
