export { KeyedQueue } from './keyed_queue.ts';
