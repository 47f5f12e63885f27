export type { Logger, LogLevel, LogMeta } from './types.ts';
