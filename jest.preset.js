/**
 * What every Jest project shares. Tests run as native ES modules, exactly as the server does, so that
 * packages published only as ES modules need no second build; swc strips the types.
 *
 * @param {string} displayName
 * @returns {import('jest').Config}
 */
export const preset = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  setupFilesAfterEnv: [new URL('./jest.setup.js', import.meta.url).pathname],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
});
