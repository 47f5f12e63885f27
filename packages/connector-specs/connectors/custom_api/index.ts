export { customApi } from './custom_api.ts';
