import { escapeHtml } from '@latchkey/core/common';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { consentForm, type Exchange, formOf, htmlPage, replayRequest } from '../http/index.ts';
import { users } from '../users.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function loginPage(): string {
  const forms = Object.values(users).map(
    (user) =>
      `<form method="post"><button type="submit" name="account" value="${escapeHtml(user.email)}">
Continue as ${escapeHtml(`${user.givenName} ${user.familyName}`)}</button></form>`,
  );
  return htmlPage('Sign in', forms.join('\n'));
}

function consentPage(interaction: Interaction): string {
  const scopes = names(interaction.prompt.details['missingOIDCScope']);
  const list = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
  const client = escapeHtml(String(interaction.params['client_id']));
  return htmlPage(
    `${client} wants access`,
    `<p>This allows:</p><ul>${list}</ul>${consentForm('', {})}`,
  );
}

/** Login page with one form per user, and consent page with one form. Both work without scripts. */
export class InteractionPages {
  readonly #provider: Provider;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  async handle(exchange: Exchange): Promise<void> {
    const { response, record } = exchange;
    const request = replayRequest(exchange);
    const interaction = await this.#provider.interactionDetails(request, response);
    record.clientId = String(interaction.params['client_id']);
    record.account = interaction.session?.accountId;
    if (exchange.method === 'POST') {
      const result = await this.#resultOf(exchange, interaction);
      if (result !== undefined) {
        await this.#provider.interactionFinished(request, response, result, {
          mergeWithLastSubmission: result.login === undefined && result.error === undefined,
        });
        return;
      }
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    response.end(interaction.prompt.name === 'login' ? loginPage() : consentPage(interaction));
  }

  /**
   * Returns the decision of the user. `undefined`: the form was incomplete, so the page is shown
   * again.
   */
  async #resultOf(
    exchange: Exchange,
    interaction: Interaction,
  ): Promise<InteractionResults | undefined> {
    const form = formOf(exchange);
    if (form.get('decision') === 'deny') {
      return { error: 'access_denied', error_description: 'The user refused.' };
    }
    if (interaction.prompt.name === 'login') {
      const accountId = form.get('account') ?? '';
      const isKnown = Object.values(users).some((user) => user.email === accountId);
      return isKnown ? { login: { accountId } } : undefined;
    }
    if (form.get('decision') !== 'allow') return undefined;
    return { consent: { grantId: await this.#grant(interaction) } };
  }

  async #grant(interaction: Interaction): Promise<string> {
    const accountId = interaction.session?.accountId;
    const clientId = String(interaction.params['client_id']);
    const existing =
      interaction.grantId === undefined
        ? undefined
        : await this.#provider.Grant.find(interaction.grantId);
    const grant = existing ?? new this.#provider.Grant({ accountId: accountId ?? '', clientId });
    const { details } = interaction.prompt;
    const scopes = names(details['missingOIDCScope']);
    if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
    const claims = names(details['missingOIDCClaims']);
    if (claims.length > 0) grant.addOIDCClaims(claims);
    return grant.save();
  }
}
