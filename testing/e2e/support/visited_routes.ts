import type { HttpResponse } from '@latchkey/test-environment';
import { z } from 'zod';

const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/**
 * Routes of an API description, as `get /api/status`, that returned no successful response.
 * @param openApi response of `GET /api/openapi.json`
 */
export function routesNotVisited(openApi: unknown, responses: readonly HttpResponse[]): string[] {
  const { paths } = description.parse(openApi);
  // A route with fewer parameters wins, as in the router: `_oauth_callback` is not a connector id.
  const templates = Object.keys(paths).sort((a, b) => parametersIn(a) - parametersIn(b));
  const routes = templates.flatMap((path) =>
    Object.keys(paths[path] ?? {}).map((method) => `${method} ${path}`),
  );
  const visited = new Set(
    responses
      .filter(({ status }) => status < 400)
      .map(({ request: { method, url } }) => {
        const { pathname } = new URL(url);
        const path = templates.find((template) => patternOf(template).test(pathname));
        return `${method.toLowerCase()} ${path}`;
      }),
  );
  return routes.filter((route) => !visited.has(route)).sort();
}

const parametersIn = (template: string): number => template.split('{').length;

function patternOf(template: string): RegExp {
  const parts = template
    .split(/\{[^}]+\}/)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}
