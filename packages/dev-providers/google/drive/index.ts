export { Drive } from './drive.ts';
