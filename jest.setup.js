import { expect, jest } from '@jest/globals';

// Jest does not read `testTimeout` of a single project: the preset passes the limits as a global.
const { unit, integration, component } = globalThis.TEST_TIMEOUTS_MS;
const { testPath = '' } = expect.getState();

jest.setTimeout(timeoutOf(testPath));
if (testPath.endsWith('.tsx')) await prepareForComponents();

/** Lets `findBy…` and `waitFor` wait longer than one second, which a busy machine needs. */
async function prepareForComponents() {
  await import('@testing-library/jest-dom/jest-globals');
  const { configure } = await import('@testing-library/react');
  configure({ asyncUtilTimeout: 30_000 });
}

function timeoutOf(path) {
  if (path.endsWith('.tsx')) return component;
  return path.endsWith('.integration.test.ts') ? integration : unit;
}
