import { LINE_WIDTH } from './registry_file.ts';

/** The name of a connector in every case style. */
export interface ConnectorNames {
  /** Folder and file: `my_service`. */
  readonly snake: string;
  /** Constant: `myService`. */
  readonly camel: string;
  /** Display name: `My Service`. */
  readonly title: string;
}

/** Derives all case styles from a valid snake_case name. */
export const namesOf = (snake: string): ConnectorNames => {
  const words = snake.split('_');
  const capitalized = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return {
    snake,
    camel: [words[0] ?? '', ...capitalized.slice(1)].join(''),
    title: capitalized.join(' '),
  };
};

const spec = ({ snake, camel, title }: ConnectorNames): string => `import { z } from 'zod';
import { defineApi, textOf } from '../../operations/index.ts';
import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { translations } from './translations.ts';

const API = 'https://api.example.com';

/** Declares operations of the API. Every rule of it is in the README of this package. */
const { operation } = defineApi({
  name: '${title} API',
  baseUrl: API,
  errors: { code: ['code'], message: ['message'] },
});

const itemActions = {
  getItem: operation('GET /items/{id}', {
    description: 'Reads one item.',
    input: { id: textOf(256).describe('Id of the item') },
    output: z.object({ id: z.string() }),
  }),
};

/** Operation of the connection test. */
const getAccount = operation('GET /me', {
  description: 'Reads the account of the credentials.',
  input: {},
  output: z.object({}),
});

/** Reads items of ${title}. */
export const ${camel} = catalogueSpec({
  metadata: {
    id: '.${snake}',
    displayName: '${title}',
    description: 'Read items of ${title}.',
    icon: 'plugs',
  },
  auth: { types: ['bearer'] },
  apiOrigins: [API],
  actions: itemActions,
  test: connectionTest(getAccount, {}),
  translations,
});
`;

const contractFixtures = `import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** A fake service. \`npm run vendor_api\` replaces it by the description of the vendor. */
export const contractFixtures: ContractFixtures = {
  response: () => ({ body: { id: '1' } }),
  // Failures as the documentation of the service shows them, and what a user gets to know.
  documentedErrors: [
    {
      status: 404,
      body: { code: 'not_found', message: 'No such item' },
      expected: { reason: 'not_found', vendorMessage: 'No such item' },
    },
  ],
};
`;

/** Returns a line of translations. It has two parts where the formatter would break it. */
function translation(text: string, translated: string): string {
  const line = `    '${text}': '${translated}',`;
  return line.length <= LINE_WIDTH ? line : `    '${text}':\n      '${translated}',`;
}

const translations = ({ title }: ConnectorNames): string =>
  `/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
${translation(`Read items of ${title}.`, `Elemente von ${title} lesen.`)}
    'Get item': 'Element lesen',
    'Reads one item.': 'Liest ein Element.',
    Id: 'ID',
    'Id of the item': 'ID des Elements',
  },
} as const;
`;

const index = ({ snake, camel }: ConnectorNames): string =>
  `export { ${camel} } from './${snake}.ts';\n`;

const test = ({
  snake,
  camel,
  title,
}: ConnectorNames): string => `import { expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { ${camel} } from './${snake}.ts';

const service = useConnector(${camel}, {
  secrets: { authType: 'bearer', token: 'dev-only-token' },
});
const { run } = service;

it('reads one item with the connector credentials', async () => {
  service.response = () => ({ body: { id: '7' } });
  expect(await run('getItem', { id: '7' })).toEqual({ id: '7' });
  expect(service.received.at(-1)).toMatchObject({
    method: 'GET',
    url: '/items/7',
    headers: { authorization: 'Bearer dev-only-token' },
  });
});

it('reports status and reason when the service rejects the request', async () => {
  service.response = () => ({ status: 404, body: { code: 'not_found' } });
  await expect(run('getItem', { id: '7' })).rejects.toMatchObject({
    message: '${title} API error (404): not_found',
    status: 404,
  });
});
`;

/** Returns the contents of the files by name, relative to the connector's folder. */
export const connectorFiles = (names: ConnectorNames): Readonly<Record<string, string>> => ({
  'index.ts': index(names),
  [`${names.snake}.ts`]: spec(names),
  'contract_fixtures.ts': contractFixtures,
  'translations.ts': translations(names),
  [`${names.snake}.integration.test.ts`]: test(names),
});
