import type { ConnectorTypeDetails } from '@latchkey/actions-plugin/server';
import {
  aConnection,
  aConnectorView,
  createActionsStartMock,
} from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { describe, expect, it } from 'vitest';
import { Preflight, type PreflightDeps, type PreflightRequest } from './preflight.ts';
import { ScheduledUsers } from './scheduled_users.ts';
import type { StoredWorkflow } from './stored_workflow.ts';

const ana = anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' });
const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });

/** Connector type of the step `files.list`. */
const FILES = {
  id: '.files',
  name: 'Files',
  actions: [
    {
      name: 'list',
      label: 'List',
      description: 'For tests.',
      scope: 'read',
      isTool: false,
      input: { type: 'object' },
    },
  ],
} as unknown as ConnectorTypeDetails;

const stored = {
  spaceId: 'default',
  runsAs: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: `name: a
triggers: [{ type: manual }]
steps:
  - { name: s, type: files.list, connector-id: connector-1 }
`,
} as unknown as StoredWorkflow;

/** Reference of a step to the connector. */
const reference = (stepId: string, action: string) => ({
  stepId,
  line: 4,
  reference: 'connector-1',
  kind: 'fixed',
  connectorTypeId: '.files',
  action,
});
const validation = {
  valid: true,
  diagnostics: [],
  connectors: [reference('s', 'list')],
} as unknown as Awaited<ReturnType<PreflightDeps['workflows']['validate']>>;

/** Checks the connectors, by default those of the scheduled runs of ana. */
const check = async (
  user: typeof ana,
  {
    missing = [] as readonly string[],
    enabledActions = ['list'],
    activeUsers = [ana],
    validated = validation,
    request = { workflowId: 'w', trigger: 'scheduled' } as PreflightRequest,
  } = {},
) => {
  const actions = createActionsStartMock(
    {
      getAll: async () => [
        aConnectorView({
          id: 'connector-1',
          connectorTypeId: '.files',
          authMode: 'per-user',
          enabledActions,
        }),
      ],
    },
    { types: [FILES], connections: [aConnection({ missingScopes: ['drive'] })] },
  );
  const security = createSecurityStartMock({ missing, activeUsers });
  const readers: unknown[] = [];
  const preflight = new Preflight({
    actions: {
      ...actions,
      getActionsClient: (principal) => {
        readers.push(principal.user?.username);
        return actions.getActionsClient(principal);
      },
    },
    workflows: {
      get: async () => stored,
      validate: async () => validated,
    },
    security,
    scheduledUsers: new ScheduledUsers(security),
  });
  const principal = { user, spaceId: 'default' };
  const { connectors, userMayRun } = await preflight.check(principal, request);
  return { connectors, userMayRun, readers };
};

describe('a check of scheduled runs', () => {
  it.each([
    ["shows the user's connection to the user of the runs", ana, ['workflows:read_outputs'], true],
    ["hides the user's connection from another user", ben, ['workflows:read_outputs'], false],
    ["shows the user's connection to another user who may read outputs", ben, [], true],
  ] as const)('%s', async (...[, user, missing, isShown]) => {
    const { connectors } = await check(user, { missing });
    expect(connectors).toMatchObject([{ state: 'found', id: 'connector-1', personal: true }]);
    if (isShown)
      expect(connectors).toMatchObject([{ status: 'connected', missingScopes: ['drive'] }]);
    else {
      expect(connectors[0]).not.toHaveProperty('status');
      expect(connectors[0]).not.toHaveProperty('missingScopes');
    }
  });

  it('says nothing about connections of a user who was disabled, as whom no run starts', async () => {
    const { connectors } = await check(ben, { activeUsers: [] });
    expect(connectors).toMatchObject([{ state: 'found', personal: true }]);
    expect(connectors[0]).not.toHaveProperty('status');
  });

  it.each([
    ['a user who may run workflows', { activeUsers: [ana], missing: [] }, true],
    ['a user who was disabled', { activeUsers: [], missing: [] }, false],
    [
      'a user who may no longer run workflows',
      { activeUsers: [ana], missing: ['workflows:execute'] },
      false,
    ],
  ])('says whether the runs can start as %s', async (_, how, mayRun) => {
    expect(await check(ben, how)).toMatchObject({ userMayRun: mayRun });
  });

  it('reads connectors with the privileges of the caller', async () => {
    expect((await check(ben)).readers).toEqual(['ben']);
  });

  it('names the actions that are not enabled in the connector', async () => {
    const { connectors } = await check(ana);
    expect(connectors[0]).not.toHaveProperty('disabledActions');
    const narrowed = await check(ana, { enabledActions: ['read'] });
    expect(narrowed.connectors).toMatchObject([{ state: 'found', disabledActions: ['list'] }]);
  });
});

describe('a check of some steps of a text', () => {
  const connectors = [reference('s', 'list'), reference('other', 'delete')];
  const validated = { ...validation, connectors } as typeof validation;
  const checkSteps = async (steps?: readonly string[]) =>
    (await check(ana, { validated, request: { yaml: stored.yaml, steps } })).connectors;

  it('names only these steps, and their actions that are not enabled', async () => {
    const [found, ...others] = await checkSteps(['s']);
    expect(others).toEqual([]);
    expect(found?.steps).toEqual([{ stepId: 's', line: 4 }]);
    expect(found).not.toHaveProperty('disabledActions');
    expect(await checkSteps(['other'])).toMatchObject([{ disabledActions: ['delete'] }]);
    expect(await checkSteps([])).toEqual([]);
  });

  it('names all steps when the request names none', async () => {
    const [found] = await checkSteps();
    expect(found).toMatchObject({
      steps: [{ stepId: 's' }, { stepId: 'other' }],
      disabledActions: ['delete'],
    });
  });
});
