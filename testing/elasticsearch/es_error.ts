/**
 * Reasons why Elasticsearch is not available. `java_missing` and `maven_missing`: the machine lacks
 * a program, which the message names. `fetch_failed`: the artifacts could not be fetched.
 * `checksum_mismatch`: they are not the pinned ones. `port_taken`: another program uses the port of
 * a node. `start_failed`: a node exited or did not respond.
 */
export type EsErrorCode =
  | 'java_missing'
  | 'maven_missing'
  | 'fetch_failed'
  | 'checksum_mismatch'
  | 'port_taken'
  | 'start_failed';

/**
 * Elasticsearch could not be fetched or started on this machine. The message tells a developer what
 * to do.
 */
export class EsError extends Error {
  override readonly name = 'EsError';
  readonly code: EsErrorCode;

  constructor(code: EsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /**
   * True when the error is that the machine lacks something that is required. Only then are tests
   * skipped; after any other error they fail.
   */
  get isMissingPrerequisite(): boolean {
    return !['start_failed', 'port_taken', 'checksum_mismatch'].includes(this.code);
  }
}
