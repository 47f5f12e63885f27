import type { CoreSetup } from '@latchkey/core/server';
import { connectorEncryption, connectorSoType } from './connectors/index.ts';
import { oauthRateLimitType, oauthStateEncryption, oauthStateType } from './oauth/flow/index.ts';
import {
  legacyJobEncryption,
  legacyJobType,
  oauthRevocationJobType,
  revocationJobEncryption,
} from './oauth/mass_revocation/index.ts';
import {
  connectorProblemType,
  connectorTokenType,
  oauthRevocationType,
  revocationEncryption,
  tokenEncryption,
  userConnectorTokenType,
} from './oauth/tokens/index.ts';
import type { ActionsSetupDeps } from './types.ts';

/** All saved-object types of this plugin. All are hidden. */
const TYPES = [
  connectorSoType,
  connectorTokenType,
  userConnectorTokenType,
  oauthStateType,
  oauthRevocationType,
  oauthRateLimitType,
  connectorProblemType,
  oauthRevocationJobType,
  legacyJobType,
] as const;

const ENCRYPTED = [
  connectorEncryption,
  ...tokenEncryption,
  oauthStateEncryption,
  revocationEncryption,
  revocationJobEncryption,
  legacyJobEncryption,
] as const;

/** Names of the types, for repositories that may read hidden types. */
export const HIDDEN_TYPES: readonly string[] = TYPES.map(({ name }) => name);

/** Registers the types and their encryption. */
export function registerSavedObjects(
  { savedObjects }: { readonly savedObjects: Pick<CoreSetup['savedObjects'], 'registerType'> },
  {
    encryptedSavedObjects,
  }: {
    readonly encryptedSavedObjects: Pick<ActionsSetupDeps['encryptedSavedObjects'], 'registerType'>;
  },
): void {
  for (const type of TYPES) savedObjects.registerType(type);
  for (const encryption of ENCRYPTED) encryptedSavedObjects.registerType(encryption);
}
