import { preset } from '../jest.preset.js';

export default { ...preset('chaos'), setupFilesAfterEnv: ['<rootDir>/allow_time.ts'] };
