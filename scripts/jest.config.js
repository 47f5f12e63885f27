import { preset } from '../jest.preset.js';

// Some tests build the web app or start servers several times.
export default preset('scripts', { integration: 300_000 });
