export { LineLimiter } from './line_limiter.ts';
export type { LoggingSettings } from './logger_settings.ts';
export { LoggingService } from './logging_service.ts';
export { describeError } from './serialize_error.ts';
export type { Logger, LogLevel, LogMeta } from './types.ts';
