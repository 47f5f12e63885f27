import { createHash } from 'node:crypto';
import type { IssuerCheck } from '../../connector_data/index.ts';

/** Issuer and endpoints of an authorization server, as an administrator entered them. */
export interface StatedIssuer {
  readonly issuer: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * Hash of both endpoints, 22 base64url characters. Does not reveal them, because they belong to the
 * secrets.
 */
export function endpointsHash({
  authorizationUrl,
  tokenUrl,
}: Omit<StatedIssuer, 'issuer'>): string {
  const both = JSON.stringify([authorizationUrl, tokenUrl]);
  return createHash('sha256').update(both).digest('base64url').slice(0, 22);
}

/**
 * Returns `true` if a stored check was made for exactly these settings. An older version that
 * ignores checks may have edited the connector since and kept the old check.
 */
export function isCheckOf(check: IssuerCheck | undefined, stated: StatedIssuer): boolean {
  return check?.issuer === stated.issuer && check.endpoints === endpointsHash(stated);
}
