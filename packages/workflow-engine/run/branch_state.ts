type Values = Readonly<Record<string, unknown>>;

/**
 * Values that the steps of one branch write. The main line of a run is a branch as well. A branch
 * reads the values from before it began, and none that another branch writes meanwhile.
 */
export class BranchState {
  /** Output of the last step that ended. */
  lastOutput: unknown;
  #variables: Values;
  readonly #steps: Record<string, Values> = Object.create(null);
  /** Values that this branch has written itself. */
  readonly #ownVariables = new Map<string, unknown>();
  readonly #ownSteps = new Map<string, Values>();

  /** @param before the branch in which this one begins; absent: the main line of the run */
  constructor(before?: BranchState) {
    this.#variables = before?.variables ?? {};
    Object.assign(this.#steps, before?.steps);
  }

  /** `data.set` outputs, merged. */
  get variables(): Values {
    return this.#variables;
  }

  /** State of steps by name: that of the latest execution. */
  get steps(): Readonly<Record<string, Values>> {
    return this.#steps;
  }

  setVariables(values: Values): void {
    for (const [name, value] of Object.entries(values)) this.#ownVariables.set(name, value);
    // Not by assignment, so that a name such as `__proto__` is an ordinary one.
    this.#variables = Object.fromEntries([
      ...Object.entries(this.#variables),
      ...Object.entries(values),
    ]);
  }

  setStep(name: string, state: Values): void {
    this.#ownSteps.set(name, state);
    this.#steps[name] = state;
  }

  /** Takes over what a branch has written that began in this one. */
  join(branch: BranchState): void {
    this.setVariables(Object.fromEntries(branch.#ownVariables));
    for (const [name, state] of branch.#ownSteps) this.setStep(name, state);
  }
}
