import { preset } from '../../jest.preset.js';

export default preset('typed_client');
