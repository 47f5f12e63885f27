import type { ConnectorSpec } from '../contract/types.ts';
import { airtable } from './airtable/index.ts';
import { customApi } from './custom_api/index.ts';
import { github } from './github/index.ts';
import { gmail } from './gmail/index.ts';
import { googleCalendar } from './google_calendar/index.ts';
import { googleDrive } from './google_drive/index.ts';
import { googleSheets } from './google_sheets/index.ts';
import { http } from './http/index.ts';
import { hubspot } from './hubspot/index.ts';
import { jiraCloud } from './jira_cloud/index.ts';
import { linear } from './linear/index.ts';
import { microsoftTeams } from './microsoft_teams/index.ts';
import { notion } from './notion/index.ts';
import { oneDrive } from './one_drive/index.ts';
import { outlook } from './outlook/index.ts';
import { salesforce } from './salesforce/index.ts';
import { sharepointOnline } from './sharepoint_online/index.ts';
import { slack2 } from './slack2/index.ts';

/** Every connector type of this server. To register a connector, add it to this list. */
export const connectorSpecs: readonly ConnectorSpec[] = Object.freeze([
  airtable,
  github,
  gmail,
  googleCalendar,
  googleDrive,
  googleSheets,
  hubspot,
  jiraCloud,
  linear,
  notion,
  salesforce,
  slack2,
  sharepointOnline,
  outlook,
  oneDrive,
  microsoftTeams,
  http,
  customApi,
]);
