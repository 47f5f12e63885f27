import { type HistoryIndex, named, type Violation } from './history_index.ts';

/**
 * Invariant 2: no request of a user carries a token of another user or another connector.
 * The check is made per request at the API: the recorder knows the owner of the token, and the
 * caller states its user. User, connector and the OAuth client that the caller read from the
 * connector must be those to which the token was issued. At the token endpoint, a refresh token
 * must come with the client to which it was issued.
 */
export function checkOwnTokensOnly(historyIndex: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  for (const request of historyIndex.of('api_request')) {
    const { owner } = request;
    if (owner === undefined) continue;
    const isOwn =
      owner.user === request.user &&
      owner.connector === request.connector &&
      owner.client === request.client;
    if (isOwn) continue;
    violations.push({
      invariant: 2,
      sentence: `A call of ${named(request)} (client ${request.client}) carried a token of ${named(owner)} (client ${owner.client}).`,
      about: [request.call, owner.family, request.connector],
    });
  }
  const clients = new Map(historyIndex.of('issued').map(({ family, client }) => [family, client]));
  for (const { family, client, presentation } of historyIndex.of('presented')) {
    const own = family === undefined ? undefined : clients.get(family);
    if (own === undefined || own === client) continue;
    violations.push({
      invariant: 2,
      sentence: `A refresh token issued to ${own} was presented by ${client}.`,
      about: [presentation, family ?? ''],
    });
  }
  return violations;
}
