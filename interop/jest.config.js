import { preset } from '../jest.preset.js';

// Servers of other projects start in a minute and respond slowly on a busy machine.
export default preset('interop', { unit: 6 * 60_000 });
