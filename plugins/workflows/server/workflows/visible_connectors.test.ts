import { aConnectorView, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { HttpError } from '@latchkey/core/server';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { visibleConnectors } from './visible_connectors.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };
const failing = (error: Error) =>
  createActionsStartMock({
    getAll: async () => {
      throw error;
    },
  });

describe('visibleConnectors', () => {
  it('returns the connectors that the user may see', async () => {
    const actions = createActionsStartMock({ getAll: async () => [aConnectorView()] });
    expect(await visibleConnectors(actions, principal)).toEqual([aConnectorView()]);
  });

  it('returns undefined for a user who may not see connectors', async () => {
    const refusal = new HttpError(403, 'missing privilege');
    expect(await visibleConnectors(failing(refusal), principal)).toBeUndefined();
  });

  it('fails when the connectors cannot be read', async () => {
    const outage = new HttpError(503, 'unavailable');
    await expect(visibleConnectors(failing(outage), principal)).rejects.toThrow(outage);
  });
});
