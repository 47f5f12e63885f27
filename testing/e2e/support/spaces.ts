import type { Installation, Reachable, TestUser } from '@latchkey/test-environment';
import { z } from 'zod';
import { storedDocuments } from './stored_documents.ts';

const progress = z.looseObject({
  state: z.enum(['running', 'completed']),
  reason: z.string(),
  steps: z.array(z.looseObject({ id: z.string(), removed: z.record(z.string(), z.number()) })),
  outstanding: z.record(z.string(), z.number()),
});

/** Returns an object with the URL of one space, to use wherever a server is expected. */
export const inSpace = (server: Reachable, spaceId: string): Reachable => ({
  url: `${server.url}/s/${spaceId}`,
});

export async function createSpace(as: TestUser, server: Reachable, id: string): Promise<number> {
  const body = { id, name: id };
  return (await as.call(server, 'POST /api/spaces/space', body)).status;
}

export async function deleteSpace(as: TestUser, server: Reachable, id: string): Promise<number> {
  return (await as.call(server, `DELETE /api/spaces/space/${id}`)).status;
}

/**
 * Returns the progress of the deletion of a space; `undefined`: no deletion of the space is known.
 */
export async function deletionOf(as: TestUser, server: Reachable, id: string) {
  const { status, text } = await as.call(server, `GET /internal/spaces/space/${id}/_deletion`);
  return status === 404 ? undefined : progress.parse(JSON.parse(text));
}

/**
 * Runs the whole authorization flow of a user for a connector in a space.
 * @param server the process whose URL is the public one
 * @returns status of the callback's response
 */
export async function connectInSpace(
  testUser: TestUser,
  server: Reachable,
  where: { readonly spaceId: string; readonly connectorId: string },
): Promise<number> {
  const { spaceId, connectorId } = where;
  const callback = await testUser.callbackPath(inSpace(server, spaceId), connectorId, {
    publicServer: server,
  });
  return (await testUser.call(server, `GET ${callback}`)).status;
}

/**
 * Returns the types of those remaining documents that can be used in a space, or that contain its
 * secrets.
 */
export async function leftOf(
  environment: Installation,
  spaceId: string,
): Promise<readonly string[]> {
  const types = ['action', 'oauth_state', 'user_connector_token', 'space', 'role'];
  const left: string[] = [];
  for (const type of types) {
    for (const { key, namespace, attributes } of await storedDocuments(environment, type)) {
      const named = type === 'role' && JSON.stringify(attributes['grants']).includes(spaceId);
      const isOfSpace = namespace === spaceId || attributes['spaceId'] === spaceId;
      if (isOfSpace || named || key === `space:${spaceId}`) left.push(type);
    }
  }
  return left;
}
