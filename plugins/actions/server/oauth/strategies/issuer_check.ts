import { createHash } from 'node:crypto';
import type { IssuerCheck } from '../../connector_data/index.ts';

/** Issuer and endpoints of an authorization server, as the administrator entered them. */
export interface StatedIssuer {
  readonly issuer: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * Returns a hash of both endpoints, as 22 base64url characters. A hash is stored because the
 * endpoints belong to the secrets and must not be revealed.
 */
export function endpointsHash({
  authorizationUrl,
  tokenUrl,
}: Omit<StatedIssuer, 'issuer'>): string {
  const both = JSON.stringify([authorizationUrl, tokenUrl]);
  return createHash('sha256').update(both).digest('base64url').slice(0, 22);
}

/**
 * Returns `true` if a stored check was made for exactly these settings. They may differ, because an
 * older version edits the connector without updating the check.
 */
export function isCheckOf(check: IssuerCheck | undefined, stated: StatedIssuer): boolean {
  return check?.issuer === stated.issuer && check.endpoints === endpointsHash(stated);
}
