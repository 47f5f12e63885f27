import { createRouterHarness } from '@latchkey/core/server/harness';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerWorkflowRoutes, type WorkflowRouteServices } from './workflow_routes.ts';
import { aWorkflowService } from './workflow_service.mock.ts';

const YAML = `name: a
triggers: [{ type: manual }]
steps: [{ name: log, type: console, with: { message: hi } }]
`;

let service: Awaited<ReturnType<typeof aWorkflowService>>;
let server: ReturnType<typeof createRouterHarness>;
beforeEach(async () => {
  service = await aWorkflowService();
  server = createRouterHarness();
  const services: Pick<WorkflowRouteServices, 'workflows' | 'schedules' | 'validity'> = {
    workflows: service.workflows,
    schedules: { tasksOf: async () => new Map() } as unknown as WorkflowRouteServices['schedules'],
    validity: {
      of: async (_principal: unknown, workflows: unknown) => workflows,
    } as unknown as WorkflowRouteServices['validity'],
  };
  const router = server.http.createRouter({ services: () => services as WorkflowRouteServices });
  registerWorkflowRoutes(router);
});
afterEach(async () => {
  await server.close();
  await service.stop();
});

const create = async (yaml: string) => {
  const url = '/api/workflows/workflow';
  const { body } = await server.inject<{ id: string }>({ method: 'POST', url, body: { yaml } });
  return `${url}/${body.id}`;
};

describe('the route that changes a workflow', () => {
  it('returns the errors of the YAML as Kibana does, and none when it is valid', async () => {
    const url = await create(YAML);
    const put = (yaml: string) => server.inject({ method: 'PUT', url, body: { yaml } });
    expect((await put(YAML.replace('console', 'missing.step'))).body).toMatchObject({
      valid: false,
      validationErrors: [expect.stringContaining('missing.step')],
    });
    expect((await put(YAML)).body).toMatchObject({ valid: true, validationErrors: [] });
  });
});

describe('the definition of a workflow', () => {
  it('is the parsed YAML', async () => {
    const { body } = await server.inject({ method: 'GET', url: await create(YAML) });
    expect(body).toMatchObject({ definition: { name: 'a' } });
  });

  it('is null when the text is not YAML, because clients expect the member', async () => {
    const { body } = await server.inject({ method: 'GET', url: await create('name: [') });
    expect(body).toMatchObject({ valid: false, definition: null });
  });
});
