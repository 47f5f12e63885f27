import type { TaskDefinition } from '../types.ts';

const DEFAULT_TIMEOUT_MS = 5 * 60_000;
const DEFAULT_MAX_ATTEMPTS = 3;

/** A definition with values for all members. */
export type KnownTaskDefinition = Required<TaskDefinition>;

/** Task types that this process can run. Nothing can be added after plugins have started. */
export class TaskDefinitions {
  readonly #byType = new Map<string, KnownTaskDefinition>();
  #closed = false;

  /**
   * Adds the definition of a task type.
   * @throws Error on a duplicate type, a limit below 1, or after {@link close}
   */
  register(definition: TaskDefinition): void {
    const { type, title, timeoutMs = DEFAULT_TIMEOUT_MS } = definition;
    const maxAttempts = definition.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
    if (this.#closed) {
      throw new Error(`Task type [${type}] must be registered during setup, not after start`);
    }
    if (this.#byType.has(type)) throw new Error(`Task type [${type}] is registered twice`);
    if (timeoutMs < 1 || maxAttempts < 1) {
      throw new Error(`Task type [${type}] needs a timeoutMs and maxAttempts of at least 1`);
    }
    const run: TaskDefinition['run'] = (context) => definition.run(context);
    this.#byType.set(type, { type, title, timeoutMs, maxAttempts, run });
  }

  /** Closes the registration. Later calls of {@link register} throw. */
  close(): void {
    this.#closed = true;
  }

  /** Finds the definition of a type. `undefined`: no plugin of this process registered the type. */
  find(type: string): KnownTaskDefinition | undefined {
    return this.#byType.get(type);
  }

  /** Names of all registered types. */
  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }
}
