import type { Reachable } from '@latchkey/test-environment';
import { type Execution, listStrictFiles, type TestUser } from '@latchkey/test-environment';

/**
 * Returns the parts of a response to an execution that fails until the user authorizes the
 * connector.
 */
export const mustAuthorize = (reason: 'no_token' | 'token_revoked') => ({
  status: 'error',
  retry: false,
  errorSource: 'user',
  authorization_reason: reason,
});

/**
 * Returns the expected response to an execution that failed.
 * @param rest the keys that depend on the cause
 */
export const failed = (connector: string, rest: Partial<Record<keyof Execution, unknown>>) => ({
  connector_id: connector,
  status: 'error',
  message: 'an error occurred while running the action',
  ...rest,
});

/** Lists a user's files `count` times at the same time, spread evenly over the servers. */
export const listFilesAtOnce = (
  user: TestUser,
  servers: readonly Reachable[],
  { connector, count }: { readonly connector: string; readonly count: number },
): Promise<Execution[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      user.execute(at(servers, index), connector, listStrictFiles),
    ),
  );

/** Returns item number `turn` (from 0) of an endless repetition of the list. */
export function at<T>(list: readonly T[], turn: number): T {
  const item = list[turn % list.length];
  if (item === undefined) throw new Error('The list is empty');
  return item;
}
