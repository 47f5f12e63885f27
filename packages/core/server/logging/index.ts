export type { AppenderSettings, LoggingSettings } from './logger_settings.ts';
export { LoggingService, type LoggingServiceOptions } from './logging_service.ts';
export { describeError } from './serialize_error.ts';
export type { Logger, LogLevel, LogMeta } from './types.ts';
