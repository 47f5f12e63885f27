import { z } from 'zod';
import { type HttpSetup, respond } from '../http/index.ts';
import type { StatusService } from './status_service.ts';

const level = z.enum(['available', 'degraded', 'unavailable']);
const serviceStatus = z.object({ level, summary: z.string() });
const services = z.record(z.string(), serviceStatus);

const statusBody = z.object({
  name: z.string().optional(),
  uuid: z.string().optional(),
  version: z.object({ number: z.string() }).optional(),
  status: z.object({
    overall: z.object({ level, summary: z.string().optional() }),
    core: services.optional(),
    plugins: services.optional(),
  }),
});

/** Who answers: `server.name`, the instance id of the process, the version. */
export interface ServerIdentity {
  readonly name: string;
  readonly uuid: string;
  readonly version: string;
}

/** `GET /api/status`: 200, or 503 when something essential is unavailable. Details are for signed-in callers only. */
export function registerStatusRoute(
  http: HttpSetup,
  status: StatusService,
  identity: ServerIdentity,
): void {
  http.createRouter().add(
    {
      method: 'get',
      path: '/api/status',
      access: 'public',
      summary: 'Read the state of the server',
      description: 'Without credentials only the overall level is told.',
      tags: ['system'],
      // What cannot tell who asks is what this route reports on.
      security: { authentication: 'best_effort' },
      responses: {
        200: { description: 'Available or degraded', body: statusBody },
        503: { description: 'Unavailable', body: statusBody },
      },
    },
    async ({ user }) => {
      const { overall, core, plugins } = await status.report();
      const body =
        user === undefined
          ? { status: { overall: { level: overall.level } } }
          : {
              name: identity.name,
              uuid: identity.uuid,
              version: { number: identity.version },
              status: { overall, core, plugins },
            };
      return { ...respond.ok(body), status: overall.level === 'unavailable' ? 503 : 200 };
    },
  );
}
