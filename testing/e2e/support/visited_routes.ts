import type { HttpResponse } from '@latchkey/test-environment';
import { z } from 'zod';

const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/**
 * Returns the routes of an API description that returned no successful response, for example `get
 * /api/status`.
 * @param openApi response of `GET /api/openapi.json`
 * @param responses all responses of the tests
 */
export function routesNotVisited(openApi: unknown, responses: readonly HttpResponse[]): string[] {
  const { paths } = description.parse(openApi);
  // As in the router, a route with fewer parameters is preferred: `_oauth_callback` is not the id
  // of a connector.
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
