import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../command.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Returns the instructions of the Dockerfile by stage. Continued lines are joined. */
function stages(): readonly (readonly string[])[] {
  const lines = read('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const starts = lines.flatMap((line, at) => (line.startsWith('FROM ') ? [at] : []));
  return starts.map((start, index) => lines.slice(start, starts[index + 1]));
}

describe('Dockerfile', () => {
  it('has only known instructions, and all stages on the same Node', () => {
    const [manifests = [], build = [], run = []] = stages();
    expect(stages()).toHaveLength(3);
    const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) \S/;
    for (const line of stages().flat()) expect(line).toMatch(known);
    expect(manifests[0]).toBe(`${run[0]} AS manifests`);
    expect(build[0]).toBe(`${run[0]} AS build`);
  });

  it('runs the server without root and checks its health', () => {
    const run = stages().at(-1) ?? [];
    const at = (start: string) => run.findIndex((line) => line.startsWith(start));
    expect(run[at('USER')]).toBe('USER node');
    expect(at('USER')).toBeLessThan(at('ENTRYPOINT'));
    const check = /CMD (\[.*\])$/.exec(run[at('HEALTHCHECK')] ?? '')?.[1] ?? '';
    expect(JSON.parse(check)).toEqual(['node', '-e', expect.stringContaining('/api/status')]);
    expect(JSON.parse((run[at('ENTRYPOINT')] ?? '').replace('ENTRYPOINT ', ''))).toEqual([
      'node',
      'start.js',
    ]);
  });
});

describe('compose.yml', () => {
  const compose = parse(read('compose.yml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly volumes: Readonly<Record<string, unknown>>;
    readonly configs: Readonly<Record<string, { readonly content: string }>>;
  };

  it('has three nodes, each with a volume of its own, and a server that waits for them', () => {
    const nodes = ['es1', 'es2', 'es3'];
    expect(Object.keys(compose.services)).toEqual([...nodes, 'latchkey']);
    for (const node of nodes) {
      expect(compose.services[node]).toMatchObject({
        image: expect.stringContaining('elasticsearch:9.'),
        environment: {
          'node.name': node,
          'cluster.initial_master_nodes': 'es1,es2,es3',
        },
        volumes: [`${node}:/usr/share/elasticsearch/data`],
      });
      expect(compose.volumes).toHaveProperty(node);
    }
    expect(compose.services['latchkey']).toMatchObject({
      build: '.',
      // Longer than the default of server.shutdownTimeout, which is 30 s.
      stop_grace_period: '40s',
      depends_on: Object.fromEntries(nodes.map((node) => [node, { condition: 'service_healthy' }])),
    });
  });

  it('gives the server a configuration that names all nodes and contains no secret', () => {
    const content = compose.configs['kibana.yml']?.content.replaceAll('$$', '$') ?? '';
    expect(parse(content)).toMatchObject({
      'elasticsearch.hosts': ['http://es1:9200', 'http://es2:9200', 'http://es3:9200'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: settings name environment variables
      'xpack.encryptedSavedObjects.encryptionKey': '${LATCHKEY_ENCRYPTION_KEY}',
    });
  });

  it('does not send data, packages and secrets of the checkout to the build', () => {
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['data', 'dist', '**/node_modules', '**/.env*']),
    );
  });
});
