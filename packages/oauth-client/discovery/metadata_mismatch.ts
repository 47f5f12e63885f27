import { hostOf } from '../failures/host_of.ts';
import { OAuthError } from '../oauth_error.ts';

/** What of a foreign issuer is safe to show: an http(s) URL of printable ASCII, and not a long one. */
const SHOWABLE = /^https?:\/\/[\x21-\x7e]{1,248}$/;

/** The metadata at an issuer's address speaks of another issuer; code `issuer_mismatch`. */
export class MetadataMismatch extends OAuthError {
  /**
   * How the metadata calls its issuer: the one thing of a provider's answer that is shown, to the administrator who has to compare both.
   * `undefined`: not showable.
   */
  readonly foundIssuer: string | undefined;

  constructor(issuer: string, found: string) {
    super(
      'issuer_mismatch',
      'misconfigured',
      `The metadata found at ${hostOf(issuer)} describes another issuer than the configured one.`,
    );
    this.foundIssuer = SHOWABLE.test(found) ? found : undefined;
  }
}
