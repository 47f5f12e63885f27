/**
 * One problem of the configuration. `message` names keys, sources and the expected form, never a
 * value.
 */
export interface ConfigProblem {
  /** Complete path with dots. `undefined`: a whole source cannot be read. */
  readonly path: string | undefined;
  readonly message: string;
}

/** All problems of the configuration at one start, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) =>
      path === undefined ? message : `[${path}]: ${message}`,
    );
    super(`The configuration is not valid:\n${lines.map((line) => `  - ${line}`).join('\n')}`);
    this.problems = problems;
  }
}
