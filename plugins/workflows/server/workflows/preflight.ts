import type { ActionsStart, Connection, ConnectorView } from '@latchkey/actions-plugin/server';
import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import {
  type ConnectorReference,
  connectorsNamed,
  isActionEnabled,
} from '@latchkey/workflow-language';
import { READ_OUTPUTS_PRIVILEGE } from '../../common/index.ts';
import type { ScheduledUsers } from './scheduled_users.ts';
import { usernameOf, type WorkflowService } from './workflow_service.ts';

/** Dependencies of {@link Preflight}. */
export interface PreflightDeps {
  readonly actions: Pick<ActionsStart, 'getActionsClient' | 'connections'>;
  readonly workflows: Pick<WorkflowService, 'get' | 'validate'>;
  readonly security: Pick<SecurityStart, 'missingPrivileges'>;
  readonly scheduledUsers: ScheduledUsers;
}

/** A workflow to check: a text or some of its steps, or a stored workflow. */
export type PreflightRequest =
  | { readonly yaml: string; readonly steps?: readonly string[] | undefined }
  | { readonly workflowId: string; readonly trigger: 'manual' | 'scheduled' };

/** Result of the search for the connector that a step names. */
type ReferenceState = 'found' | 'missing' | 'placeholder' | 'ambiguous' | 'computed';

/**
 * Checks, before a run, which connectors its steps use, and whether the user of the run can use
 * them.
 */
export class Preflight {
  readonly #deps: PreflightDeps;

  constructor(deps: PreflightDeps) {
    this.#deps = deps;
  }

  /**
   * Checks the connectors of a workflow. Connections of another user are included only if the
   * caller has the privilege to read outputs.
   * @throws WorkflowError `workflow_not_found`, and the errors of `WorkflowService.validate`;
   *   HttpError 403 without access to connectors
   */
  async check(principal: Principal, request: PreflightRequest) {
    const { actions, workflows, security, scheduledUsers } = this.#deps;
    const stored =
      'yaml' in request ? undefined : await workflows.get(principal, request.workflowId);
    const yaml = 'yaml' in request ? request.yaml : (stored?.yaml ?? '');
    const isScheduled = 'workflowId' in request && request.trigger === 'scheduled';
    const runsAs = isScheduled && stored ? await scheduledUsers.userOf(stored) : principal;
    const { valid, connectors: all } = await workflows.validate(principal, yaml);
    const steps = 'yaml' in request && request.steps !== undefined && new Set(request.steps);
    const references = steps === false ? all : all.filter(({ stepId }) => steps.has(stepId));
    const connectors = await actions.getActionsClient(principal).getAll();
    const groups = groupByConnector(references);
    const found = groups.map((group) => ({ group, ...resolve(group[0], connectors) }));
    const personal = found.flatMap(({ connector }) => (isPersonal(connector) ? connector.id : []));
    const ids = [...new Set(personal)];
    const isCaller = runsAs?.user?.profileUid === principal.user?.profileUid;
    const isReadable =
      isCaller ||
      (await security.missingPrivileges(principal, [READ_OUTPUTS_PRIVILEGE])).length === 0;
    const userMayRun = await scheduledUsers.mayRun(runsAs);
    const connections =
      runsAs === undefined || !isReadable ? undefined : await actions.connections.of(runsAs, ids);
    return {
      runsAs: runsAs === undefined ? (stored?.runsAs.username ?? '') : usernameOf(runsAs),
      userMayRun,
      valid,
      connectors: found.map(({ group, state, connector }) => ({
        steps: group.map(({ stepId, line }) => ({ stepId, line })),
        reference: group[0].reference,
        connectorTypeId: group[0].connectorTypeId,
        state,
        ...(connector === undefined
          ? {}
          : {
              ...describe(connector, { connections, isCaller }),
              ...disabledActions(connector, group),
            }),
      })),
    };
  }
}

type Group = readonly [ConnectorReference, ...ConnectorReference[]];

/** Groups the steps of a workflow by connector, in the order of the first step of each. */
function groupByConnector(references: readonly ConnectorReference[]): readonly Group[] {
  const groups = new Map<string, [ConnectorReference, ...ConnectorReference[]]>();
  for (const each of references) {
    const key = JSON.stringify([each.connectorTypeId, each.kind, each.reference]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

/**
 * Finds a connector of the type of the step, as a run does: by its id; if there is none, by name.
 */
function resolve(
  { kind, reference, connectorTypeId }: ConnectorReference,
  connectors: readonly ConnectorView[],
): { readonly state: ReferenceState; readonly connector?: ConnectorView } {
  if (kind === 'placeholder' || kind === 'computed') return { state: kind };
  const [connector, other] = connectorsNamed(connectors, reference, connectorTypeId);
  if (other !== undefined) return { state: 'ambiguous' };
  return connector === undefined ? { state: 'missing' } : { state: 'found', connector };
}

/** Actions in the steps that are not enabled in the connector, so that it would refuse them. */
function disabledActions(
  connector: ConnectorView,
  group: Group,
): { readonly disabledActions?: string[] } {
  const actions = group.flatMap(({ action }) =>
    action === undefined || isActionEnabled(connector, action) ? [] : [action],
  );
  return actions.length === 0 ? {} : { disabledActions: [...new Set(actions)] };
}

function isPersonal(connector: ConnectorView | undefined): connector is ConnectorView {
  return connector?.authMode === 'per-user';
}

function describe(
  connector: ConnectorView,
  {
    connections,
    isCaller,
  }: {
    /** `undefined`: the caller may not read them, or no run starts as their user. */
    readonly connections: readonly Connection[] | undefined;
    readonly isCaller: boolean;
  },
) {
  const { id, name, connectorTypeId } = connector;
  const known = { id, name, actionTypeId: connectorTypeId };
  if (!isPersonal(connector)) return { ...known, personal: false };
  if (connections === undefined) return { ...known, personal: true };
  const connection = connections.find(({ connectorId }) => connectorId === id);
  const label = isCaller ? connection?.account?.label : undefined;
  return {
    ...known,
    personal: true,
    status: connection?.status ?? 'not_connected',
    ...(label === undefined ? {} : { accountLabel: label }),
    missingScopes: connection?.missingScopes ?? [],
  };
}
