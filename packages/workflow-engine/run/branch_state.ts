type Values = Readonly<Record<string, unknown>>;

/**
 * Values that the steps of one branch have written. The main line of a run is also a branch. A
 * branch reads values from before it began, but no values that another branch writes meanwhile.
 */
export class BranchState {
  /** Output of the last step that ended. */
  lastOutput: unknown;
  #variables: Values;
  readonly #steps: Record<string, Values> = Object.create(null);
  /** Variables that this branch has written itself. */
  readonly #ownVariables = new Map<string, unknown>();
  readonly #ownSteps = new Map<string, Values>();

  readonly #ids: ReadonlyMap<string, string>;

  /**
   * @param before branch in which this branch begins; absent: this is the main line of the run
   * @param ids `id` of steps, by their name; an inner branch has those of the outer one
   */
  constructor(before?: BranchState, ids: ReadonlyMap<string, string> = new Map()) {
    this.#ids = before === undefined ? ids : before.#ids;
    this.#variables = before?.variables ?? {};
    Object.assign(this.#steps, before?.steps);
  }

  /** Variables: the merged outputs of the `data.set` steps. */
  get variables(): Values {
    return this.#variables;
  }

  /**
   * States of steps by name. A step that was executed several times has the state of its last
   * execution.
   */
  get steps(): Readonly<Record<string, Values>> {
    return this.#steps;
  }

  setVariables(values: Values): void {
    for (const [name, value] of Object.entries(values)) this.#ownVariables.set(name, value);
    // Not set by assignment, so that a name such as `__proto__` is an ordinary name.
    this.#variables = Object.fromEntries([
      ...Object.entries(this.#variables),
      ...Object.entries(values),
    ]);
  }

  setStep(name: string, state: Values): void {
    this.#ownSteps.set(name, state);
    this.#steps[name] = state;
    const id = this.#ids.get(name);
    if (id !== undefined) this.#steps[id] = state;
  }

  /** Takes over the values of a branch that began in this branch. */
  join(branch: BranchState): void {
    this.setVariables(Object.fromEntries(branch.#ownVariables));
    for (const [name, state] of branch.#ownSteps) this.setStep(name, state);
  }
}
