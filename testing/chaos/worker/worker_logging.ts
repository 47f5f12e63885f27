import { LoggingService } from '../../../packages/core/server/logging/index.ts';

/** Opens the log of one worker at all levels, with one JSON object per line. */
export function openLogging(worker: string): LoggingService {
  return new LoggingService({
    settings: {
      root: { level: 'trace', appenders: ['default'] },
      appenders: { default: { type: 'console', layout: { type: 'json' } } },
      loggers: [],
    },
    root: process.cwd(),
    now: () => Date.now(),
    mode: 'production',
    version: '0.0.0',
    node: worker,
  });
}
