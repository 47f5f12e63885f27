import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { expect, it, vi } from 'vitest';
import type { UncheckedGrant } from '../tokens/index.ts';
import { GrantCheck } from './grant_check.ts';

const { signal } = new AbortController();
const grant: UncheckedGrant = {
  connectorId: 'from-file',
  profileUid: 'u_ana',
  spaceId: 'default',
  clientFingerprint: 'fp-1',
  generation: 'g-1',
  client: undefined,
};

/** Makes the repeated check on a server that does not have the connector of the grant. */
async function checkWithoutConnector({ isPermitted }: { readonly isPermitted: boolean }) {
  const revokeNow = vi.fn(async () => 'revoked' as const);
  const markChecked = vi.fn(async () => undefined);
  const check = new GrantCheck({
    connectors: { find: async () => ({ kind: 'missing' }) },
    clients: {
      forConnector: () => {
        throw new Error('Not expected');
      },
    },
    grantRevoker: { revokeNow },
    uncheckedGrants: { forEachDue: (act) => act(grant), markChecked },
    access: { allows: async () => isPermitted } as never,
    users: createSecurityStartMock(),
    logger: createLoggerMock(),
  });
  await check.runDue(signal);
  return { revokeNow, markChecked };
}

it('keeps the grant of a preconfigured connector that this server does not have', async () => {
  const { revokeNow, markChecked } = await checkWithoutConnector({ isPermitted: true });
  expect(revokeNow).not.toHaveBeenCalled();
  expect(markChecked).toHaveBeenCalledWith(grant);
});

it('F79: ends the grant of a preconfigured connector when its user may no longer use it', async () => {
  const { revokeNow, markChecked } = await checkWithoutConnector({ isPermitted: false });
  expect(revokeNow).toHaveBeenCalledWith(expect.objectContaining({ reason: 'access_lost' }));
  expect(markChecked).not.toHaveBeenCalled();
});
