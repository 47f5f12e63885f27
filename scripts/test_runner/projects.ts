import { join, relative, sep } from 'node:path';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { ROOT } from '../command.ts';
import { workspacesWith } from '../workspaces.ts';
import type { TestKind } from './test_command.ts';

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>;

/**
 * Options of each kind of tests. `components` are the unit tests in jsdom, `interop` those against
 * third-party servers. The time limits, in milliseconds, end tests that hang; a busy machine must
 * not reach them.
 */
const OPTIONS = {
  unit: { include: ['**/*.test.ts'], exclude: ['**/*.integration.test.ts'], ...limit(120_000) },
  components: {
    include: ['**/*.test.tsx'],
    environment: inRoot('scripts/test_runner/browser/environment.ts'),
    environmentOptions: { jsdom: { url: 'http://localhost:5601/' } },
    setupFiles: [
      inRoot('scripts/test_runner/browser/setup_browser.ts'),
      inRoot('scripts/test_runner/browser/setup_components.ts'),
    ],
    ...limit(120_000),
  },
  integration: { include: ['**/*.integration.test.ts'], ...limit(120_000) },
  e2e: { include: ['**/*.test.ts'], ...limit(600_000) },
  interop: { include: ['**/*.test.ts'], ...limit(360_000) },
} satisfies Readonly<Record<TestKind | 'components' | 'interop', TestOptions>>;

/** Options that tests of one kind in one workspace need in addition. */
const ADDITIONS: Readonly<Record<string, TestOptions>> = {
  // Some tests build the web app or start servers several times.
  'scripts integration': limit(300_000),
  // A run starts several processes and injects faults, which takes minutes on a busy machine.
  'testing/chaos integration': limit(600_000),
  'packages/saved-objects integration': {
    setupFiles: [inRoot('testing/elasticsearch/test_setup.ts')],
  },
  'testing/e2e e2e': { globalSetup: inRoot('testing/environment/stores/test_global_setup.ts') },
};

/**
 * Returns the projects of Vitest: one for each kind of tests in each workspace, with a name such as
 * `plugins/actions unit`. Files of a project that the same process executes share the modules that
 * they load; files of different projects do not.
 * @param folder in which Vitest was started. If it is that of a workspace, only its projects are
 * returned, because Vitest takes 30 ms for each project, even if it runs none of its tests
 */
export function testProjects(folder: string): TestProjectInlineConfiguration[] {
  const path = relative(ROOT, folder).split(sep).join('/');
  const all: readonly (readonly [string, keyof typeof OPTIONS])[] = [
    ...workspacesWith('unit').flatMap((each) => [
      [each, 'unit'] as const,
      [each, 'components'] as const,
    ]),
    ...workspacesWith('integration').map((each) => [each, 'integration'] as const),
    ...workspacesWith('e2e').map((each) => [each, 'e2e'] as const),
    ['testing/interop', 'interop'],
  ];
  const chosen = all.filter(([each]) => each === path);
  return (chosen.length === 0 ? all : chosen).map(([each, kind]) => projectOf(each, kind));
}

function projectOf(folder: string, kind: keyof typeof OPTIONS): TestProjectInlineConfiguration {
  const name = `${folder} ${kind}`;
  const options: TestOptions = OPTIONS[kind];
  const { setupFiles = [], ...additions } = ADDITIONS[name] ?? {};
  return {
    root: join(ROOT, folder),
    oxc: { jsx: { importSource: '@emotion/react' } },
    test: {
      name,
      ...options,
      ...additions,
      exclude: ['**/node_modules/**', ...(options.exclude ?? [])],
      setupFiles: [
        inRoot('scripts/test_runner/setup.ts'),
        ...[options.setupFiles ?? [], setupFiles].flat(),
      ],
      // Loading modules took longer than the tests when each file loaded its own.
      isolate: false,
      pool: 'forks',
    },
  };
}

/** Time limit of tests, and of what runs before and after them, in milliseconds. */
function limit(milliseconds: number): TestOptions {
  return { testTimeout: milliseconds, hookTimeout: milliseconds };
}

function inRoot(path: string): string {
  return join(ROOT, path);
}
