/** @type {import('jest').Config} */
export default {
  projects: [
    '<rootDir>/packages/*',
    '<rootDir>/plugins/*',
    '<rootDir>/examples/*',
    '<rootDir>/scripts',
    '<rootDir>/e2e',
    '<rootDir>/chaos',
  ],
};
