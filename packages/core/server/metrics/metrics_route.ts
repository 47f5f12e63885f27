import { type HttpSetup, respond } from '../http/index.ts';
import type { MetricsService } from './metrics_service.ts';

/** Granted by the feature `monitoring`. A user without a role gets no figures. */
const PRIVILEGE = 'monitoring:read';

/** `GET /metrics`. @param options.isPublic whether a scraper needs no credentials (`server.metrics.public`) */
export function registerMetricsRoute(
  http: HttpSetup,
  metrics: MetricsService,
  options: { readonly isPublic: boolean },
): void {
  http.createRouter().add(
    {
      method: 'get',
      path: '/metrics',
      access: 'public',
      summary: 'Read the metrics of this process in the Prometheus text format',
      tags: ['system'],
      security: options.isPublic ? { authentication: 'none' } : { requiredPrivileges: [PRIVILEGE] },
      responses: { 200: { description: 'Metrics as text' } },
    },
    async () => {
      const { contentType, text } = await metrics.expose();
      return { ...respond.ok(text), headers: { 'content-type': contentType } };
    },
  );
}
