export { LineLimiter, type SkippedLines } from './line_limiter.ts';
export type { AppenderSettings } from './logger_settings.ts';
export { LoggingService } from './logging_service.ts';
export type { DedicatedLogger, DedicatedLoggerOptions, LoggingSetup } from './logging_setup.ts';
export { describeError } from './serialize_error.ts';
export type { Logger, LogLevel, LogMeta } from './types.ts';
