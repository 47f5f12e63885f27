import { createHash } from 'node:crypto';
import type { IssuerCheck } from '../../types.ts';

/** What an administrator says of one authorization server. */
export interface StatedIssuer {
  readonly issuer: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/** Names both endpoints without showing them: they belong to the secrets. 22 base64url characters. */
export function endpointsHash({
  authorizationUrl,
  tokenUrl,
}: Omit<StatedIssuer, 'issuer'>): string {
  const both = JSON.stringify([authorizationUrl, tokenUrl]);
  return createHash('sha256').update(both).digest('base64url').slice(0, 22);
}

/**
 * Whether a stored check was made for exactly these settings. A build that knows nothing of checks may have edited the connector since and kept
 * the old one.
 */
export function isCheckOf(check: IssuerCheck | undefined, stated: StatedIssuer): boolean {
  return check?.issuer === stated.issuer && check.endpoints === endpointsHash(stated);
}
