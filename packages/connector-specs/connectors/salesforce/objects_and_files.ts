import { z } from 'zod';
import { download, downloadSchema } from '../../file_content/index.ts';
import { flag, flags, text, texts } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { API, operation, recordId, sobjectName, VERSION } from './salesforce_api.ts';

const describe = operation(`GET ${VERSION}/sobjects/{sobjectName}/describe`, {
  description:
    'Reads the schema of an object: its fields with type, label and permitted values, and its relations. Use it before query.',
  input: { sobjectName: sobjectName() },
  output: z.object({
    ...texts('name', 'label', 'keyPrefix'),
    ...flags('custom', 'queryable', 'searchable'),
    fields: z
      .array(
        z.object({
          ...texts('name', 'label', 'type', 'relationshipName'),
          ...flags('nillable', 'filterable', 'sortable', 'custom'),
          length: z.number().nullish(),
          referenceTo: z.array(z.string()).nullish(),
          picklistValues: z
            .array(z.object({ value: text(), label: text(), active: flag() }))
            .nullish(),
        }),
      )
      .nullish(),
    childRelationships: z
      .array(z.object(texts('childSObject', 'field', 'relationshipName')))
      .nullish(),
  }),
});

/** Operations that the handlers and the connection test call. */
export const fileOperations = {
  getContent: operation(`GET ${VERSION}/sobjects/ContentVersion/{contentVersionId}/VersionData`, {
    input: { contentVersionId: recordId() },
    fixed: { headers: { Accept: '*/*' } },
    response: 'bytes',
    output: z.instanceof(Buffer),
  }),
  listResources: operation(`GET ${VERSION}`, {
    description: 'Lists the resources of the API.',
    input: {},
    output: z.record(z.string(), z.unknown()),
  }),
};

/** Actions for the schema of objects and for files. The names are those of Kibana. */
export const objectActions = {
  describe,
  download_file: defineAction({
    input: z.strictObject({
      contentVersionId: recordId().describe('Id of the ContentVersion record of the file'),
    }),
    output: downloadSchema,
    oauthScopes: API,
    isTool: true,
    scope: 'read',
    description:
      'Downloads one version of a file. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies. Use query on ContentVersion to find its id, title and type.',
    handler: (context, input) =>
      download(input.contentVersionId, {
        read: () => fileOperations.getContent.call(context, input),
      }),
  }),
};
