import fastify from 'fastify';
import { Agent } from 'undici';
import { answerQuestions } from './role.ts';

/**
 * The least a proxy can do with the same libraries: take a JSON request, call the upstream with a fixed credential over kept
 * connections, parse its JSON and answer with it. No sign-in, no rules, no store, no record.
 */
answerQuestions<string, string>(async (upstream) => {
  const agent = new Agent();
  const app = fastify();
  app.post('/execute', async () => {
    const { statusCode, body } = await agent.request({
      origin: upstream,
      path: '/files',
      method: 'GET',
      headers: { authorization: 'Bearer bench' },
    });
    return { status: 'ok', data: { status: statusCode, data: await body.json() } };
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
});
