const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Maximum characters of a name. With longer names, the formatter would break lines differently. */
const MAX_NAME_LENGTH = 30;

/** Words that cannot be the name of a constant, and keys that no configuration may have. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const constructor continue debugger default delete do else enum eval ' +
    'export extends false finally for function if implements import in instanceof interface let new null package ' +
    'private protected prototype public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** The error when nothing was created. Its message tells the developer the reason. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError';
}

/**
 * Checks the name of a new connector or plugin.
 * @param kind of the thing to create, for the message
 * @throws ScaffoldError unless the name is short snake_case and not a reserved word
 */
export function checkScaffoldName(kind: 'connector' | 'plugin', name: string): void {
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH && !RESERVED.has(name)) return;
  throw new ScaffoldError(
    `"${name.slice(0, 60)}" is not a valid ${kind} name. Use snake_case, at most ${MAX_NAME_LENGTH} characters, for example my_${kind === 'connector' ? 'service' : kind}.`,
  );
}
