import { discoverySource, type VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { googleScope } from '../../../google_apis/index.ts';
import { getAbout } from '../google_drive.ts';

const GUIDES = 'https://developers.google.com/workspace/drive/api/guides';
const GOOGLE_TYPES = ['document', 'spreadsheet', 'presentation'];

/** Google's own discovery document. */
export const manifest: VendorManifest = {
  origins: ['https://www.googleapis.com'],
  // The content of files is read with `alt=media`.
  unusedValues: { 'GET /files/{fileId} alt': ['json', 'proto'] },
  source: discoverySource('drive.v3'),
  basePath: '/drive/v3',
  test: getAbout,
  // With one of these scopes an app sees only some of the files, or no content.
  unusedScopes: [
    'drive.appdata',
    'drive.file',
    'drive.meet.readonly',
    'drive.metadata',
    'drive.metadata.readonly',
    'drive.photos.readonly',
  ].map(googleScope),
  overlays: [
    {
      route: 'GET /files/{fileId}',
      at: ['responses', 0, 'schema', 'required'],
      value: ['id', 'mimeType'],
      source: `The document requires no field. Drive returns those in "fields": ${GUIDES}/fields-parameter`,
    },
    {
      route: 'GET /files/{fileId}',
      at: ['responses', 0, 'schema', 'properties', 'mimeType'],
      value: { enum: ['text/csv', ...GOOGLE_TYPES.map((t) => `application/vnd.google-apps.${t}`)] },
      source: `The document does not list types: ${GUIDES}/mime-types`,
    },
  ],
};
