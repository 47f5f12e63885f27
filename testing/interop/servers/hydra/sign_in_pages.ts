import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { AdminApi } from '../../provider/admin_api.ts';

/** The login page and the consent page. Hydra has none of its own: its operator provides them. */
export interface SignInPages {
  readonly loginUrl: string;
  readonly consentUrl: string;
  stop(): Promise<void>;
}

const redirect = z.object({ redirect_to: z.string() });
const loginRequest = z.object({ skip: z.boolean(), subject: z.string() });
const consentRequest = z.object({
  skip: z.boolean().optional(),
  requested_scope: z.array(z.string()),
  requested_access_token_audience: z.array(z.string()).nullish(),
});

interface PageDeps {
  readonly admin: AdminApi;
  readonly passwordOf: (account: string) => string;
}

/** Serves both pages on a free port of the loopback address. */
export async function startSignInPages(deps: PageDeps): Promise<SignInPages> {
  const server = createServer((request, response) => {
    respond(request, response, deps).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    loginUrl: `http://127.0.0.1:${port}/login`,
    consentUrl: `http://127.0.0.1:${port}/consent`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  deps: PageDeps,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://pages.test');
  const form = await formOf(request);
  const kind = url.pathname === '/login' ? 'login' : 'consent';
  const challenge = url.searchParams.get(`${kind}_challenge`) ?? '';
  const page =
    kind === 'login' ? await logIn(challenge, form, deps) : await consent(challenge, form, deps);
  if ('to' in page) response.writeHead(303, { location: page.to }).end();
  else response.writeHead(page.status, { 'content-type': 'text/html' }).end(page.html);
}

type Page = { readonly to: string } | { readonly status: number; readonly html: string };

async function logIn(challenge: string, form: URLSearchParams, deps: PageDeps): Promise<Page> {
  const path = `/oauth2/auth/requests/login`;
  const query = `login_challenge=${encodeURIComponent(challenge)}`;
  const asked = loginRequest.parse(await deps.admin.call('GET', `${path}?${query}`));
  const subject = asked.skip ? asked.subject : (form.get('username') ?? '');
  if (!asked.skip && form.get('password') !== deps.passwordOf(subject)) {
    const fields = '<input name="username"><input type="password" name="password">';
    return formPage(`${fields}<button type="submit" name="sign_in" value="yes">Sign in</button>`);
  }
  return sendOn(deps, `${path}/accept?${query}`, { subject, remember: true, remember_for: 3600 });
}

async function consent(challenge: string, form: URLSearchParams, deps: PageDeps): Promise<Page> {
  const path = `/oauth2/auth/requests/consent`;
  const query = `consent_challenge=${encodeURIComponent(challenge)}`;
  const asked = consentRequest.parse(await deps.admin.call('GET', `${path}?${query}`));
  if (form.has('cancel')) {
    return sendOn(deps, `${path}/reject?${query}`, {
      error: 'access_denied',
      error_description: 'The user refused',
    });
  }
  if (asked.skip !== true && !form.has('accept')) {
    return formPage(
      '<input type="submit" name="accept" value="Yes"><input type="submit" name="cancel" value="No">',
    );
  }
  return sendOn(deps, `${path}/accept?${query}`, {
    grant_scope: asked.requested_scope,
    grant_access_token_audience: asked.requested_access_token_audience ?? [],
    remember: true,
    remember_for: 3600,
  });
}

async function sendOn({ admin }: PageDeps, path: string, body: unknown): Promise<Page> {
  return { to: redirect.parse(await admin.call('PUT', path, body)).redirect_to };
}

function formPage(inner: string): Page {
  return { status: 200, html: `<!doctype html><form method="post" action="">${inner}</form>` };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
