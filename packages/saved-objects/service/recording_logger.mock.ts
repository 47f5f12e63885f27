import type { SavedObjectsLogger } from '../types/saved_objects_logger.ts';

/** A logger that records its lines for a test. */
export interface RecordingLogger extends SavedObjectsLogger {
  readonly lines: readonly string[];
}

export function createRecordingLogger(): RecordingLogger {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => {
    lines.push(`${level}: ${message}`);
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
