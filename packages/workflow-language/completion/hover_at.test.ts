import { expect, it } from 'vitest';
import { atCursor, hover, registry } from './completion.mock.ts';
import { stepPlaces } from './step_places.ts';
import { pathAt } from './text_place.ts';

const TEXT = `name: test
steps:
  - name: search
    type: google_drive.searchFiles
    connector-id: "<ENTER YOUR ID>"
    with:
      query: "{{ inputs.x | json }}"
  - name: each
    type: foreach
    foreach: [1]
    steps:
      - name: log
        type: console
        with:
          message: |
            {% if steps.search.output.files[0].id %}yes{% endif %}
`;

/** Text with the cursor after the first occurrence of a word. */
const after = (word: string): string => TEXT.replace(word, (found) => `${found}‸`);

it.each([
  ['google_drive.search', { title: 'Google Drive: searchFiles', documentation: 'Searches files.' }],
  ['      que', { title: 'query', detail: 'text', documentation: 'Search text.' }],
  ['| js', { title: 'json', documentation: 'Writes a value as JSON.' }],
  ['{% i', { title: 'if condition' }],
  ['files[0].i', { title: 'id', detail: 'text', documentation: 'Id of the file.' }],
  [
    'steps.sea',
    { title: 'search', documentation: 'Google Drive: searchFiles (`google_drive.searchFiles`)' },
  ],
])('the hover text at %j contains %j', (word, expected) => {
  expect(hover(after(word))).toMatchObject(expected);
});

it('there is no hover text inside a text of the author', () => {
  expect(hover(after('name: te'))).toBeUndefined();
});

it.each([
  ['name: te', ['name']],
  ['      que', ['steps', 0, 'with', 'query']],
  ['inputs.x', ['steps', 0, 'with', 'query']],
  ['yes', ['steps', 1, 'steps', 0, 'with', 'message']],
  ['foreach: [1', ['steps', 1, 'foreach', 0]],
])('the list of steps contains their depth and the positions of their connectors', (word, path) => {
  expect(pathAt(...atCursor(after(word)))).toEqual(path);
});

it('the list of steps contains their depth and the position of their connector', () => {
  const places = stepPlaces(TEXT, registry);
  expect(places.map(({ name, type, depth }) => [name, type, depth])).toEqual([
    ['search', 'google_drive.searchFiles', 0],
    ['each', 'foreach', 0],
    ['log', 'console', 1],
  ]);
  const { connector, connectorTypeId } = places[0] ?? {};
  expect(connectorTypeId).toBe('.google_drive');
  expect(TEXT.slice(connector?.start, connector?.end)).toBe('<ENTER YOUR ID>');
});

it('the list of steps is complete even if the text is not valid YAML', () => {
  expect(stepPlaces(`${TEXT}      - name: "open\n`, registry).map(({ name }) => name)).toEqual([
    'search',
    'each',
    'log',
    'open',
  ]);
});
