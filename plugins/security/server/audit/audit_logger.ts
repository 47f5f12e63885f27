import type {
  AppenderSettings,
  DedicatedLogger,
  Logger,
  LoggingSetup,
} from '@latchkey/core/server';

/** Name of the logger of audit events. An entry of `logging.loggers` may change its level. */
const AUDIT_LOGGER = 'plugins.security.audit';

/**
 * Creates the logger of audit events. It does not depend on `logging.root.level`. Warns if no event
 * would be written.
 */
export function createAuditLogger(
  logging: LoggingSetup,
  options: {
    readonly enabled: boolean;
    readonly appender?: AppenderSettings | undefined;
    /** Logger for the warning. */
    readonly logger: Pick<Logger, 'warn' | 'isLevelEnabled'>;
    /** Prints the warning when the logger does not write warnings. */
    readonly print: (line: string) => void;
  },
): DedicatedLogger {
  const { enabled, appender, logger, print } = options;
  const warn = logger.isLevelEnabled('warn') ? logger.warn : print;
  const auditLogger = logging.createDedicatedLogger({ name: AUDIT_LOGGER, appender });
  if (!enabled) {
    warn('Audit events are not written: [xpack.security.audit.enabled] is false.');
  } else if (!auditLogger.isLevelEnabled('info')) {
    warn(
      `Audit events are not written: the logger [${AUDIT_LOGGER}] has no appender, or a level above info in [logging.loggers]. Set [xpack.security.audit.appender], or correct that entry.`,
    );
  }
  return auditLogger;
}
