/**
 * Why there is no Elasticsearch. `java_missing` and `maven_missing`: the machine lacks a program, the message says which.
 * `fetch_failed`: the artifacts could not be had. `checksum_mismatch`: they are not the ones pinned. `port_taken`: somebody else listens where a node wanted
 * to. `start_failed`: a node ended or did not answer.
 */
export type EsErrorCode =
  | 'java_missing'
  | 'maven_missing'
  | 'fetch_failed'
  | 'checksum_mismatch'
  | 'port_taken'
  | 'start_failed';

/** A failure to get or run Elasticsearch on this machine. The message is for a developer and says what to do. */
export class EsError extends Error {
  override readonly name = 'EsError';
  readonly code: EsErrorCode;

  constructor(code: EsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the machine lacks what is needed, as opposed to something being broken. Tests are left out only then. */
  get isMissingPrerequisite(): boolean {
    return !['start_failed', 'port_taken', 'checksum_mismatch'].includes(this.code);
  }
}
