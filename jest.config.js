/** @type {import('jest').Config} */
export default {
  projects: [
    '<rootDir>/packages/*',
    '<rootDir>/plugins/*',
    '<rootDir>/scripts',
    '<rootDir>/e2e',
    '<rootDir>/chaos',
  ],
};
