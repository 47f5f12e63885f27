import {
  flag,
  integer,
  jsonFacts,
  list,
  object,
  parameter,
  text,
} from '../../../contract_tests/vendor_api/written_facts.ts';

const paging = [
  parameter('query', 'startAt', integer),
  parameter('query', 'maxResults', { ...integer, maximum: 200 }),
];

/** Facts of the search by JQL, which the older description does not contain. */
export const searchFacts = jsonFacts(
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
  {
    body: object(
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
);

const typeProperties = { id: text, name: text, description: text, subtask: flag };

/** Facts of the issue types of a project. */
export const issueTypesFacts = jsonFacts(
  object({ issueTypes: list(object(typeProperties)), total: integer }),
  { parameters: [parameter('path', 'projectIdOrKey'), ...paging] },
);

/** Facts of the fields of an issue type. */
export const fieldsFacts = jsonFacts(
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
  {
    parameters: [parameter('path', 'projectIdOrKey'), parameter('path', 'issueTypeId'), ...paging],
  },
);

const named = object({ id: text, name: text });

/** https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
export const document = object(
  {
    type: { const: 'doc' },
    version: { const: 1 },
    content: list(
      object(
        {
          type: { const: 'paragraph' },
          content: list({
            anyOf: [
              object({ type: { const: 'text' }, text: { type: 'string', minLength: 1 } }, [
                ...['type', 'text'],
              ]),
              object({ type: { const: 'hardBreak' } }, ['type']),
            ],
          }),
        },
        ['type', 'content'],
      ),
    ),
  },
  ['type', 'version', 'content'],
);

/** Fields of an issue that Jira itself defines. The description permits any field. */
export const fieldsOfIssue = {
  ...object({
    project: object({ id: text, key: text }),
    summary: { type: 'string', maxLength: 255 },
    issuetype: named,
    priority: named,
    description: document,
    labels: list(text),
    assignee: object({ id: text, accountId: text }),
    parent: object({ id: text, key: text }),
  }),
  additionalProperties: false,
};

/** Schema of the form of an upload. The description has only its content type. */
export const uploadForm = object({ file: text }, ['file']);
