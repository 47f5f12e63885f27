import { preset } from '../../jest.preset.js';

export default preset('encrypted_saved_objects');
