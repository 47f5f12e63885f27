import { preset } from '../jest.preset.js';

export default { ...preset('interop'), setupFilesAfterEnv: ['<rootDir>/allow_time.ts'] };
