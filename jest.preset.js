import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { pinnedNode } from './scripts/pinned_node.mjs';

const root = dirname(fileURLToPath(import.meta.url));

// Jest needs an option of Node to run ES modules. `npx jest` starts without it. Other programs, such
// as knip, read this file too.
const isJest = ['jest', 'jest.js'].includes(basename(process.argv[1] ?? ''));
if (isJest && vm.SourceTextModule === undefined) restartJest();

/**
 * Default time limit of a test in milliseconds, by the kind of its file: `*.integration.test.ts` is
 * an integration test, `*.test.tsx` a test of components in jsdom, any other file a unit test. It
 * ends tests that hang; a busy machine must not reach it.
 */
const TIMEOUTS_MS = { unit: 60_000, component: 120_000, integration: 120_000 };

/**
 * The part of the Jest configuration that all projects share. Tests run as native ES modules, exactly
 * as the server does, so packages published only as ES modules need no second build; swc strips the
 * types.
 *
 * @param {string} displayName name of the project for `--selectProjects`
 * @param {Partial<typeof TIMEOUTS_MS>} [timeoutsMs] where they differ from {@link TIMEOUTS_MS}
 * @returns {import('jest').Config}
 */
export const preset = (displayName, timeoutsMs = {}) => ({
  displayName,
  testEnvironment: new URL('./jest.environment.js', import.meta.url).pathname,
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions({ syntax: 'typescript' })],
    '^.+\\.tsx$': ['@swc/jest', swcOptions({ syntax: 'typescript', tsx: true })],
  },
  moduleNameMapper: {
    '^fast-check$': new URL('./jest.fast_check.js', import.meta.url).pathname,
    // EUI loads the grammars of 280 languages, about a third of its load time.
    '^refractor$': new URL('./node_modules/refractor/core.js', import.meta.url).pathname,
  },
  setupFilesAfterEnv: [new URL('./jest.setup.js', import.meta.url).pathname],
  globals: { TEST_TIMEOUTS_MS: { ...TIMEOUTS_MS, ...timeoutsMs } },
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testPathIgnorePatterns: ['/node_modules/'],
});

/** @param {import('@swc/core').ParserConfig} parser */
function swcOptions(parser) {
  const react = { runtime: 'automatic', importSource: '@emotion/react' };
  return {
    jsc: { parser, target: 'es2024', transform: { react } },
    module: { type: 'es6' },
  };
}

function restartJest() {
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const command = [...options, ...process.argv.slice(1)];
  const { status } = spawnSync(pinnedNode(root), command, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
