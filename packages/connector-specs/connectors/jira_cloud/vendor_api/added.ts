import type { OperationFacts } from '../../../contract_tests/vendor_api/index.ts';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const integer = { type: 'integer' };
const object = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
) => ({
  type: 'object',
  properties,
  required,
});
const list = (items: object) => ({ type: 'array', items });

const inPath = (name: string) => ({ ...parameter(name), in: 'path' as const, isRequired: true });
const inQuery = (name: string) => ({ ...parameter(name), schema: integer });
const parameter = (name: string) => ({
  in: 'query' as const,
  name,
  isRequired: false,
  isMultiSegment: false,
  isCommaSeparated: false,
  schema: text,
});
const paging = [
  inQuery('startAt'),
  { ...inQuery('maxResults'), schema: { ...integer, maximum: 200 } },
];
const json = (schema: Readonly<Record<string, unknown>>) => [
  { status: 200, contentType: 'application/json', schema },
];

/** Facts of the search by JQL, which is newer than the description. */
export const searchFacts: OperationFacts = {
  parameters: [],
  body: {
    isRequired: true,
    schemas: {
      'application/json': object(
        {
          jql: text,
          nextPageToken: text,
          maxResults: { ...integer, minimum: 1, maximum: 5_000 },
          fields: list(text),
          expand: text,
          properties: list(text),
          fieldsByKeys: flag,
          failFast: flag,
          reconcileIssues: list(integer),
        },
        ['jql'],
      ),
    },
  },
  responses: json(
    object({
      issues: list(
        object({
          id: text,
          key: text,
          self: text,
          fields: { type: 'object', additionalProperties: true },
        }),
      ),
      nextPageToken: { type: ['string', 'null'] },
      isLast: flag,
    }),
  ),
};

const typeProperties = { id: text, name: text, description: text, subtask: flag };

/** Facts of the issue types of a project. */
export const issueTypesFacts: OperationFacts = {
  parameters: [inPath('projectIdOrKey'), ...paging],
  body: undefined,
  responses: json(object({ issueTypes: list(object(typeProperties)), total: integer })),
};

/** Facts of the fields of an issue type. */
export const fieldsFacts: OperationFacts = {
  parameters: [inPath('projectIdOrKey'), inPath('issueTypeId'), ...paging],
  body: undefined,
  responses: json(
    object({
      fields: list(
        object(
          {
            fieldId: text,
            key: text,
            name: text,
            required: flag,
            hasDefaultValue: flag,
            allowedValues: { type: 'array' },
            schema: object({ type: text, items: text, system: text }),
          },
          ['fieldId', 'key', 'name', 'required'],
        ),
      ),
      total: integer,
    }),
  ),
};

const named = object({ id: text, name: text });

/** The fields of an issue that Jira itself defines. The description permits any. */
export const fieldsOfIssue = {
  ...object({
    project: object({ id: text, key: text }),
    summary: { type: 'string', maxLength: 255 },
    issuetype: named,
    priority: named,
    description: object({ type: { const: 'doc' }, version: { const: 1 }, content: list({}) }, [
      ...['type', 'version', 'content'],
    ]),
    labels: list(text),
    assignee: object({ id: text, accountId: text }),
    parent: object({ id: text, key: text }),
  }),
  additionalProperties: false,
};

/** The form of an upload. The description has only its content type. */
export const uploadForm = object({ file: text }, ['file']);
