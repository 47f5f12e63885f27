/** What is wrong with a connector spec. */
export type ConnectorSpecErrorCode =
  | 'invalid_metadata'
  | 'invalid_action_name'
  | 'reserved_action'
  | 'nothing_to_run'
  | 'unknown_default_action'
  | 'ambiguous_credentials'
  | 'duplicate_auth_type'
  | 'unknown_auth_type'
  | 'unknown_url_field'
  | 'invalid_api_origin'
  | 'forbidden_header';

/** A spec breaks the contract. Thrown when its module loads, so a broken connector never reaches a server. */
export class ConnectorSpecError extends Error {
  override readonly name = 'ConnectorSpecError';
  readonly code: ConnectorSpecErrorCode;
  /** Id of the spec as written. */
  readonly connectorTypeId: string;

  constructor(code: ConnectorSpecErrorCode, connectorTypeId: string, problem: string) {
    super(`connector spec [${connectorTypeId}]: ${problem}`);
    this.code = code;
    this.connectorTypeId = connectorTypeId;
  }
}
