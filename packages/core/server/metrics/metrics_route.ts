import { readMetrics } from '../../common/index.ts';
import { type HttpSetup, respond } from '../http/index.ts';
import type { MetricsService } from './metrics_service.ts';

/**
 * Registers `GET /metrics`.
 * @param options.isPublic `true`: a scraper needs no credentials (`server.metrics.public`)
 */
export function registerMetricsRoute(
  http: HttpSetup,
  metrics: MetricsService,
  options: { readonly isPublic: boolean },
): void {
  const open = { authentication: 'none', privileges: [] } as const;
  const route = options.isPublic ? { ...readMetrics, ...open } : readMetrics;
  http.createRouter().handle(route, async () => {
    const { contentType, text } = await metrics.expose();
    return respond.ok(text, { headers: { 'content-type': contentType } });
  });
}
