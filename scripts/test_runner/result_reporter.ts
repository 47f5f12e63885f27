import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule, TestSuite, Vitest } from 'vitest/node';
import type { FileResult, RunResults } from './run_results.ts';

/**
 * Reporter of Vitest that writes {@link RunResults} to the file of the option `--outputFile`. The
 * JSON reporter of Vitest leaves out the errors of functions that run before or after the tests of
 * a group, and unhandled rejections.
 */
// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default class ResultReporter implements Reporter {
  #file = '';
  #startedAt = 0;

  onInit({ config: { outputFile } }: Vitest): void {
    if (typeof outputFile !== 'string') throw new TypeError('The option --outputFile is missing');
    this.#file = outputFile;
    this.#startedAt = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const results: RunResults = {
      durationMs: performance.now() - this.#startedAt,
      files: modules.map(toFileResult),
      errors: unhandled.map(toText),
    };
    writeFileSync(this.#file, JSON.stringify(results));
  }
}

function toFileResult(module: TestModule): FileResult {
  const { collectDuration, duration } = module.diagnostic();
  const errorsOf = (group: TestModule | TestSuite, title?: string) =>
    group
      .errors()
      .map((error) => ({ ...(title === undefined ? {} : { title }), message: toText(error) }));
  return {
    path: module.moduleId,
    durationMs: collectDuration + duration,
    tests: [...module.children.allTests()].flatMap((test) => {
      const { state, errors = [] } = test.result();
      return state === 'passed' || state === 'failed'
        ? [{ title: test.fullName, state, message: errors.map(toText).join('\n') }]
        : [];
    }),
    errors: [
      ...errorsOf(module),
      ...[...module.children.allSuites()].flatMap((group) => errorsOf(group, group.fullName)),
    ],
  };
}

function toText({ stack, message }: SerializedError): string {
  return stripVTControlCharacters(stack ?? message);
}
