import type { Reachable, TestUser } from '@latchkey/test-environment';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

/**
 * Returns a check of `data` of executions against the API description of a server. The check
 * returns what differs from the documented output of the action; an empty list: nothing.
 */
export async function documentedOutputs(
  user: TestUser,
  server: Reachable,
): Promise<(action: string, data: unknown) => readonly unknown[]> {
  const response = await user.json(server, 'GET /api/openapi.json');
  const document = z.record(z.string(), z.unknown()).parse(response);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  return (action, data) => {
    const check = ajv.compile({ $ref: `openapi#/components/schemas/${action}_output` });
    return check(data) ? [] : (check.errors ?? []);
  };
}
