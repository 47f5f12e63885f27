import type { Route } from '@latchkey/core/common';
import { strictFiles } from '@latchkey/test-environment';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonRoutes } from '../support/common_routes.ts';
import { hostileRequests } from '../support/hostile_inputs.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const environment = startBeforeAll();

/**
 * Routes that these tests leave out: they would end the session of the test, need minutes, or need
 * a built web app.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'get /app/{path*}',
  'get /api/security/logout',
  'post /internal/security/logout',
  'post /internal/security/sessions/_end',
  'post /api/encrypted_saved_objects/_rotate_key',
]);

/** Routes that users open in a browser. Their errors are pages, not JSON. */
const PAGES = /\/oauth\/|_oauth_callback|^\/(login|assets|favicon)/;
const MAX_CLIENT_ERROR = 499;
/**
 * Maximum length of an error response, in characters. Longer responses could repeat what was sent.
 */
const MAX_ERROR_LENGTH = 4000;

const errorBody = z.object({
  statusCode: z.number(),
  error: z.string(),
  message: z.string().min(1),
  attributes: z.record(z.string(), z.unknown()).optional(),
});
const documented = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const issue = z.object({ path: z.string(), code: z.string(), message: z.string() });

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const routes = (await commonRoutes()).filter((route) => !LEFT_OUT.has(nameOf(route)));

beforeAll(async () => {
  await environment.admin.json(environment.first, 'POST /api/actions/connector/fuzz', connector());
});

const connector = () => strictFiles(environment);
/** A workflow whose only step computes a value and calls no service. */
const YAML =
  'name: fuzz\ntriggers: [{ type: manual }]\nsteps: [{ name: a, type: console, with: { message: a } }]';

/**
 * Bodies that a route accepts, by route. Tests replace single values in them, so that hostile
 * values also reach the code behind the schema.
 */
const bodies: Readonly<Record<string, () => object>> = {
  'post /api/actions/connector': connector,
  'post /api/actions/connector/{id?}': connector,
  'post /api/actions/connector/{id}': connector,
  'put /api/actions/connector/{id}': () => {
    const { connector_type_id: _, ...changes } = connector();
    return changes;
  },
  'post /internal/actions/connectors/_validate': connector,
  'post /api/actions/connector/{id}/_execute': () => ({
    params: { subAction: 'listFiles', subActionParams: { pageSize: 5 } },
  }),
  'post /internal/actions/connector/{connectorId}/_start_oauth_flow': () => ({
    returnUrl: '/app/connectors',
  }),
  'post /internal/actions/connector/{connectorId}/_oauth_cancel': () => ({ flowId: 'flow-1' }),
  'post /api/actions/connector/{connectorId}/_account_change': () => ({
    decision: 'keep',
    flow_id: 'flow-1',
  }),
  'put /api/actions/connector/{connectorId}/_sites': () => ({ site_id: 'site-1' }),
  'post /internal/actions/connectors/_me/auth_status': () => ({ connector_ids: ['fuzz'] }),
  'post /api/actions/grants/_revoke': () => ({ connector_ids: ['fuzz'], dry_run: true }),
  'put /api/security/role/{name}': () => ({
    description: 'x',
    metadata: { a: 1 },
    elasticsearch: { cluster: [], indices: [], run_as: [] },
    kibana: [{ base: ['read'], feature: {}, spaces: ['*'] }],
  }),
  'post /internal/security/users/{username}': () => ({
    username: 'fuzz',
    password: 'development-password',
    full_name: 'Fuzz',
    email: 'fuzz@example.com',
    roles: [],
  }),
  'post /internal/security/api_key': () => ({
    type: 'rest',
    name: 'fuzz',
    expiration: '1d',
    role_descriptors: {},
    metadata: { a: 1 },
  }),
  'post /api/spaces/space': () => ({ id: 'fuzz', name: 'Fuzz', disabledFeatures: [] }),
  'put /api/spaces/space/{id}': () => ({ id: 'fuzz', name: 'Fuzz', disabledFeatures: [] }),
  'post /api/workflows/validate': () => ({ yaml: YAML }),
  'post /api/workflows/workflow': () => ({ yaml: YAML, id: 'fuzz' }),
  'put /api/workflows/workflow/{id}': () => ({
    yaml: YAML,
    enabled: true,
    name: 'fuzz',
    description: 'x',
    tags: ['a'],
    version: 'v',
  }),
  'post /api/workflows': () => ({ workflows: [{ yaml: YAML, id: 'fuzz' }] }),
  'delete /api/workflows': () => ({ ids: ['fuzz'] }),
  'post /api/workflows/mget': () => ({ ids: ['fuzz'], source: ['name'] }),
  'post /api/workflows/export': () => ({ ids: ['fuzz'] }),
  'post /api/workflows/enabled': () => ({ ids: ['fuzz'], enabled: false }),
  'post /internal/workflows/_preflight': () => ({ workflowId: 'fuzz', trigger: 'manual' }),
  'post /api/workflows/workflow/{id}/run': () => ({ inputs: { a: 1 }, metadata: { a: 1 } }),
  'post /api/workflows/step/test': () => ({ workflowYaml: YAML, stepId: 'a' }),
  'post /api/workflows/test': () => ({ workflowYaml: YAML, inputs: { a: 1 }, dryRun: true }),
  'post /api/workflows/executions/{id}/retry': () => ({
    mode: 'from-step',
    fromStepExecutionId: 'a',
    recorded: true,
    inputs: { a: 1 },
    yaml: 'same',
  }),
  'post /api/workflowExecutions/{id}/resume': () => ({ a: 1 }),
  'post /api/workflows/executions/{id}/resume': () => ({ input: { a: 1 }, stepExecutionId: 'a' }),
  'post /internal/security/login': () => ({
    providerType: 'basic',
    providerName: 'basic',
    currentURL: '/login',
    params: { username: 'fuzz', password: 'wrong' },
  }),
};

/**
 * Sends hostile requests to a route, and returns descriptions of the faults in the responses. `[]`:
 * none.
 */
async function faultsOf(route: Route): Promise<readonly string[]> {
  const { admin, first } = environment;
  const faults: string[] = [];
  for (const { what, path, rawBody } of hostileRequests(route, bodies[nameOf(route)]?.())) {
    const isForm = route.bodyFormat === 'form';
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const { status, text, headers } = await admin.call(first, {
      method: route.method.toUpperCase(),
      path,
      ...(rawBody === undefined ? {} : { rawBody }),
      headers: { 'content-type': type },
    });
    const fault = (problem: string) =>
      faults.push(`${nameOf(route)}, ${what}: ${status} ${problem}`);
    if (status > MAX_CLIENT_ERROR) fault(text.slice(0, 300));
    if (status < 400) continue;
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    if (!isJson && PAGES.test(route.path)) continue;
    const body = isJson ? errorBody.safeParse(JSON.parse(text)).data : undefined;
    if (body?.statusCode !== status)
      fault(`is not an error of the contract: ${text.slice(0, 300)}`);
    if (text.length > MAX_ERROR_LENGTH) fault(`is ${text.length} characters long`);
    if (/\bat \S+ \(|node_modules|\.ts:\d/.test(text)) fault(`shows code: ${text.slice(0, 300)}`);
  }
  return faults;
}

describe('requests with wrong types, long texts, unknown keys and prototype keys', () => {
  it('are sent to every route that the API description names', async () => {
    const { admin, first } = environment;
    const { paths } = documented.parse(await admin.json(first, 'GET /api/openapi.json'));
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const known = new Set([
      ...LEFT_OUT,
      ...routes.flatMap((route) => [
        nameOf(route).replace(/[?*]\}$/, '}'),
        nameOf(route).replace(/\/\{\w+\?\}$/, ''),
      ]),
    ]);
    const unknown = described.filter((one) => !known.has(one));
    expect(unknown).toEqual(['get /app/{path}']);
  });

  it.each(routes.map((route) => [nameOf(route), route] as const))(
    'never cause an internal error of the server: %s',
    async (_, route) => {
      expect(await faultsOf(route)).toEqual([]);
    },
  );

  it('leave the server working, and change no prototype', async () => {
    const { admin, first } = environment;
    expect((await admin.call(first, 'GET /api/status')).status).toBe(200);
    const text = JSON.stringify(await admin.json(first, 'GET /internal/security/me'));
    expect(text).not.toContain('polluted');
  });
});

describe('a connector form with wrong fields', () => {
  const wrong: readonly [string, object, string][] = [
    ['a text as config', { config: { siteUrl: 7 } }, 'config'],
    ['secrets of another auth type', { secrets: { authType: 'basic', token: 'x' } }, 'secrets'],
    ['an unknown key of the config', { config: { unknown_key: 1 } }, 'config'],
    ['a prototype key of the config', { config: { constructor: { a: 1 } } }, 'config'],
  ];

  it.each(wrong)('is refused with the path of each wrong field: %s', async (_, changes, group) => {
    const { admin, first } = environment;
    const body = { ...connector(), ...changes };
    const response = await admin.call(first, 'POST /api/actions/connector', body);
    expect(response.status).toBe(400);
    const refused = errorBody.parse(JSON.parse(response.text));
    const issues = z.array(issue).min(1).parse(refused.attributes?.['issues']);
    for (const { path } of issues) expect(path.split('.')[0]).toBe(group);
    const checked = await admin.json(first, 'POST /internal/actions/connectors/_validate', body);
    expect(checked).toMatchObject({ issues });
  });
});
