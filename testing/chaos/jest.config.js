import { preset } from '../../jest.preset.js';

// A run starts several processes and injects faults, which takes minutes on a busy machine.
export default preset('chaos', { integration: 10 * 60_000 });
