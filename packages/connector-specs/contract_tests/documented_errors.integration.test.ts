import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectorSpecs } from '../connectors/index.ts';
import { ConnectorActionError } from '../contract/errors.ts';
import type { ConnectorSpec } from '../contract/types.ts';
import { getSchemaForAuthType } from '../schema/index.ts';
import { createTestContext, runAction } from './action_context.ts';
import type { DocumentedError } from './fixtures.ts';
import { generateInputs, generateMinimal } from './generate_inputs.ts';
import { configOf, loadFixtures } from './load_fixtures.ts';
import { type LocalService, startLocalService } from './local_service.ts';

/** https://cloud.google.com/apis/design/errors and the guides of the APIs. */
const GOOGLE: DocumentedError = {
  status: 400,
  body: {
    error: {
      code: 400,
      message: 'Invalid id value',
      errors: [{ domain: 'global', reason: 'invalidArgument', message: 'Invalid id value' }],
      status: 'INVALID_ARGUMENT',
    },
  },
  expected: { reason: 'invalidArgument', vendorMessage: 'Invalid id value' },
};
/** https://learn.microsoft.com/en-us/graph/errors */
const GRAPH: DocumentedError = {
  status: 404,
  body: {
    error: {
      code: 'itemNotFound',
      message: 'The resource could not be found.',
      innerError: { 'request-id': 'r-1', date: '2030-01-01T00:00:00' },
    },
  },
  expected: {
    reason: 'itemNotFound',
    vendorMessage: 'The resource could not be found.',
    requestId: 'r-1',
  },
};

/**
 * Failures by the id of the connector, written from the documentation of the vendors. New
 * connectors have them in their fixtures.
 */
const DOCUMENTED: Readonly<Record<string, readonly DocumentedError[]>> = {
  '.airtable': [
    {
      status: 422,
      body: { error: { type: 'INVALID_REQUEST_UNKNOWN', message: 'Check your request data' } },
      expected: { reason: 'INVALID_REQUEST_UNKNOWN', vendorMessage: 'Check your request data' },
    },
    { status: 404, body: { error: 'NOT_FOUND' }, expected: { reason: 'NOT_FOUND' } },
  ],
  '.github': [
    {
      status: 422,
      headers: { 'x-github-request-id': 'r-1' },
      body: {
        message: 'Validation Failed',
        errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }],
        documentation_url: 'https://docs.github.com/rest',
      },
      expected: { reason: 'missing_field', vendorMessage: 'Validation Failed', requestId: 'r-1' },
    },
  ],
  '.gmail': [GOOGLE],
  '.google_calendar': [GOOGLE],
  '.google_drive': [GOOGLE],
  '.google_sheets': [GOOGLE],
  '.hubspot': [
    {
      status: 400,
      body: {
        status: 'error',
        message: 'Property "x" does not exist',
        correlationId: 'r-1',
        category: 'VALIDATION_ERROR',
      },
      expected: {
        reason: 'VALIDATION_ERROR',
        vendorMessage: 'Property "x" does not exist',
        requestId: 'r-1',
      },
    },
  ],
  '.jira-cloud': [
    {
      status: 400,
      body: { errorMessages: ['The project is archived.'], errors: { summary: 'is required' } },
      expected: { vendorMessage: 'The project is archived.' },
    },
  ],
  '.linear': [
    {
      status: 200,
      headers: { 'x-request-id': 'r-1' },
      body: {
        errors: [
          {
            message: 'Argument Validation Error',
            extensions: {
              code: 'INVALID_INPUT',
              userPresentableMessage: 'teamId must be a UUID.',
            },
          },
        ],
      },
      expected: {
        reason: 'INVALID_INPUT',
        vendorMessage: 'teamId must be a UUID.',
        requestId: 'r-1',
      },
    },
  ],
  '.microsoft-teams': [GRAPH],
  '.notion': [
    {
      status: 400,
      body: {
        object: 'error',
        status: 400,
        code: 'validation_error',
        message: 'body failed validation',
        request_id: 'r-1',
      },
      expected: {
        reason: 'validation_error',
        vendorMessage: 'body failed validation',
        requestId: 'r-1',
      },
    },
  ],
  '.one_drive': [GRAPH],
  '.outlook': [GRAPH],
  '.salesforce': [
    {
      status: 400,
      body: [{ message: 'unexpected token: FROM', errorCode: 'MALFORMED_QUERY' }],
      expected: { reason: 'MALFORMED_QUERY', vendorMessage: 'unexpected token: FROM' },
    },
  ],
  '.sharepoint-online': [GRAPH],
  '.slack2': [
    {
      status: 200,
      headers: { 'x-slack-req-id': 'r-1' },
      body: {
        ok: false,
        error: 'invalid_arguments',
        response_metadata: { messages: ['[ERROR] missing required field: channel'] },
      },
      expected: {
        reason: 'invalid_arguments',
        vendorMessage: '[ERROR] missing required field: channel',
        requestId: 'r-1',
      },
    },
  ],
};
/** Connector types that call any API, so that no documented errors exist for them. */
const ANY_API = ['.custom_api', '.http'];

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
afterAll(() => service.close());

const documented: (readonly [string, ConnectorSpec, readonly DocumentedError[]])[] = [];
for (const spec of connectorSpecs) {
  const { id } = spec.metadata;
  const { documentedErrors = DOCUMENTED[id] ?? [] } = await loadFixtures(spec);
  documented.push([id, spec, documentedErrors]);
}

it('every connector with an API of its own has a documented failure in its contract_fixtures.ts', () => {
  const without = documented.flatMap(([id, , errors]) => (errors.length === 0 ? id : []));
  expect(without.sort()).toEqual([...ANY_API].sort());
});

const tested = documented.filter(([, , errors]) => errors.length > 0);

describe.each(tested)('the connector type %s', (_id, spec, errors) => {
  it.each(errors)(
    'reports the code and the message of a documented failure with status $status',
    async ({ expected, ...response }) => {
      const fixtures = await loadFixtures(spec);
      const [entry = 'none'] = spec.auth?.types ?? [];
      const secrets = z
        .record(z.string(), z.unknown())
        .parse(generateMinimal(getSchemaForAuthType(entry).schema));
      const { context } = await createTestContext({
        spec,
        service,
        secrets,
        config: configOf(spec, fixtures),
        grant: fixtures.grant,
      });
      service.response = () => response;
      const { vendorMessage, ...facts } = expected;
      for (const [name, { input: schema }] of Object.entries(spec.actions)) {
        const [input] = fixtures.inputs?.[name] ?? generateInputs(schema);
        const error = await runAction(spec, context, { name, input }).catch((one: unknown) => one);
        expect([name, error]).toEqual([name, expect.any(ConnectorActionError)]);
        const failed = { code: 'vendor_error', status: response.status, ...facts };
        expect([name, error]).toMatchObject([name, failed]);
        if (vendorMessage !== undefined) {
          const text = expect.stringContaining(vendorMessage);
          expect([name, error]).toMatchObject([name, { vendorMessage: text }]);
        }
      }
    },
  );
});
