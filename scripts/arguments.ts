import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError, parseSetting } from '@latchkey/core/server';

/** Exit code for a command line that makes no sense, as shells use it. */
const EXIT_USAGE = 2;

/**
 * Reads the options of a command. `--help` (which `config` has to list) prints the usage and ends the process with 0; an unknown
 * or incomplete option prints what is wrong and the usage, and ends it with 2.
 */
export function readArguments<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const parsed = parse(usage, config);
  if ((parsed.values as Readonly<Record<string, unknown>>)['help'] === true) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return parsed;
}

/** The settings of `--set KEY=VALUE`, the last of a key winning. What is no setting ends the process as an unknown option does. */
export function readSettings(usage: string, given: readonly string[]): Record<string, unknown> {
  try {
    return Object.assign({}, ...given.map(parseSetting));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse('--set needs KEY=VALUE', usage);
  }
}

function parse<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse(error.message, usage);
  }
}

/** Prints what is wrong and the usage, and ends the process with 2. */
export function refuse(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n\n${usage}`);
  process.exit(EXIT_USAGE);
}
