export { createPlugin } from './create_plugin.ts';
