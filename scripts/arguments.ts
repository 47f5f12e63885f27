import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError } from '@latchkey/core/server';
import { parseSetting } from '@latchkey/core/server/lifecycle';

/** Exit code for an invalid command line, as shells use it. */
const EXIT_USAGE = 2;

/**
 * Parses the options of a command. `--help` (which `config` must contain) prints the usage and
 * exits with 0. An unknown or incomplete option prints the problem and the usage, and exits with 2.
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

/**
 * Parses the settings of `--set KEY=VALUE`. The last value of a key wins. A malformed setting ends
 * the process like an unknown option.
 */
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

/** Prints the problem and the usage, and exits with 2. */
export function refuse(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n\n${usage}`);
  process.exit(EXIT_USAGE);
}
