import { z } from 'zod';
import { download, downloadSchema } from '../../file_content/index.ts';
import {
  bytes,
  composed,
  flag,
  flags,
  number,
  objects,
  text,
  texts,
} from '../../operations/index.ts';
import { operation, recordId, sobjectName, VERSION } from './salesforce_api.ts';

/** Operation of the connection test. */
export const listResources = operation(`GET ${VERSION}`, {
  description: 'Lists the resources of the API.',
  input: {},
  output: z.record(z.string(), z.unknown()),
});

const getContent = operation(
  `GET ${VERSION}/sobjects/ContentVersion/{contentVersionId}/VersionData`,
  {
    input: {
      contentVersionId: recordId().describe('Id of the ContentVersion record of the file'),
    },
    ...bytes(),
  },
);

/** Actions for the schema of objects and for files. The names are those of Kibana. */
export const objectActions = {
  describe: operation(`GET ${VERSION}/sobjects/{sobjectName}/describe`, {
    description:
      'Reads the schema of an object: its fields with type, label and permitted values, and its relations. Use it before query.',
    input: { sobjectName: sobjectName() },
    output: z.object({
      ...texts('name', 'label', 'keyPrefix'),
      ...flags('custom', 'queryable', 'searchable'),
      fields: objects({
        ...texts('name', 'label', 'type', 'relationshipName'),
        ...flags('nillable', 'filterable', 'sortable', 'custom'),
        length: number(),
        referenceTo: z.array(z.string()).nullish(),
        picklistValues: objects({ value: text(), label: text(), active: flag() }),
      }),
      childRelationships: objects(texts('childSObject', 'field', 'relationshipName')),
    }),
  }),
  download_file: composed([getContent], {
    description:
      'Downloads one version of a file. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies. Use query on ContentVersion to find its id, title and type.',
    input: getContent.input,
    output: downloadSchema,
    handler: (context, input) =>
      download(input.contentVersionId, { read: () => getContent.call(context, input) }),
  }),
};
