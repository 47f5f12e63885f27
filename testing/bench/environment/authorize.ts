import { type Reachable, TestUser } from '@latchkey/test-environment';
import { z } from 'zod';
import type { BenchConnector } from '../store/bench_connector.ts';

/** The administrator of every server, who also calls the measured connector. */
export const administrator = new TestUser({
  username: 'elastic',
  password: 'changeme',
  account: 'ana',
  isProgram: true,
});

/**
 * Creates the connector and an API key, and authorizes the connector for the owner of the key in a
 * real OAuth flow.
 * @returns the key, for `Authorization: ApiKey …`
 */
export async function authorizeConnector(
  server: Reachable,
  { id, type, config, secrets }: BenchConnector,
): Promise<string> {
  const body = { name: 'Bench', connector_type_id: type, config, secrets };
  await administrator.json(server, `POST /api/actions/connector/${id}`, body);
  const name = 'bench';
  const key = await administrator.json(server, 'POST /internal/security/api_key', { name });
  const { status, text } = await administrator.connect(server, id);
  if (status !== 200) throw new Error(`The callback failed: ${status} ${text}`);
  return z.object({ encoded: z.string() }).parse(key).encoded;
}
