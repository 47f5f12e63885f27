import { preset } from '../../jest.preset.js';

export default preset('task_manager');
