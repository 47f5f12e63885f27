export { slack2 } from './slack2.ts';
