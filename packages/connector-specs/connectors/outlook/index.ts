export { outlook } from './outlook.ts';
