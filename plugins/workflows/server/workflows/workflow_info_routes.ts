import type { ActionsStart } from '@latchkey/actions-plugin/server';
import { type ReadThroughCache, type Router, respond } from '@latchkey/core/server';
import { documentSchema } from '@latchkey/workflow-language';
import {
  getWorkflowAggregations,
  getWorkflowConnectors,
  getWorkflowSchema,
  getWorkflowStats,
  listConnectorUses,
  MAX_CONNECTOR_USES,
  preflightWorkflow,
} from '../../common/index.ts';
import type { Preflight } from './preflight.ts';
import type { StepTypes } from './step_types.ts';
import { visibleConnectors } from './visible_connectors.ts';
import type { WorkflowCounts, WorkflowSearch } from './workflow_search.ts';

/** Services that the handlers of these routes call. */
export interface WorkflowInfoRouteServices {
  readonly actions: Pick<ActionsStart, 'getActionsClient' | 'connectorTypes'>;
  readonly search: WorkflowSearch;
  readonly stepTypes: StepTypes;
  readonly preflight: Preflight;
  /** Numbers of workflows and executions, by space. */
  readonly stats: Pick<ReadThroughCache<SpaceStats>, 'get'>;
}

/** Numbers of workflows and executions of a space. */
export interface SpaceStats {
  readonly workflows: WorkflowCounts;
  /** Numbers of executions of the last 30 days, by the day of their creation. */
  readonly executions: readonly {
    readonly date: string;
    readonly timestamp: string;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
  }[];
}

/** Registers the routes that give editors and pages facts about workflows and connectors. */
export function registerWorkflowInfoRoutes(router: Router<WorkflowInfoRouteServices>): void {
  router.handle(getWorkflowStats, async ({ spaceId }, { stats }) =>
    respond.ok(await stats.get(spaceId)),
  );
  router.handle(getWorkflowAggregations, async (request, { search }) => {
    const { fields: names, managed } = request.query;
    if (managed === 'managed')
      return respond.ok(Object.fromEntries(names.map((field) => [field, []])));
    const fields = await search.values(request, names);
    return respond.ok(
      Object.fromEntries(
        Object.entries(fields).map(([field, values]) => [
          field,
          values.map(({ value, count }) => ({ key: value, label: value, doc_count: count })),
        ]),
      ),
    );
  });
  router.handle(getWorkflowConnectors, async (request, { actions }) => {
    const connectors = (await visibleConnectors(actions, request)) ?? [];
    const types = actions.connectorTypes.list({ featureId: 'workflows' });
    const described = types.map(({ id, name, isEnabled, minimumLicenseRequired }) => ({
      actionTypeId: id,
      displayName: name,
      enabled: isEnabled,
      enabledInConfig: isEnabled,
      enabledInLicense: true,
      minimumLicenseRequired,
      subActions: (actions.connectorTypes.get(id)?.actions ?? []).map((action) => ({
        name: action.name,
        displayName: action.name,
        description: action.description,
        scope: action.scope,
        input: action.input,
        ...(action.output === undefined ? {} : { output: action.output }),
      })),
      instances: connectors
        .filter(({ connectorTypeId }) => connectorTypeId === id)
        .map((connector) => ({
          id: connector.id,
          name: connector.name,
          isPreconfigured: connector.isPreconfigured,
          isDeprecated: connector.isDeprecated,
          ...(connector.enabledActions === undefined
            ? {}
            : { enabledActions: [...connector.enabledActions] }),
        })),
    }));
    return respond.ok({
      connectorTypes: Object.fromEntries(described.map((type) => [type.actionTypeId, type])),
      totalConnectors: described.reduce((sum, { instances }) => sum + instances.length, 0),
    });
  });
  router.handle(getWorkflowSchema, ({ query }, { stepTypes }) =>
    respond.ok(documentSchema(stepTypes.registry, { isLoose: query.loose })),
  );
  router.handle(listConnectorUses, async (request, { actions, search }) => {
    const { connectorId } = request.query;
    const connectors = (await visibleConnectors(actions, request)) ?? [];
    const names = connectors.flatMap(({ id, name }) => (id === connectorId ? [name] : []));
    const references = [connectorId, ...names];
    const { workflows, total } = await search.usesOf(request, references, MAX_CONNECTOR_USES);
    const results = workflows.map(({ id, name, enabled, scheduleKeys, runsAs }) => ({
      id,
      name,
      enabled,
      ...(scheduleKeys.length === 0 ? {} : { scheduledAs: runsAs.username }),
    }));
    return respond.ok({ total, results });
  });
  router.handle(preflightWorkflow, async (request, { preflight }) =>
    respond.ok(await preflight.check(request, request.body)),
  );
}
