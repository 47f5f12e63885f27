import type { PluginNames } from './plugin_names.ts';

/** Returns the README of a new plugin, with the sections that every plugin has. */
export const pluginReadme = ({ snake, title }: PluginNames): string => `# ${snake}

${title}: describe here in two sentences what the plugin does and for whom.

## Glossary

- **greeting**: the configured word and a name. The last one of each name is stored.

## Request path

\`POST /api/${snake}/greeting/{name}\` → core's request guard (credentials, privilege, schema) → \`server/greetings/greeting_route.ts\` → saved objects. The contract of the route is in \`common/greeting_routes.ts\`.

## Data model

The type \`${snake}_greeting\` holds \`lastGreetedAt\`; its id is the name.

## Configuration (\`xpack.${snake}.*\`)

- \`greeting\` (\`Hello\`): first word of each greeting.

## Tests

\`npm run unit -- plugins/${snake}\`
`;
