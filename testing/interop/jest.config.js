import { preset } from '../../jest.preset.js';

// Third-party servers take a minute to start and respond slowly on a busy machine.
export default preset('interop', { unit: 6 * 60_000 });
