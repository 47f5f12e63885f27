import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  authModeOf,
  type ConnectorSpec,
  connectorSpecs,
  getAuthType,
  toJsonSchema,
} from '@latchkey/connector-specs';
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';
import { markdownTable } from './markdown_table.ts';
import { keysOf } from './step_table.ts';

/** Path of the generated page of all connector types. */
export const CONNECTORS_PAGE = join('docs', 'connectors.md');

const KINDS = { read: 'reads', write: 'changes', destroy: 'overwrites or deletes' } as const;

/** Returns the page that describes all connector types, their authentication and their actions. */
export function connectorsPage(): string {
  const specs = [...connectorSpecs].sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en'));
  return `${[
    '# Connector types',
    '<!-- Generated from the definitions in packages/connector-specs: npm run connector_docs -->',
    'An administrator creates a connector of one of these types. Programs call an action with `POST /api/actions/connector/{id}/_execute` and `{ "params": { "subAction": "searchFiles", "subActionParams": { … } } }` ([rest-api.md](rest-api.md)), workflows with a step of the type without its leading period and the action, for example `google_drive.searchFiles` ([workflows.md](workflows.md)). Required inputs are **bold**.',
    markdownTable(['name', 'type', 'accounts', 'actions'], specs.map(summaryOf)),
    ...specs.map(sectionOf),
  ].join('\n\n')}\n`;
}

const nameOf = ({ metadata }: ConnectorSpec): string => metadata.displayName;

function summaryOf(spec: ConnectorSpec): readonly string[] {
  const { id, displayName } = spec.metadata;
  const modes = new Set(authTypes(spec).map(authModeOf));
  const accounts = [
    ...(modes.has('per-user') ? ['own account of each user'] : []),
    ...(modes.has('shared') || modes.size === 0 ? ['shared'] : []),
  ];
  const anchor = displayName
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
  const count = String(Object.keys(spec.actions).length);
  return [`[${displayName}](#${anchor})`, `\`${id}\``, accounts.join(', '), count];
}

const authTypes = ({ auth }: ConnectorSpec) =>
  (auth?.types ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.type));

function sectionOf(spec: ConnectorSpec): string {
  const { displayName, description, id } = spec.metadata;
  const labels = authTypes(spec).map((type) => `${getAuthType(type).label} (\`${type}\`)`);
  const rows = Object.entries(spec.actions).map(([name, action]) => [
    `\`${name}\``,
    KINDS[action.scope ?? 'write'],
    keysOf(toJsonSchema(action.input)).join(', '),
    action.description ?? '',
  ]);
  return [
    `## ${displayName}`,
    `\`${id}\`: ${description}`,
    ...(labels.length === 0 ? [] : [`Authentication: ${labels.join(', ')}.`]),
    markdownTable(['action', 'kind', 'inputs', 'description'], rows),
  ].join('\n\n');
}

if (import.meta.main) {
  readArguments(
    `Writes ${CONNECTORS_PAGE} from the definitions of the connector types.

  npm run connector_docs
`,
    { options: { help: { type: 'boolean', default: false } } },
  );
  writeFileSync(join(ROOT, CONNECTORS_PAGE), connectorsPage());
}
