import type { Logger } from '@latchkey/core/server';
import type { LateTokens, RefreshRequest } from './refresh_request.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';

/** Tokens that arrived after their grant had ended: they go the way of the grant. Never throws. */
export async function revokeLate(
  deps: { readonly outbox: RevocationOutbox; readonly logger: Logger },
  request: RefreshRequest,
  tokens: LateTokens,
): Promise<void> {
  const { key, client, connector } = request;
  const bare = tokens.accessToken.slice(tokens.accessToken.indexOf(' ') + 1);
  try {
    await deps.outbox.put({
      key,
      generation: tokens.generation,
      configuration: client.configuration,
      tokens: [
        ...(tokens.refreshToken === undefined
          ? []
          : [{ token: tokens.refreshToken, kind: 'refresh_token' as const }]),
        { token: bare, kind: 'access_token' as const },
      ],
      accountId: undefined,
    });
    await deps.outbox.attempt(key);
  } catch (error) {
    deps.logger.error(
      `Tokens of an ended grant of connector [${connector.id}] could not be queued for revocation`,
      { error },
    );
  }
}
