import {
  discoverySource,
  requiredFields,
  type VendorManifest,
} from '../../../contract_tests/vendor_api/index.ts';

const API = 'https://developers.google.com/workspace/sheets/api/reference/rest/v4';
const VALUES = '/v4/spreadsheets/{spreadsheetId}/values/{range}';
/** Operations that write cells, and the position of their parameter valueInputOption. */
const WRITES = [
  [`POST ${VALUES}:append`, 17],
  [`PUT ${VALUES}`, 16],
] as const;
const required = requiredFields(`${API}/spreadsheets`);

/** Google's own discovery document. */
export const manifest: VendorManifest = {
  origins: ['https://sheets.googleapis.com'],
  // The unspecified values stand for a default. New rows do not overwrite others.
  unusedValues: {
    ...Object.fromEntries(
      [
        'GET /v4/spreadsheets/{spreadsheetId}/values/{range}',
        'GET /v4/spreadsheets/{spreadsheetId}/values:batchGet',
        'PUT /v4/spreadsheets/{spreadsheetId}/values/{range}',
      ].map((route) => [`${route} majorDimension`, ['DIMENSION_UNSPECIFIED']]),
    ),
    ...Object.fromEntries(
      [
        'POST /v4/spreadsheets/{spreadsheetId}/values/{range}:append',
        'PUT /v4/spreadsheets/{spreadsheetId}/values/{range}',
      ].map((route) => [`${route} valueInputOption`, ['INPUT_VALUE_OPTION_UNSPECIFIED']]),
    ),
    'POST /v4/spreadsheets/{spreadsheetId}/values/{range}:append insertDataOption': ['OVERWRITE'],
  },
  source: discoverySource('sheets.v4'),
  bodyParts: {
    'POST /v4/spreadsheets': ['properties.title', 'sheets.*.properties.title'],
    'POST /v4/spreadsheets/{spreadsheetId}:batchUpdate': ['title', 'index', 'gridProperties'].map(
      (name) => `requests.*.addSheet.properties.${name}`,
    ),
  },
  overlays: [
    required('GET /v4/spreadsheets/{spreadsheetId}', [], ['spreadsheetId']),
    required('POST /v4/spreadsheets', [], ['spreadsheetId']),
    ...WRITES.flatMap(([route, parameter]) => [
      {
        route,
        at: ['parameters', parameter, 'isRequired'],
        value: true,
        source: `"The default value must not be used": ${API}/ValueInputOption`,
      },
      {
        route,
        at: ['body', 'isRequired'],
        value: true,
        source: `The document does not say which bodies are required: ${API}/spreadsheets.values`,
      },
      {
        route,
        at: ['body', 'schemas', 'application/json', 'required'],
        value: ['values'],
        source: `The document marks no field as required: ${API}/spreadsheets.values#ValueRange`,
      },
    ]),
    {
      route: 'POST /v4/spreadsheets/{spreadsheetId}:batchUpdate',
      at: ['responses', 0, 'schema', 'properties', 'replies', 'minItems'],
      value: 1,
      source: `The reply has one item per request: ${API}/spreadsheets/batchUpdate#response-body`,
    },
    required('POST /v4/spreadsheets/{spreadsheetId}:batchUpdate', [], ['replies']),
    ...[[], ['properties', 'addSheet']].map((at) =>
      required(
        'POST /v4/spreadsheets/{spreadsheetId}:batchUpdate',
        ['properties', 'replies', 'items', ...at],
        [at.length === 0 ? 'addSheet' : 'properties'],
      ),
    ),
  ],
};
